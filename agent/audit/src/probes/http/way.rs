//! The way from an address to a page, hop by hop, as a browser goes it: `Location`, `Refresh`, cookies that are asked back.

use std::collections::BTreeSet;

use url::Url;

use super::NoAnswer;
use super::asking::{Asking, Fetched, Known};
use crate::Answer;
use crate::facts::{Cookie, End, Hop, Visit};
use crate::page::charset::decode;
use crate::page::headers::{first, media_type, without_secrets};
use crate::page::{Document, Jar, cookies, follow, led_by_headers, refresh};

/// The most redirects that are followed; browsers follow 20.
const MOST_HOPS: usize = 10;

/// A way, and what is at its end.
#[derive(Debug)]
pub struct Way {
    /// The way, as facts.
    pub visit: Answer<Visit>,
    /// The page at its end, if it ends at one.
    pub last: Option<Arrived>,
    /// Cookies that were set on the way.
    pub cookies: Vec<Cookie>,
}

/// A page at the end of a way.
#[derive(Debug)]
pub struct Arrived {
    /// Its address.
    pub url: Url,
    /// What came.
    pub fetched: Fetched,
}

/// Goes a way. `most` is how much of each body is wanted.
pub async fn go(asking: &mut Asking<'_>, start: Url, most: usize, known: &mut Known) -> Way {
    let mut hops: Vec<Hop> = Vec::new();
    let mut walk = Walk { jar: Jar::default(), seen: BTreeSet::new(), cookies: Vec::new() };
    let mut url = start;
    let end = loop {
        let sent = walk.jar.header(&url);
        if hops.len() > MOST_HOPS || !walk.seen.insert((url.clone(), sent.clone())) {
            break Ok((End::TooManyRedirects, None));
        }
        let fetched = asking.get_once(&url, sent, most, known).await;
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(no_answer) => break ended_by(no_answer, hops.is_empty()).map(|end| (end, None)),
        };
        walk.note(&url, &fetched);
        let led = leads_to(&url, &fetched);
        hops.push(hop(&url, &fetched, led.as_ref()));
        match led {
            Led::Nowhere => break Ok((End::Page, Some(Arrived { url, fetched }))),
            Led::Astray(why) => break Ok((End::Failed { why }, None)),
            Led::To(next) => url = next,
        }
    };
    match end {
        Ok((end, last)) => Way { visit: Answer::Known(Visit { hops, end }), last, cookies: walk.cookies },
        Err(why) => Way { visit: Answer::unknown(why), last: None, cookies: Vec::new() },
    }
}

/// What a visitor has with them on the way.
struct Walk {
    jar: Jar,
    seen: BTreeSet<(Url, Option<String>)>,
    cookies: Vec<Cookie>,
}

impl Walk {
    fn note(&mut self, url: &Url, fetched: &Fetched) {
        self.jar.keep(url, &fetched.headers);
        for cookie in cookies(&fetched.headers, url.host_str().unwrap_or_default()) {
            self.cookies.retain(|known| (&known.name, &known.host) != (&cookie.name, &cookie.host));
            self.cookies.push(cookie);
        }
    }
}

/// How a way ends where no answer comes. Nothing at the very first is unknown, unless the port is surely closed, or surely
/// something else than HTTP.
fn ended_by(no_answer: NoAnswer, is_first: bool) -> Result<End, String> {
    match no_answer {
        NoAnswer::Refused(why) => Ok(End::Refused { why }),
        NoAnswer::Closed => Ok(End::Closed),
        NoAnswer::Nonsense(why) => Ok(End::Failed { why }),
        NoAnswer::NoAddress(_) | NoAnswer::Silence(_) | NoAnswer::Broken(_) if is_first => {
            Err(no_answer.why())
        }
        NoAnswer::NoAddress(_) | NoAnswer::Silence(_) | NoAnswer::Broken(_) => {
            Ok(End::Failed { why: no_answer.why() })
        }
    }
}

/// Where an answer leads.
enum Led {
    Nowhere,
    To(Url),
    Astray(String),
}

impl Led {
    fn as_ref(&self) -> Option<&Url> {
        match self {
            Self::To(url) => Some(url),
            Self::Nowhere | Self::Astray(_) => None,
        }
    }
}

fn leads_to(url: &Url, fetched: &Fetched) -> Led {
    let to = |address: &str| match follow(url, address) {
        Some(next) => Led::To(next),
        None => Led::Astray("it leads to something that is no address".to_owned()),
    };
    if let Some(address) = led_by_headers(fetched.status, &fetched.headers) {
        return to(address);
    }
    if !media_type(&fetched.headers)
        .is_none_or(|kind| matches!(kind.as_str(), "text/html" | "application/xhtml+xml"))
    {
        return Led::Nowhere;
    }
    // most pages lead nowhere, and need not be taken apart to know it
    let word = b"refresh";
    if !fetched.body.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word)) {
        return Led::Nowhere;
    }
    let text = decode(&fetched.body, first(&fetched.headers, "content-type")).text;
    let document = Document::parse(&text);
    let address = document.instead_of_header("refresh").find_map(refresh);
    address.map_or(Led::Nowhere, to)
}

fn hop(url: &Url, fetched: &Fetched, leads_to: Option<&Url>) -> Hop {
    Hop {
        url: url.to_string(),
        status: fetched.status,
        headers: without_secrets(fetched.headers.clone()),
        leads_to: leads_to.map(Url::to_string),
        certificate: fetched.certificate.clone(),
    }
}

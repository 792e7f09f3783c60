//! What is asked beside the page: `robots.txt`, `security.txt`, a page that does not exist, a foreign origin, the theme's
//! style sheet. A request each; what `robots.txt` may forbid is asked only where it does not.

use url::Url;

use super::asking::{Asking, Known, Question};
use super::way::{Arrived, go};
use crate::Answer;
use crate::facts::{CrossOrigin, End, SecurityTxt};
use crate::page::headers::first;
use crate::page::robots::{self as robots_txt, Robots};
use crate::page::security_txt as contact;
use crate::page::{Document, theme};

/// A page that no site has.
const NOWHERE: &str = "/questa-pagina-non-esiste-campanile";
/// An origin that no site knows.
const FOREIGN: &str = "https://altrove.example";
/// How much of an answer is read whose body nobody wants.
const LITTLE: usize = 64 * 1024;

/// What an address answers in the end, after its redirects.
async fn fetch(asking: &mut Asking<'_>, url: Url, most: usize) -> Answer<Arrived> {
    let way = go(asking, url, most, &mut Known::new()).await;
    match (way.last, way.visit) {
        (Some(arrived), _) => Answer::Known(arrived),
        (None, Answer::Unknown { unknown }) => Answer::Unknown { unknown },
        (None, Answer::Known(visit)) => Answer::unknown(match visit.end {
            End::Page => "there is no page".to_owned(),
            End::TooManyRedirects => "it leads in a circle".to_owned(),
            End::Refused { why } | End::Failed { why } => why,
            End::Closed => "the port refuses connections".to_owned(),
        }),
    }
}

/// What `robots.txt` says to us: nothing where there is none (RFC 9309, 2.3.1.3). Unknown where the server cannot say.
pub async fn robots(asking: &mut Asking<'_>, page: &Url) -> Answer<Robots> {
    let Ok(url) = page.join("/robots.txt") else { return Answer::unknown("it has no address") };
    let product = asking.eyes.agent.split(['/', ' ']).next().unwrap_or_default().to_owned();
    match fetch(asking, url, robots_txt::READ).await {
        Answer::Known(Arrived { fetched, .. }) => match fetched.status {
            200..=299 => Answer::Known(Robots::read(&String::from_utf8_lossy(&fetched.body), &product)),
            429 | 500..=599 => Answer::unknown(format!("robots.txt answers {}", fetched.status)),
            _ => Answer::Known(Robots::default()),
        },
        Answer::Unknown { unknown } => Answer::unknown(format!("robots.txt: {unknown}")),
    }
}

/// Whether it lets us fetch an address.
pub fn allows(robots: &Answer<Robots>, url: &Url) -> Answer<bool> {
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    robots.clone().map(|robots| robots.allows(&path))
}

/// Why an address is not asked for; none where it may be.
fn forbidden(robots: &Answer<Robots>, url: &Url) -> Option<String> {
    match allows(robots, url) {
        Answer::Known(true) => None,
        Answer::Known(false) => Some("robots.txt forbids to ask".to_owned()),
        Answer::Unknown { unknown } => Some(unknown),
    }
}

/// `security.txt` of a host.
pub async fn security_txt(asking: &mut Asking<'_>, root: &Url) -> Answer<Option<SecurityTxt>> {
    let Ok(url) = root.join("/.well-known/security.txt") else { return Answer::unknown("it has no address") };
    match fetch(asking, url, contact::READ).await {
        Answer::Known(Arrived { url, fetched }) => match fetched.status {
            200 => Answer::Known(contact::security_txt(
                &String::from_utf8_lossy(&fetched.body),
                &fetched.headers,
                &url,
            )),
            404 | 410 => Answer::Known(None),
            status => Answer::unknown(format!("security.txt answers {status}")),
        },
        Answer::Unknown { unknown } => Answer::unknown(format!("security.txt: {unknown}")),
    }
}

/// Whether a page that does not exist says so.
pub async fn says_not_found(asking: &mut Asking<'_>, page: &Url, robots: &Answer<Robots>) -> Answer<bool> {
    let Ok(url) = page.join(NOWHERE) else { return Answer::unknown("it has no address") };
    if let Some(why) = forbidden(robots, &url) {
        return Answer::unknown(why);
    }
    match fetch(asking, url, LITTLE).await {
        Answer::Known(Arrived { fetched, .. }) => match fetched.status {
            404 | 410 => Answer::Known(true),
            200..=299 => Answer::Known(false),
            status => Answer::unknown(format!("a page that does not exist answers {status}")),
        },
        Answer::Unknown { unknown } => Answer::unknown(unknown),
    }
}

/// The version of the Modello Comuni's theme, where the page has a style sheet that may name one.
pub async fn theme_version(
    asking: &mut Asking<'_>,
    document: &Document,
    page: &Url,
    robots: &Answer<Robots>,
) -> Option<String> {
    let url = theme::style_sheet(document, page)?;
    if forbidden(robots, &url).is_some() {
        return None;
    }
    let arrived = fetch(asking, url, theme::HEAD).await;
    let Arrived { fetched, .. } = arrived.known().filter(|arrived| arrived.fetched.status == 200)?;
    theme::version(&String::from_utf8_lossy(&fetched.body))
}

/// Whether another site's scripts may read the page.
pub async fn cross_origin(asking: &mut Asking<'_>, page: &Url) -> Answer<CrossOrigin> {
    let question = Question { origin: Some(FOREIGN), most: 0, ..Question::default() };
    let fetched = match asking.get(page, &question).await {
        Ok(fetched) => fetched,
        Err(no_answer) => return Answer::unknown(no_answer.why()),
    };
    let says = |name: &str| first(&fetched.headers, name).unwrap_or_default().to_ascii_lowercase();
    let with_credentials = says("access-control-allow-credentials") == "true";
    Answer::Known(match says("access-control-allow-origin").as_str() {
        FOREIGN if with_credentials => CrossOrigin::WithCredentials,
        "*" | FOREIGN => CrossOrigin::Public,
        _ => CrossOrigin::Closed,
    })
}

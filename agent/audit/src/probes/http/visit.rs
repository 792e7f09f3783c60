//! One look at what HTTP says of a host.

use url::Url;

use super::asking::{Asking, Fetched, Known, Question};
use super::target::{Ports, root};
use super::way::{Arrived, Way, go};
use super::{encoding, sha256, sides};
use crate::Answer;
use crate::facts::{Cookie, Page, Web};
use crate::page::charset::decode;
use crate::page::headers::{first, media_type, without_secrets};
use crate::page::{Document, marked_links, references};
use crate::probes::Eyes;

/// How much of a page is read, in bytes, encoded and decoded.
const MOST_OF_A_PAGE: usize = 2 * 1024 * 1024;

/// Visits a host as a new visitor would, from `http://HOST/` and `https://HOST/`, whose ports are 80 and 443 unless the target
/// says otherwise. Gives, beside the facts, the page's bytes as a browser has them after decompression.
pub async fn visit(eyes: &Eyes, host: &str, secure: u16, plain: u16) -> (Web, Option<Vec<u8>>) {
    let ports = Ports { plain, secure };
    let (Some(secure), Some(plain)) = (root("https", host), root("http", host)) else {
        return (silent(&format!("{host} is no host")), None);
    };
    match Asking::new(eyes, ports) {
        Ok(asking) => look(asking, secure, plain).await,
        Err(why) => (silent(&why), None),
    }
}

async fn look(mut asking: Asking<'_>, secure: Url, plain: Url) -> (Web, Option<Vec<u8>>) {
    let question = Question { most: MOST_OF_A_PAGE, ..Question::default() };
    let [by_secure, by_plain] = asking.get_both([&secure, &plain], &question).await;
    let mut known = Known::from([(secure.clone(), by_secure), (plain.clone(), by_plain)]);
    let by_secure = go(&mut asking, secure.clone(), MOST_OF_A_PAGE, &mut known).await;
    let by_plain = go(&mut asking, plain, MOST_OF_A_PAGE, &mut known).await;
    drop(known);

    let mut web = Web { plain: by_plain.visit.clone(), secure: by_secure.visit.clone(), ..Web::default() };
    web.preloaded = Answer::unknown("this program carries no list of HSTS preloads");
    let answered =
        [&web.plain, &web.secure].into_iter().filter_map(Answer::known).any(|visit| !visit.hops.is_empty());
    if answered {
        web.http_versions.push("http/1.1".to_owned());
        web.security_txt = sides::security_txt(&mut asking, &secure).await;
    }
    let Some((arrived, cookies)) = [by_secure, by_plain].into_iter().find_map(arrived) else {
        let why = "there is no page to look at";
        web.page = Answer::unknown(why);
        return (with_nothing_beside(web, why), None);
    };
    let (document, oddity) = document(&arrived.fetched).unzip();
    let mut page = page(&arrived, cookies, document.as_ref());
    page.oddities.extend(oddity.flatten());
    let robots = sides::robots(&mut asking, &arrived.url).await;
    web.robots_allows = sides::allows(&robots, &arrived.url);
    web.says_not_found = sides::says_not_found(&mut asking, &arrived.url, &robots).await;
    if let Some(document) = &document {
        page.theme_version = sides::theme_version(&mut asking, document, &arrived.url, &robots).await;
    }
    web.compression = Answer::Known(encoding::encodings(&arrived.fetched.headers).into_iter().next_back());
    web.cross_origin = sides::cross_origin(&mut asking, &arrived.url).await;
    web.page = Answer::Known(page);
    (web, Some(arrived.fetched.body))
}

fn arrived(way: Way) -> Option<(Arrived, Vec<Cookie>)> {
    Some((way.last?, way.cookies))
}

fn silent(why: &str) -> Web {
    let web = Web { plain: Answer::unknown(why), secure: Answer::unknown(why), ..Web::default() };
    with_nothing_beside(Web { page: Answer::unknown(why), preloaded: Answer::unknown(why), ..web }, why)
}

fn with_nothing_beside(web: Web, why: &str) -> Web {
    let security_txt = if web.security_txt.why_unknown() == Some("not asked") {
        Answer::unknown(why)
    } else {
        web.security_txt
    };
    Web {
        says_not_found: Answer::unknown(why),
        security_txt,
        robots_allows: Answer::unknown(why),
        compression: Answer::unknown(why),
        cross_origin: Answer::unknown(why),
        ..web
    }
}

/// The page taken apart, and what is odd about its bytes; none where it is no HTML.
fn document(fetched: &Fetched) -> Option<(Document, Option<String>)> {
    let html = |kind: String| matches!(kind.as_str(), "text/html" | "application/xhtml+xml");
    if !media_type(&fetched.headers).is_none_or(html) {
        return None;
    }
    let decoded = decode(&fetched.body, first(&fetched.headers, "content-type"));
    Some((Document::parse(&decoded.text), decoded.oddity))
}

fn page(arrived: &Arrived, cookies: Vec<Cookie>, document: Option<&Document>) -> Page {
    let Arrived { url, fetched } = arrived;
    let mut page = Page {
        url: url.to_string(),
        status: fetched.status,
        headers: without_secrets(fetched.headers.clone()),
        cookies,
        cut: fetched.cut,
        sha256: sha256(&fetched.body),
        oddities: fetched.oddities.clone(),
        ..Page::default()
    };
    if let Some(document) = document {
        page.meta_policies =
            document.instead_of_header("content-security-policy").map(str::to_owned).collect();
        page.meta_referrer = document.metas("referrer").last().map(str::to_owned);
        page.references = references(document, url);
        page.title.clone_from(&document.title);
        page.marked_links = marked_links(document, url);
    }
    page
}

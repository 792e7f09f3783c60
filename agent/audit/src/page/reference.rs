//! What a page loads, and where it sends what visitors fill in.

use std::collections::BTreeSet;

use url::Url;

use super::{Document, Tag};
use crate::facts::Reference;

/// The most references of one page, and the longest address of one.
const MOST: usize = 1000;
const LONGEST: usize = 2048;

/// What a page at an address loads or sends to, each once, in order. `data:` and the like load nothing.
pub fn references(document: &Document, page: &Url) -> Vec<Reference> {
    let base = base(document, page);
    let tags = document.tags.iter().flat_map(|tag| {
        let integrity = |kind| matches!(kind, "script" | "style") && has_integrity(tag);
        addresses(tag).into_iter().map(move |(kind, address)| (kind, address, integrity(kind)))
    });
    let styles = document.styles.iter().flat_map(|style| loaded_by(style));
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (kind, address, integrity) in tags.chain(styles.map(|(kind, address)| (kind, address, false))) {
        let Ok(url) = base.join(address) else { continue };
        let loads = matches!(url.scheme(), "http" | "https" | "ws" | "wss" | "ftp");
        if !loads || url.as_str().len() > LONGEST || found.len() >= MOST {
            continue;
        }
        if seen.insert((kind, url.as_str().to_owned(), integrity)) {
            found.push(Reference { kind: kind.to_owned(), url: url.into(), integrity });
        }
    }
    found
}

/// What a style loads: `url(…)`, and other styles by `@import`.
fn loaded_by(style: &str) -> Vec<(&'static str, &str)> {
    let mut found = Vec::new();
    let mut parts = style.split("url(");
    let mut before = parts.next().unwrap_or_default();
    for part in parts {
        let kind = if before.trim_end().ends_with("@import") { "style" } else { "image" };
        let address = part.split(')').next().unwrap_or_default().trim().trim_matches(['"', '\'']).trim();
        if !address.is_empty() && !address.starts_with('#') {
            found.push((kind, address));
        }
        before = part;
    }
    for rest in style.split("@import").skip(1) {
        let rest = rest.trim_start();
        if let Some(quote @ ('"' | '\'')) = rest.chars().next()
            && let Some(address) = rest.get(1..).and_then(|rest| rest.split(quote).next())
        {
            found.push(("style", address));
        }
    }
    found
}

/// What relative addresses are relative to: the first `<base href>`.
pub(super) fn base(document: &Document, page: &Url) -> Url {
    let href = document.named("base").find_map(|tag| tag.get("href"));
    href.and_then(|href| page.join(href).ok()).unwrap_or_else(|| page.clone())
}

/// The addresses that one tag has, with what they are.
fn addresses(tag: &Tag) -> Vec<(&'static str, &str)> {
    let one = |kind, attribute| {
        tag.get(attribute).filter(|address| !address.is_empty()).map(|address| (kind, address))
    };
    let several = |kind, attribute| {
        let candidates = tag.get(attribute).into_iter().flat_map(|list| list.split(", "));
        candidates.filter_map(move |candidate| Some((kind, candidate.split_ascii_whitespace().next()?)))
    };
    match tag.name.as_str() {
        "script" => one("script", "src").into_iter().collect(),
        "link" => link(tag).and_then(|kind| one(kind, "href")).into_iter().collect(),
        "img" => one("image", "src").into_iter().chain(several("image", "srcset")).collect(),
        "input" if tag.has_word("type", "image") => one("image", "src").into_iter().collect(),
        "input" | "button" => one("form", "formaction").into_iter().collect(),
        "iframe" | "frame" => one("frame", "src").into_iter().collect(),
        "audio" | "track" => one("media", "src").into_iter().collect(),
        "video" => one("media", "src").into_iter().chain(one("image", "poster")).collect(),
        "source" => one("media", "src").into_iter().chain(several("image", "srcset")).collect(),
        "object" => one("object", "data").into_iter().collect(),
        "embed" => one("object", "src").into_iter().collect(),
        "form" => one("form", "action").into_iter().collect(),
        _ => Vec::new(),
    }
}

/// What a `<link>` loads, if it loads something.
fn link(tag: &Tag) -> Option<&'static str> {
    let is = |word| tag.has_word("rel", word);
    if is("stylesheet") {
        Some("style")
    } else if is("modulepreload") {
        Some("script")
    } else if is("icon") || is("apple-touch-icon") {
        Some("image")
    } else if is("preload") && tag.has_word("as", "font") {
        Some("font")
    } else {
        None
    }
}

/// Whether a hash says what must come (Subresource Integrity, 3.5); what is none is as good as nothing.
fn has_integrity(tag: &Tag) -> bool {
    let hash = |word: &str| ["sha256-", "sha384-", "sha512-"].iter().any(|start| word.starts_with(start));
    tag.get("integrity").is_some_and(|list| list.split_ascii_whitespace().any(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &[(&str, &str, bool)]) {
        let page = Url::parse("https://www.comune.barzago.lc.test/sito/").unwrap();
        let found = references(&Document::parse(html), &page);
        let found: Vec<_> =
            found.iter().map(|one| (one.kind.as_str(), one.url.as_str(), one.integrity)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_loads() {
        check(
            "<script src=//cdn.test/a.js integrity=sha384-x></script><script src=//cdn.test/b.js integrity=md5-x></script>\
             <script>inline()</script><link rel='preload stylesheet' href=/a.css><link rel=canonical href=http://a.test/>\
             <link rel=icon href=i.png><link rel=preload as=font href=f.woff2>",
            &[
                ("script", "https://cdn.test/a.js", true),
                ("script", "https://cdn.test/b.js", false),
                ("style", "https://www.comune.barzago.lc.test/a.css", false),
                ("image", "https://www.comune.barzago.lc.test/sito/i.png", false),
                ("font", "https://www.comune.barzago.lc.test/sito/f.woff2", false),
            ],
        );
        check(
            "<img src=http://a.test/1.png srcset='2.png 2x, /3.png 3x'><img src=data:image/png;base64,AA>\
             <iframe src='https://video.test/e'></iframe><iframe src=about:blank></iframe>\
             <video poster=p.jpg><source src=v.mp4></video><object data=o.swf></object>",
            &[
                ("image", "http://a.test/1.png", false),
                ("image", "https://www.comune.barzago.lc.test/sito/2.png", false),
                ("image", "https://www.comune.barzago.lc.test/3.png", false),
                ("frame", "https://video.test/e", false),
                ("image", "https://www.comune.barzago.lc.test/sito/p.jpg", false),
                ("media", "https://www.comune.barzago.lc.test/sito/v.mp4", false),
                ("object", "https://www.comune.barzago.lc.test/sito/o.swf", false),
            ],
        );
    }

    #[test]
    fn what_styles_load() {
        check(
            "<style>@import url(http://a.test/1.css); @import \"2.css\"; p { background: URL(x) url( 'http://a.test/b.png' ) }</style>\
             <p style=\"background:url(&quot;http://a.test/c.png&quot;)\"><svg style='fill:url(#id)'></svg>",
            &[
                ("style", "http://a.test/1.css", false),
                ("image", "http://a.test/b.png", false),
                ("style", "https://www.comune.barzago.lc.test/sito/2.css", false),
                ("image", "http://a.test/c.png", false),
            ],
        );
    }

    #[test]
    fn where_it_sends_and_from_where_it_counts() {
        check(
            "<base href=http://altro.test/x/><form action=cerca><button formaction=/b></button></form><form></form>\
             <form action=mailto:a@b.test></form><img src=a.png><img src=a.png>",
            &[
                ("form", "http://altro.test/x/cerca", false),
                ("form", "http://altro.test/b", false),
                ("image", "http://altro.test/x/a.png", false),
            ],
        );
    }

    proptest::proptest! {
        #[test]
        fn any_address_is_borne(address in "\\PC*") {
            let page = Url::parse("https://a.test/").unwrap();
            let mut document = Document::parse("<base href=x><img src=x srcset=x>");
            for tag in &mut document.tags {
                tag.attributes.values_mut().for_each(|value| value.clone_from(&address));
            }
            document.styles = vec![format!("@import {address}"), format!("url({address}"), format!("@import '{address}")];
            references(&document, &page);
        }
    }
}

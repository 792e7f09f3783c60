//! `Content-Security-Policy` as MDN's HTTP Observatory 1.6 reads and rates it.

use std::collections::{BTreeMap, BTreeSet};

use super::headers::values;
use crate::facts::Page;

/// What a page's policy is worth, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    /// `default-src 'none'`, and nothing unsafe.
    Strict,
    /// Nothing unsafe.
    Safe,
    /// Unsafe sources of styles only.
    UnsafeStyle,
    /// Images or media in the clear.
    PlainPassive,
    /// `'unsafe-eval'`.
    UnsafeEval,
    /// Scripts or objects from anywhere, or within the page.
    UnsafeInline,
    /// Scripts in the clear.
    PlainActive,
    /// It cannot be read.
    Invalid,
    /// None that is enforced.
    Missing,
}

type Sources = BTreeSet<String>;
type Directives = BTreeMap<String, Sources>;

const BROAD: &[&str] =
    &["ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"];

fn is_broad(source: &str) -> bool {
    BROAD.contains(&source)
}

fn is_unsafe(source: &str) -> bool {
    is_broad(source) || source == "'unsafe-inline'" || source == "data:"
}

fn is_plain(source: &str) -> bool {
    source.starts_with("http:") || source.starts_with("ftp:")
}

/// Rates the policies of a page, by headers and by `<meta>`.
pub fn rate(page: &Page) -> Rating {
    let by_header: Vec<&str> = policies(values(&page.headers, "content-security-policy"));
    let by_meta: Vec<&str> = policies(page.meta_policies.iter().map(String::as_str));
    let (Some(headers), Some(mut meta)) = (parse(&by_header), parse(&by_meta)) else {
        return Rating::Invalid;
    };
    meta.retain(|name, _| !matches!(name.as_str(), "frame-ancestors" | "report-uri" | "sandbox"));
    if headers.is_empty() && meta.is_empty() {
        return Rating::Missing;
    }
    let all: Vec<&str> = by_header.into_iter().chain(by_meta).collect();
    parse(&all).map_or(Rating::Invalid, |directives| rate_directives(&directives, &page.url))
}

/// Who may frame the page, if its headers say: meta tags cannot.
pub fn forbids_framing(page: &Page) -> bool {
    let policies = policies(values(&page.headers, "content-security-policy"));
    let ancestors = parse(&policies).and_then(|mut directives| directives.remove("frame-ancestors"));
    ancestors.is_some_and(|sources| !sources.iter().any(|source| is_broad(source)))
}

/// One value may hold several policies (RFC 9110, 5.3).
fn policies<'a>(values: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    values.flat_map(|value| value.split(',')).map(str::trim).collect()
}

/// All policies as one: what every one allows. None where one is empty or says a thing twice.
fn parse(policies: &[&str]) -> Option<Directives> {
    let mut combined: Option<Directives> = None;
    for policy in policies {
        let directives = parse_one(policy)?;
        combined = Some(match combined {
            None => directives,
            Some(before) => both(before, &directives),
        });
    }
    Some(combined.unwrap_or_default())
}

fn parse_one(policy: &str) -> Option<Directives> {
    let mut directives = Directives::new();
    if policy.len() < 6 {
        return None;
    }
    for directive in policy.split(';') {
        let mut words = directive.split_whitespace().map(str::to_lowercase);
        let Some(name) = words.next() else { continue };
        let mut sources: Sources = words.collect();
        if sources.is_empty() && name.ends_with("-src") {
            sources.insert("'none'".to_owned());
        }
        let may_repeat = name == "report-uri" || name == "report-to";
        if directives.contains_key(&name) && !may_repeat {
            return None;
        }
        directives.entry(name).or_insert(sources);
    }
    Some(directives)
}

/// A source counts where both policies that name the directive have it.
fn both(mut before: Directives, more: &Directives) -> Directives {
    for (name, sources) in more {
        let merged = match before.get(name) {
            None => sources.clone(),
            Some(known) => {
                let common: Sources = known.intersection(sources).cloned().collect();
                if common.is_empty() { Sources::from(["'none'".to_owned()]) } else { common }
            }
        };
        before.insert(name.clone(), merged);
    }
    before
}

fn rate_directives(directives: &Directives, url: &str) -> Rating {
    let or_default = |name: &str| {
        let found = directives.get(name).or_else(|| directives.get("default-src"));
        found.cloned().unwrap_or_else(|| Sources::from(["*".to_owned()]))
    };
    let (mut scripts, objects, mut styles) =
        (or_default("script-src"), or_default("object-src"), or_default("style-src"));
    for sources in [&mut scripts, &mut styles] {
        if has_nonce(sources) {
            sources.remove("'unsafe-inline'");
        }
    }
    if scripts.contains("'strict-dynamic'") {
        if !has_nonce(&scripts) {
            return Rating::Invalid;
        }
        scripts.retain(|source| source != "'self'" && !BROAD.iter().any(|broad| source.starts_with(broad)));
    }
    let secure = super::address::is_https(url);
    let passive = ["img-src", "media-src"];
    let active =
        directives.iter().filter(|(name, _)| !passive.contains(&name.as_str()) && *name != "script-src");
    let mut active = active.flat_map(|(_, sources)| sources).chain(&scripts);
    let mut shown =
        passive.iter().filter_map(|name| directives.get(*name).or_else(|| directives.get("default-src")));
    if scripts.iter().any(|source| is_unsafe(source)) || objects.iter().any(|source| is_broad(source)) {
        Rating::UnsafeInline
    } else if secure && active.any(|source| is_plain(source)) {
        Rating::PlainActive
    } else if scripts.union(&styles).any(|source| source == "'unsafe-eval'") {
        Rating::UnsafeEval
    } else if secure && shown.any(|sources| sources.iter().any(|source| is_plain(source))) {
        Rating::PlainPassive
    } else if styles.iter().any(|source| is_unsafe(source)) {
        Rating::UnsafeStyle
    } else if directives.get("default-src") == Some(&Sources::from(["'none'".to_owned()])) {
        Rating::Strict
    } else {
        Rating::Safe
    }
}

fn has_nonce(sources: &Sources) -> bool {
    let starts = ["'sha256-", "'sha384-", "'sha512-", "'nonce-"];
    sources.iter().any(|source| starts.iter().any(|start| source.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(headers: &[&str], meta: &[&str]) -> Page {
        let values = headers.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        Page {
            url: "https://comune.example/".into(),
            headers: [("content-security-policy".to_owned(), values)].into(),
            meta_policies: meta.iter().map(|value| (*value).to_owned()).collect(),
            ..Page::default()
        }
    }

    #[test]
    fn policies_rated_as_the_observatory_does() {
        use Rating::{
            Invalid, Missing, PlainActive, PlainPassive, Safe, Strict, UnsafeEval, UnsafeInline, UnsafeStyle,
        };
        let cases: &[(&[&str], &[&str], Rating)] = &[
            (&[], &[], Missing),
            (&["default-src 'none'"], &[], Strict),
            (&["default-src 'none'; script-src 'self'"], &[], Strict),
            (&["default-src 'self'"], &[], Safe),
            (&[], &["default-src 'self'"], Safe),
            (&[], &["frame-ancestors 'none'"], Missing),
            (&["default-src 'self'; style-src 'self' 'unsafe-inline'"], &[], UnsafeStyle),
            (&["default-src 'self'; img-src http://images.example"], &[], PlainPassive),
            (&["default-src 'self'; script-src 'self' 'unsafe-eval'"], &[], UnsafeEval),
            (&["default-src 'self'; script-src 'self' 'unsafe-inline'"], &[], UnsafeInline),
            (&["script-src 'self'"], &[], UnsafeInline),
            (&["upgrade-insecure-requests"], &[], UnsafeInline),
            (&["default-src 'self' https:"], &[], UnsafeInline),
            (&["default-src 'self'; script-src http://cdn.example"], &[], PlainActive),
            (&["default-src 'self'; script-src 'nonce-abc' 'unsafe-inline'"], &[], Safe),
            (
                &["default-src 'self'; script-src 'nonce-abc' 'strict-dynamic' https: 'unsafe-inline'"],
                &[],
                Safe,
            ),
            (&["default-src 'self'; script-src 'strict-dynamic'"], &[], Invalid),
            (&["default-src 'self'; default-src 'none'"], &[], Invalid),
            (&["default-src 'self'; report-uri /a; report-uri /b"], &[], Safe),
            (&[""], &[], Invalid),
            (&["default-src 'self' 'unsafe-inline', default-src 'self'"], &[], Safe),
            (&["DEFAULT-SRC 'NONE'"], &[], Strict),
        ];
        for (headers, meta, expected) in cases {
            assert_eq!(rate(&page(headers, meta)), *expected, "{headers:?} {meta:?}");
        }
    }

    #[test]
    fn framing() {
        for (policy, expected) in [
            ("frame-ancestors 'none'", true),
            ("frame-ancestors 'self' https://portale.example", true),
            ("frame-ancestors *", false),
            ("default-src 'none'", false),
        ] {
            assert_eq!(forbids_framing(&page(&[policy], &[])), expected, "{policy}");
        }
        assert!(!forbids_framing(&page(&[], &["frame-ancestors 'none'"])));
    }
}

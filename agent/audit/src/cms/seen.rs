//! What a visitor sees of a page, laid out for clues.

use url::Url;

use super::clue::{Clue, Version};
use super::number::version_in;
use crate::facts::Page;
use crate::page::Document;
use crate::page::charset::decode;
use crate::page::headers::first;

/// What is seen, in lower case.
pub struct Seen<'a> {
    page: &'a Page,
    document: Document,
    text: String,
    generators: Vec<String>,
    addresses: Vec<String>,
    comments: Vec<String>,
}

impl<'a> Seen<'a> {
    /// Lays out a page by its facts and its bytes.
    pub fn new(page: &'a Page, bytes: &[u8]) -> Self {
        let text = decode(bytes, first(&page.headers, "content-type")).text;
        let document = Document::parse(&text);
        Self {
            generators: document.metas("generator").map(str::to_lowercase).collect(),
            addresses: addresses(&document, page),
            comments: document.comments.iter().map(|comment| comment.to_lowercase()).collect(),
            text: text.to_lowercase(),
            document,
            page,
        }
    }

    /// Whether a clue is there.
    pub fn has(&self, clue: Clue) -> bool {
        match clue {
            Clue::Generator(start) => self.generators.iter().any(|generator| generator.starts_with(start)),
            Clue::Header(name, has) => self.header(name).any(|value| value.contains(has)),
            Clue::Cookie(start) => {
                self.page.cookies.iter().any(|cookie| cookie.name.to_lowercase().starts_with(start))
            }
            Clue::Address(has) => self.addresses.iter().any(|address| address.contains(has)),
            Clue::Comment(has) => self.comments.iter().any(|comment| comment.contains(has)),
            Clue::Attribute(tag, attribute, has) => self
                .document
                .named(tag)
                .filter_map(|tag| tag.get(attribute))
                .any(|value| value.to_lowercase().contains(has)),
            Clue::Text(has) => self.text.contains(has),
        }
    }

    /// The version that stands in a place.
    pub fn version(&self, place: Version) -> Option<String> {
        match place {
            Version::Generator(start) => {
                self.generators.iter().find_map(|generator| version_in(generator.strip_prefix(start)?))
            }
            Version::Header(name, before) => {
                self.header(name).find_map(|value| version_in(value.split_once(before)?.1))
            }
            Version::Query(path, key) => self.addresses.iter().find_map(|address| {
                let (before, query) = address.split_once('?')?;
                let value = query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))?;
                let version = version_in(value).filter(|_| before.contains(path))?;
                // a date or a hash tells when a file was made, not of what
                let is_version = version.split('.').next().is_some_and(|first| first.len() <= 2);
                (is_version && version.contains('.') && version.len() == value.len()).then_some(version)
            }),
            Version::Text(before) => version_in(self.text.split_once(before)?.1),
            Version::Means(clue, version) => self.has(clue).then(|| version.to_owned()),
        }
    }

    fn header(&self, name: &str) -> impl Iterator<Item = String> {
        self.page.headers.get(name).into_iter().flatten().map(|value| value.to_lowercase())
    }
}

/// The addresses of scripts, styles and images of the same site: with and without `www`, and below it.
fn addresses(document: &Document, page: &Page) -> Vec<String> {
    let Ok(base) = Url::parse(&page.url) else { return Vec::new() };
    let site = base.host_str().unwrap_or_default();
    let site = site.strip_prefix("www.").unwrap_or(site).to_owned();
    let own = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.strip_suffix(site.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let tags =
        document.tags.iter().filter(|tag| ["script", "link", "img", "source"].contains(&tag.name.as_str()));
    let values = tags.filter_map(|tag| tag.get("src").or_else(|| tag.get("href")));
    let urls = values.filter_map(|value| base.join(value).ok()).filter(own);
    urls.map(|url| url[url::Position::BeforePath..url::Position::AfterQuery].to_lowercase()).collect()
}

//! A page's tags, as html5gum's tokenizer (HTML Standard, 13.2.5) sees them: what a page loads and says of itself needs no tree.
//!
//! What stands in `<noscript>`, in scripts, styles and comments is no tag, as in a browser that runs scripts.

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// The most tags that are kept of a page.
const MOST_TAGS: usize = 20_000;
/// The most comments that are kept, and the most bytes of each.
const MOST_COMMENTS: usize = 100;
const LONGEST_COMMENT: usize = 500;
/// The most styles that are kept.
const MOST_STYLES: usize = 1000;
/// The most characters of a title.
const LONGEST_TITLE: usize = 200;

/// Tags that load something, or say something of the page.
const KEPT: &[&str] = &[
    "a", "audio", "base", "body", "button", "embed", "form", "frame", "html", "iframe", "img", "input",
    "link", "main", "meta", "object", "script", "source", "track", "video",
];

/// A page, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// Tags that load something or say something of the page, in order.
    pub tags: Vec<Tag>,
    /// What its first `<title>` holds.
    pub title: String,
    /// Its first comments.
    pub comments: Vec<String>,
    /// Styles that stand in the page itself: of `<style>`, and of attributes that load something.
    pub styles: Vec<String>,
}

/// A start tag.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tag {
    /// Its name in lower case.
    pub name: String,
    /// Its attributes by name in lower case.
    pub attributes: BTreeMap<String, String>,
    /// It stands in a `<footer>`.
    pub in_footer: bool,
}

impl Tag {
    /// An attribute's value, without the space around it.
    pub fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(|value| value.trim())
    }

    /// Whether a list of words in an attribute has a word, in any case: `rel="preload stylesheet"`.
    pub fn has_word(&self, attribute: &str, word: &str) -> bool {
        self.get(attribute)
            .is_some_and(|list| list.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(word)))
    }
}

impl Document {
    /// Takes a page apart. Any text is a page.
    pub fn parse(text: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut document = Self::default();
        let mut place = Place::default();
        for token in Tokenizer::new_with_emitter(text, emitter) {
            let Ok(token) = token;
            document.take(token, &mut place);
        }
        document.title = document.title.split_whitespace().collect::<Vec<_>>().join(" ");
        document.title = document.title.chars().take(LONGEST_TITLE).collect();
        document
    }

    fn take(&mut self, token: Token, place: &mut Place) {
        match token {
            Token::StartTag(tag) => match &**tag.name {
                b"title" if !place.title_seen => place.in_title = true,
                b"footer" => place.footers += 1,
                b"style" => place.in_style = true,
                _ => self.keep(&tag, place.footers > 0),
            },
            Token::EndTag(tag) => match &**tag.name {
                b"title" => {
                    place.title_seen |= place.in_title;
                    place.in_title = false;
                }
                b"footer" => place.footers = place.footers.saturating_sub(1),
                b"style" => place.in_style = false,
                _ => {}
            },
            Token::String(text) if place.in_title => self.title.push_str(&String::from_utf8_lossy(&text)),
            Token::String(text) if place.in_style => self.style(&String::from_utf8_lossy(&text)),
            Token::Comment(comment) if self.comments.len() < MOST_COMMENTS => {
                let start = comment.get(..LONGEST_COMMENT).unwrap_or(&comment);
                self.comments.push(String::from_utf8_lossy(start).into_owned());
            }
            Token::String(_) | Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }

    fn style(&mut self, text: &str) {
        if self.styles.len() < MOST_STYLES {
            self.styles.push(text.to_owned());
        }
    }

    fn keep(&mut self, tag: &StartTag<()>, in_footer: bool) {
        if let Some(style) = tag.attributes.get(&b"style"[..]).filter(|style| style.contains(&b'(')) {
            self.style(&String::from_utf8_lossy(style));
        }
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        if self.tags.len() >= MOST_TAGS || !KEPT.contains(&name.as_str()) {
            return;
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let attributes = tag.attributes.iter().map(|(name, value)| (text(name), text(value))).collect();
        self.tags.push(Tag { name, attributes, in_footer });
    }

    /// Tags of a name, in order.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Tag> {
        self.tags.iter().filter(move |tag| tag.name == name)
    }

    /// What `<meta name="NAME" content="…">` says, each time.
    pub fn metas<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let called = move |tag: &&Tag| tag.get("name").is_some_and(|value| value.eq_ignore_ascii_case(name));
        self.named("meta").filter(called).filter_map(|tag| tag.get("content"))
    }

    /// What `<meta http-equiv="NAME" content="…">` says, each time.
    pub fn instead_of_header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let called =
            move |tag: &&Tag| tag.get("http-equiv").is_some_and(|value| value.eq_ignore_ascii_case(name));
        self.named("meta").filter(called).filter_map(|tag| tag.get("content"))
    }
}

/// Where in a page the tokenizer is.
#[derive(Debug, Default)]
struct Place {
    in_title: bool,
    title_seen: bool,
    in_style: bool,
    footers: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_as_a_browser_sees_them() {
        let document = Document::parse(
            "<!doctype html><TITLE>Comune \n di &Agrave;vila</TITLE><!-- made by hand -->\
             <noscript><img src=pixel></noscript><script>var a = '<img src=no>';</script>\
             <style>p::after { content: '<img src=no>' }</style><svg><title>no</title></svg>\
             <p style='background:url(x)'><IMG SRC = 'a.png' alt=x style='color:red'><footer><a HREF=/p data-element=privacy-policy-link>p</a></footer><a href=/q>q</a>",
        );
        assert_eq!(document.title, "Comune di Àvila");
        assert_eq!(document.comments, [" made by hand "]);
        assert_eq!(document.styles, ["p::after { content: '<img src=no>' }", "background:url(x)"]);
        let seen: Vec<_> = document
            .tags
            .iter()
            .map(|tag| (tag.name.as_str(), tag.in_footer, tag.attributes.len()))
            .collect();
        assert_eq!(seen, [("script", false, 0), ("img", false, 3), ("a", true, 2), ("a", false, 1)]);
    }

    #[test]
    fn what_a_page_says_of_itself() {
        let document = Document::parse(
            "<meta name=Generator content='WordPress 6.8'><meta content=no-referrer name=referrer>\
             <meta http-equiv=REFRESH content='0; url=/a'>",
        );
        assert_eq!(document.metas("generator").collect::<Vec<_>>(), ["WordPress 6.8"]);
        assert_eq!(document.metas("referrer").collect::<Vec<_>>(), ["no-referrer"]);
        assert_eq!(document.instead_of_header("refresh").collect::<Vec<_>>(), ["0; url=/a"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_page(text in "\\PC*") {
            Document::parse(&text);
        }

        #[test]
        fn any_soup_is_a_page(parts in proptest::collection::vec(
            "(<|</|<!--|-->|>|\"|'|=|script|title|meta|footer| |name|&amp;|&#x110000;|[a-z]{1,3})", 0..60,
        )) {
            let text = parts.concat();
            let document = Document::parse(&text);
            proptest::prop_assert!(document.tags.len() <= text.len());
        }
    }
}

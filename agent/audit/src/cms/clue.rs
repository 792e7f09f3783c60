//! What gives a program away, as data.

/// Something that a visitor sees. Texts are compared in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clue {
    /// `<meta name="generator">` begins so.
    Generator(&'static str),
    /// A header has this in its value; an empty text means that it is there at all.
    Header(&'static str, &'static str),
    /// The name of a cookie begins so.
    Cookie(&'static str),
    /// The address of a script, style or image of the same site has this in it.
    Address(&'static str),
    /// A comment of the page has this in it.
    Comment(&'static str),
    /// A tag has an attribute with this in its value; an empty tag's name means any.
    Attribute(&'static str, &'static str, &'static str),
    /// The page's source has this in it.
    Text(&'static str),
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// In `<meta name="generator">`, after this.
    Generator(&'static str),
    /// In a header's value, after this.
    Header(&'static str, &'static str),
    /// In the address of a script or style of the same site that has this in its path, as the value of this key: `ver`.
    Query(&'static str, &'static str),
    /// In the page's source, after this.
    Text(&'static str),
    /// In what is seen itself: only versions of this line do so.
    Means(Clue, &'static str),
}

/// A program, and how it is recognised: by one clue that is sure, or two that are likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recogniser {
    /// Its name.
    pub name: &'static str,
    /// What nothing else shows.
    pub sure: &'static [Clue],
    /// What others may show too.
    pub likely: &'static [Clue],
    /// Where its version stands, the most telling first.
    pub versions: &'static [Version],
}

/// A theme, and what gives it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: &'static str,
    /// What nothing else shows.
    pub clue: Clue,
}

impl Clue {
    /// What was seen, in a few words for a report.
    pub fn shown(self) -> String {
        match self {
            Self::Generator(start) => format!("<meta name=\"generator\" content=\"{start}…\">"),
            Self::Header(name, "") => format!("header {name}"),
            Self::Header(name, has) => format!("header {name}: …{has}…"),
            Self::Cookie(start) => format!("cookie {start}…"),
            Self::Comment(has) => format!("comment <!-- …{has}… -->"),
            Self::Attribute(_, attribute, "") => format!("attribute {attribute}"),
            Self::Attribute(_, attribute, has) => format!("attribute {attribute}=\"…{has}…\""),
            Self::Address(has) | Self::Text(has) => has.to_owned(),
        }
    }
}

//! The tree of a YAML text with the place of every value.
//!
//! Built on the parser under serde-saphyr rather than on serde itself: serde stops at the first
//! error, and a document has to report all of its problems at once.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use super::{Place, Report};

/// Deepest nesting that a document may have; the deepest field of the schema lies at six.
const DEEPEST: usize = 24;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where the value starts.
    pub place: Place,
    /// What stands there.
    pub value: Value,
}

/// What a YAML node can be; numbers and booleans stay text until a type asks for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text, number, boolean or null.
    Scalar {
        /// The text as a person reads it.
        text: String,
        /// Written in quotes or as a block: certainly a text.
        quoted: bool,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// Keys in the order of the file.
    Mapping(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Where the key starts.
    pub place: Place,
    /// The key.
    pub text: String,
}

impl Value {
    /// What this is, in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Scalar { quoted: true, .. } => "a text",
            Value::Scalar { text, .. } => plain_kind(text),
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }
}

/// What YAML 1.2's core schema takes an unquoted text for.
fn plain_kind(text: &str) -> &'static str {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => "nothing",
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => "a boolean",
        _ if is_number(text) => "a number",
        _ => "a text",
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    let starts = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    starts && (digits.parse::<f64>().is_ok() || digits.starts_with("0x") || digits.starts_with("0o"))
}

/// Reads the one document of `text`; every problem goes to `report`.
///
/// Anchors, aliases and tags are refused: the schema has no use for them, and what cannot be
/// written cannot explode.
pub fn read(text: &str, report: &mut Report) -> Option<Node> {
    let mut reader = Reader { events: Parser::new_from_str(text), report };
    match reader.document() {
        Ok(node) => node,
        Err(error) => {
            let place = place(*error.marker());
            let (message, remedy) = explain(&error, text, place);
            reader.report.problem(place, message, remedy);
            None
        }
    }
}

/// What a person did to get this error of the parser, where that can be told.
fn explain(error: &ScanError, text: &str, place: Place) -> (String, String) {
    let line = text.lines().nth(place.line - 1).unwrap_or_default();
    if line.trim_start_matches(' ').starts_with('\t') {
        return (
            "a tab indents this line".to_owned(),
            "indent with spaces; YAML does not take tabs".to_owned(),
        );
    }
    let info = error.info();
    (format!("this is not YAML: {info}"), "mend the text here or in the lines just above".to_owned())
}

fn place(marker: granit_parser::Marker) -> Place {
    Place { line: marker.line().max(1), column: marker.col() + 1 }
}

struct Reader<'text, 'report> {
    events: Parser<'text, granit_parser::StrInput<'text>>,
    report: &'report mut Report,
}

impl<'text> Reader<'text, '_> {
    fn next(&mut self) -> Result<(Event<'text>, Place), ScanError> {
        loop {
            match self.events.next_event() {
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok((event, span))) => return Ok((event, start(&span))),
                Some(Err(error)) => return Err(error),
                None => return Ok((Event::StreamEnd, Place::START)),
            }
        }
    }

    fn document(&mut self) -> Result<Option<Node>, ScanError> {
        let mut node = None;
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                _ if node.is_some() => {
                    self.report.problem(
                        place,
                        "a second document starts in this file",
                        "write one document a file: the one of this member",
                    );
                    return Ok(node);
                }
                event => {
                    node = self.node(event, place, 0)?;
                    if node.is_none() {
                        return Ok(None);
                    }
                }
            }
        }
        if node.is_none() {
            let remedy = "write the document, or remove the file";
            self.report.problem(Place::START, "the file holds no document", remedy);
        }
        Ok(node)
    }

    fn node(&mut self, event: Event<'text>, place: Place, depth: usize) -> Result<Option<Node>, ScanError> {
        if depth > DEEPEST {
            self.report.problem(
                place,
                format!("values are nested more than {DEEPEST} deep here"),
                "no field of the schema lies that deep",
            );
            return Ok(None);
        }
        let remedy = "write the value out";
        let (anchor, tag) = match &event {
            Event::Scalar(_, _, anchor, tag)
            | Event::SequenceStart(_, anchor, tag)
            | Event::MappingStart(_, anchor, tag) => (*anchor, tag.is_some()),
            _ => {
                self.report.problem(place, "aliases (*) are not taken", remedy);
                return Ok(None);
            }
        };
        if anchor != 0 {
            self.report.problem(place, "anchors (&) are not taken", remedy);
        }
        if tag {
            self.report.problem(place, "tags (!) are not taken", remedy);
        }
        let value = match event {
            Event::Scalar(text, style, ..) => {
                Some(Value::Scalar { text: text.into_owned(), quoted: style != ScalarStyle::Plain })
            }
            Event::SequenceStart(..) => self.sequence(depth)?,
            _ => self.mapping(depth)?,
        };
        Ok(value.map(|value| Node { place, value }))
    }

    fn sequence(&mut self, depth: usize) -> Result<Option<Value>, ScanError> {
        let mut items = Vec::new();
        loop {
            let (event, place) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(Some(Value::Sequence(items)));
            }
            match self.node(event, place, depth + 1)? {
                Some(item) => items.push(item),
                None => return Ok(None),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Option<Value>, ScanError> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        loop {
            let (event, place) = self.next()?;
            let text = match event {
                Event::MappingEnd => return Ok(Some(Value::Mapping(entries))),
                Event::Scalar(text, _, 0, None) => text.into_owned(),
                _ => {
                    self.report.problem(place, "this key is not a text", "write a plain key");
                    return Ok(None);
                }
            };
            let (event, value_place) = self.next()?;
            let Some(node) = self.node(event, value_place, depth + 1)? else {
                return Ok(None);
            };
            if let Some(first) = seen.insert(text.clone(), place.line) {
                let message = format!("the key {text:?} stands here a second time (first in line {first})");
                self.report.problem(place, message, "keep one of the two");
            }
            entries.push((Key { place, text }, node));
        }
    }
}

fn start(span: &Span) -> Place {
    place(span.start)
}

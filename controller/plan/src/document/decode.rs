//! From the tree of a text to typed values, collecting every problem on the way.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::node::Key;
use super::values::Invalid;
use super::{Node, Place, Problem, Value};

/// Where the problems of one file gather.
#[derive(Debug)]
pub struct Report {
    file: String,
    problems: Vec<Problem>,
}

impl Report {
    /// An empty report about `file`.
    pub fn about(file: &str) -> Self {
        Self { file: file.to_owned(), problems: Vec::new() }
    }

    /// Adds a problem.
    pub fn problem(&mut self, place: Place, message: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(Problem {
            file: self.file.clone(),
            place,
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    /// The problems so far.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Whether nothing is wrong so far.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// Parses a text value; a number or boolean without quotes is not a text.
    pub fn parse<T: FromStr<Err = Invalid>>(&mut self, node: &Node) -> Option<T> {
        match &node.value {
            Value::Scalar { text, quoted } if *quoted || node.value.kind() == "a text" => {
                self.accept(node.place, text.parse())
            }
            Value::Scalar { text, .. } => {
                self.problem(
                    node.place,
                    format!("{} stands here, a text is needed", node.value.kind()),
                    format!("put it in quotes: {text:?}"),
                );
                None
            }
            Value::Sequence(_) | Value::Mapping(_) => self.wrong(node, "a text"),
        }
    }

    /// Parses a quantity: a number may stand without quotes.
    pub fn parse_quantity<T: FromStr<Err = Invalid>>(&mut self, node: &Node) -> Option<T> {
        match &node.value {
            Value::Scalar { text, .. } => self.accept(node.place, text.parse()),
            Value::Sequence(_) | Value::Mapping(_) => {
                self.wrong(node, "one number, or one number with a unit")
            }
        }
    }

    fn accept<T>(&mut self, place: Place, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|Invalid { message, remedy }| self.problem(place, message, remedy)).ok()
    }

    fn wrong<T>(&mut self, node: &Node, wanted: &str) -> Option<T> {
        let kind = node.value.kind();
        self.problem(node.place, format!("{kind} stands here"), format!("write {wanted}"));
        None
    }
}

/// A value that a node of a document can be.
pub trait Decode: Sized {
    /// The value, or `None` after telling `report` why not.
    fn decode(node: &Node, report: &mut Report) -> Option<Self>;

    /// The value of a field that is not written; `None` where it must be.
    fn absent() -> Option<Self> {
        None
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        T::decode(node, report).map(Some)
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        T::decode(node, report).map(Box::new)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        let Value::Sequence(items) = &node.value else {
            return report.wrong(node, "a list");
        };
        // every item is looked at before the first bad one fails the list
        let decoded: Vec<_> = items.iter().map(|item| T::decode(item, report)).collect();
        decoded.into_iter().collect()
    }
    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl<K: FromStr<Err = Invalid> + Ord, T: Decode> Decode for BTreeMap<K, T> {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        let Value::Mapping(entries) = &node.value else {
            return report.wrong(node, "a mapping");
        };
        let decoded: Vec<_> = entries
            .iter()
            .map(|(key, value)| {
                let name = report.accept(key.place, key.text.parse());
                name.zip(T::decode(value, report))
            })
            .collect();
        decoded.into_iter().collect()
    }
    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl Decode for bool {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        match &node.value {
            Value::Scalar { text, quoted: false } if text == "true" => Some(true),
            Value::Scalar { text, quoted: false } if text == "false" => Some(false),
            _ => report.wrong(node, "true or false"),
        }
    }
    fn absent() -> Option<Self> {
        Some(false)
    }
}

/// A value with its place, for checks that look across fields and files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands in its file.
    pub place: Place,
}

impl<T: Decode> Decode for Placed<T> {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        let place = node.place;
        T::decode(node, report).map(|value| Self { value, place })
    }
}

impl<T: Serialize> Serialize for Placed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Placed<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: fmt::Display> fmt::Display for Placed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// The fields of a mapping while a struct takes them.
pub struct Fields<'node, 'report> {
    place: Place,
    entries: &'node [(Key, Node)],
    known: &'static [&'static str],
    report: &'report mut Report,
}

impl<'node, 'report> Fields<'node, 'report> {
    /// The fields of `node`; says which are unknown, with the nearest known one.
    pub fn of(
        node: &'node Node,
        known: &'static [&'static str],
        report: &'report mut Report,
    ) -> Option<Self> {
        let Value::Mapping(entries) = &node.value else {
            return report.wrong(node, "a mapping");
        };
        for (key, _) in entries {
            if !known.contains(&key.text.as_str()) {
                let remedy = nearest(&key.text, known);
                report.problem(key.place, format!("there is no field {:?} here", key.text), remedy);
            }
        }
        Some(Self { place: node.place, entries, known, report })
    }

    /// The value of one field, or why there is none.
    pub fn take<T: Decode>(&mut self, name: &'static str) -> Option<T> {
        debug_assert!(self.known.contains(&name));
        match self.entries.iter().find(|(key, _)| key.text == name) {
            Some((_, node)) => T::decode(node, self.report),
            None => T::absent().or_else(|| {
                self.report.problem(
                    self.place,
                    format!("the field {name:?} is missing here"),
                    format!("add {name}"),
                );
                None
            }),
        }
    }
}

/// What to write instead of an unknown field.
fn nearest(unknown: &str, known: &[&str]) -> String {
    let alike = known
        .iter()
        .map(|name| (strsim::jaro_winkler(&unknown.to_lowercase(), &name.to_lowercase()), name))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match alike {
        Some((likeness, name)) if likeness > 0.75 => format!("did you mean {name}?"),
        _ => format!("known are {}", known.join(", ")),
    }
}

/// Declares a part of a document once: its struct, how it is read, and its JSON Schema.
///
/// Each field is written as it stands in the YAML: `readOnly as read_only: bool`, or `port: Port`
/// where both are the same.
macro_rules! part {
    ($(#[$doc:meta])* $type:ident {
        $($(#[$field_doc:meta])* $field:ident $(= $name:literal)? : $value:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $type {
            $($(#[$field_doc])* $(#[serde(rename = $name)])? pub $field: $value,)*
        }

        impl $crate::document::Decode for $type {
            fn decode(
                node: &$crate::document::Node,
                report: &mut $crate::document::Report,
            ) -> Option<Self> {
                const KNOWN: &[&str] = &[$($crate::document::decode::field_name!($field $($name)?)),*];
                let mut fields = $crate::document::decode::Fields::of(node, KNOWN, report)?;
                // all fields are read before the first missing one fails the whole
                $(let $field = fields.take::<$value>($crate::document::decode::field_name!($field $($name)?));)*
                Some(Self { $($field: $field?),* })
            }
        }
    };
}

macro_rules! field_name {
    ($field:ident $name:literal) => {
        $name
    };
    ($field:ident) => {
        stringify!($field)
    };
}

/// Declares a choice among words, read and written in lower case.
macro_rules! choice {
    ($(#[$doc:meta])* $type:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        pub enum $type {
            $($(#[$word_doc])* #[serde(rename = $word)] $variant,)*
        }
        impl $type {
            /// The word as documents write it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
        impl std::str::FromStr for $type {
            type Err = $crate::document::values::Invalid;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::document::values::Invalid::new(
                        format!("{text:?} is not known here"),
                        format!("write {}", [$($word),*].join(" or ")),
                    )),
                }
            }
        }
        impl $crate::document::Decode for $type {
            fn decode(
                node: &$crate::document::Node,
                report: &mut $crate::document::Report,
            ) -> Option<Self> {
                report.parse(node)
            }
        }
    };
}
pub(crate) use {choice, field_name, part};

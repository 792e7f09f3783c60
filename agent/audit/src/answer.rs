//! What came back when something was asked: an answer, or nothing that could be told.

use serde::{Deserialize, Serialize};

/// An answer, or why there is none. In JSON a known answer is its value, an unknown one `{"unknown": "why"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Answer<T> {
    /// Nothing that could be told came back: silence, a reset, a time-out. Never the same as "no".
    Unknown {
        /// Why, in English, for the report's small print: "no answer within 5 s".
        unknown: String,
    },
    /// What came back.
    Known(T),
}

impl<T> Answer<T> {
    /// Nothing could be told.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown { unknown: why.into() }
    }

    /// Nothing could be told, because of this error and what it comes from.
    pub fn failed(error: &dyn std::error::Error) -> Self {
        let causes = std::iter::successors(error.source(), |error| error.source());
        let words = causes.fold(error.to_string(), |words, cause| format!("{words}: {cause}"));
        Self::Unknown { unknown: words }
    }

    /// What came back, if anything did.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown { .. } => None,
        }
    }

    /// Why nothing could be told, if nothing could.
    pub fn why_unknown(&self) -> Option<&str> {
        match self {
            Self::Known(_) => None,
            Self::Unknown { unknown } => Some(unknown),
        }
    }

    /// The same question about what came back.
    pub fn map<U>(self, of: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Self::Known(value) => Answer::Known(of(value)),
            Self::Unknown { unknown } => Answer::Unknown { unknown },
        }
    }
}

impl Answer<bool> {
    /// It is surely so.
    pub fn is_yes(&self) -> bool {
        matches!(self, Self::Known(true))
    }

    /// It is surely not so.
    pub fn is_no(&self) -> bool {
        matches!(self, Self::Known(false))
    }
}

impl<T> From<T> for Answer<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T> Default for Answer<T> {
    fn default() -> Self {
        Self::unknown("not asked")
    }
}

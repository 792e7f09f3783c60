//! How a report is written for people.

use super::Past;
use crate::Language;
use crate::rules::{RULES, Rule};

/// How a report is written for people.
#[derive(Debug, Clone, Copy)]
pub struct Style<'a> {
    /// In which language.
    pub language: Language,
    /// The rules that findings name: [`RULES`], but for tests.
    pub rules: &'a [Rule],
    /// Own runs before this one, in order of time, for charts.
    pub past: &'a [Past],
}

impl Default for Style<'_> {
    fn default() -> Self {
        Self { language: Language::default(), rules: RULES, past: &[] }
    }
}

impl Style<'_> {
    /// The rule of a name; none where another version of the program made the report.
    pub(super) fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// What a rule finds, in a few words; its name where nobody knows it.
    pub(super) fn title(&self, id: &str) -> String {
        self.rule(id)
            .map_or_else(|| id.to_owned(), |rule| (rule.title)().in_language(self.language).to_owned())
    }

    /// One of two texts.
    pub(super) fn say<'t>(&self, italian: &'t str, english: &'t str) -> &'t str {
        match self.language {
            Language::It => italian,
            Language::En => english,
        }
    }
}

/// The terminal that a report is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Columns that a line may fill.
    pub width: usize,
    /// Colours by ANSI's escapes.
    pub colour: bool,
}

impl Default for Terminal {
    fn default() -> Self {
        Self { width: 100, colour: false }
    }
}

//! A report: facts, findings and grades of every body, what changed, and how that is written.

mod class;
mod csv;
mod html;
mod json;
mod openmetrics;
mod sarif;
#[cfg(feature = "schema")]
mod schema;
mod style;
mod text;
mod view;
mod words;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Text;
use crate::facts::Facts;
use crate::grades::Grade;
use crate::rules::{Finding, OldVersions};
pub use class::{Class, Classes, Past, Published, Standing, classes, standing};
pub use csv::{csv, csv_findings};
pub use html::html;
pub use json::json;
pub use openmetrics::openmetrics;
pub use sarif::sarif;
#[cfg(feature = "schema")]
pub use schema::schema;
pub use style::{Style, Terminal};
pub use text::text;
pub(crate) use view::{certificate, host_of};

/// The version of the report's JSON. A change that a reader would trip over raises the first number.
pub const FORMAT: &str = "1.0";

/// A whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// [`FORMAT`] of the program that wrote it.
    pub format: String,
    /// By what it was made.
    pub run: Run,
    /// What changed since the last run; none where there was none.
    pub changes: Option<Changes>,
    /// Every body, sorted by subject.
    pub bodies: Vec<Body>,
}

/// By what a report was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Run {
    /// When it began.
    pub begun: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// The program's version.
    pub program: String,
    /// The profile's name.
    pub profile: String,
    /// How the ambiguous class was read.
    pub old_versions: OldVersions,
    /// Which public roots were trusted: `webpki-roots 1.0.10`, and how many were added.
    pub roots: String,
    /// The day of the list of CMS versions.
    pub cms_versions: jiff::civil::Date,
    /// Connections that were opened, all in all.
    pub connections: u64,
}

/// One body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Body {
    /// What was seen.
    pub facts: Facts,
    /// What is wrong, the weightiest first.
    pub findings: Vec<Finding>,
    /// How good it is.
    pub grades: Vec<Grade>,
}

/// What changed between two runs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Changes {
    /// When the last run began.
    pub since: Timestamp,
    /// The changes, the weightiest first.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// What kind of change.
    pub kind: ChangeKind,
    /// Whose.
    pub subject: String,
    /// Of what: as in [`Finding`].
    pub object: String,
    /// The rule, where a finding came or went.
    pub rule: Option<String>,
    /// What, in a sentence.
    pub text: Text,
}

/// The kind of a change, in the order in which a report tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// The class got worse.
    Worse,
    /// A finding is new.
    NewTrouble,
    /// A host no longer answers.
    Gone,
    /// A certificate is about to end, and was not last time.
    EndsSoon,
    /// The class got better.
    Better,
    /// A finding is gone.
    Mended,
    /// A certificate was renewed.
    Renewed,
    /// A host or body is new.
    Appeared,
    /// A body is no longer asked for.
    Left,
}

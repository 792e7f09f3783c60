//! A report: facts, findings and grades of every body, what changed, and how that is written.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Text;
use crate::facts::Facts;
use crate::grades::Grade;
use crate::rules::{Finding, OldVersions};

/// The version of the report's JSON. A change that a reader would trip over raises the first number.
pub const FORMAT: &str = "1.0";

/// A whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
pub struct Changes {
    /// When the last run began.
    pub since: Timestamp,
    /// The changes, the weightiest first.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

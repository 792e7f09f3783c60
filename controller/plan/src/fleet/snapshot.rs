//! The files of a fleet at one moment, as the hands read them.

use std::collections::BTreeMap;

use super::Pinned;
use crate::document::values::MemberName;

/// The file that says where things run.
pub const PLATFORM_FILE: &str = "platform.yaml";
/// The folder with a document per member.
pub const MEMBERS_FOLDER: &str = "members";

/// The files of a fleet at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The commit, 40 hexadecimal digits; none for a folder.
    pub commit: Option<String>,
    /// `platform.yaml` and `members/*.yaml` by path: the text, or why it cannot be read.
    pub files: BTreeMap<String, Result<String, Unreadable>>,
    /// Members whose text above is an earlier one.
    pub pinned: BTreeMap<MemberName, Pinned>,
    /// Reasons to think that this is not all of the fleet; empty when it is proven complete.
    pub doubts: Vec<String>,
}

/// Why a file of the fleet cannot be read, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong: `it is a symbolic link`.
    pub message: String,
    /// What to do: `commit the file itself`.
    pub remedy: String,
}

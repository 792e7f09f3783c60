//! A pin: an earlier document of a member that stays in force until its document in git changes again.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Snapshot, file_of};
use crate::docker::sha256;
use crate::document::values::MemberName;

/// An earlier document that stands in for the one in git.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The document that is in force.
    pub text: String,
    /// The commit that it was served from; none for a folder.
    pub commit: Option<String>,
    /// SHA-256 of the text in git that it stands in for: with any other text there, the pin ends.
    pub replaces: String,
    /// Since when.
    pub since: Timestamp,
}

/// What is known of a member whose document is an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// The commit that the document was served from; none for a folder.
    pub commit: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

impl Snapshot {
    /// Puts earlier documents in the place of those that they stand in for, and gives the members whose pins have
    /// ended. A file that cannot be read, or that is missing where others may be too, ends nothing.
    pub fn pin(&mut self, pins: &BTreeMap<MemberName, Pin>) -> Vec<MemberName> {
        let mut ended = Vec::new();
        for (member, Pin { text, commit, replaces, since }) in pins {
            match self.files.get_mut(&file_of(member)) {
                Some(Ok(there)) if sha256(there.as_bytes()) == *replaces => {
                    there.clone_from(text);
                    let pinned = Pinned { commit: commit.clone(), since: *since };
                    self.pinned.insert(member.clone(), pinned);
                }
                Some(Err(_)) => {}
                None if !self.doubts.is_empty() => {}
                Some(Ok(_)) | None => ended.push(member.clone()),
            }
        }
        ended
    }
}

impl Pinned {
    /// `rolled back on 2026-11-23 to the document of commit 1a2b3c4d5e6f`.
    pub fn described(&self) -> String {
        format!("rolled back on {} to {}", self.since.strftime("%Y-%m-%d"), self.document())
    }

    /// `the document of commit 1a2b3c4d5e6f`.
    fn document(&self) -> String {
        match &self.commit {
            Some(commit) => format!("the document of commit {}", commit.get(..12).unwrap_or(commit)),
            None => "an earlier document".to_owned(),
        }
    }

    /// A message about the document, so that nobody looks for its place in the one in git.
    pub(super) fn about(&self, member: &MemberName, message: &str) -> String {
        format!("in {}, to which {member} was rolled back: {message}", self.document())
    }
}

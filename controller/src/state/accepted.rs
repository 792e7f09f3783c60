//! The last valid text of each document: it stays in force while the one in git is broken.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Accepted;

use super::atomic::{remove, write_atomically};
use super::{LeftOut, State, StateError, create_folder, if_there};

/// The platform's file beside those of the members, none of whose names begins so.
const PLATFORM: &str = "_platform.yaml";

/// The accepted documents that are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AcceptedThere {
    /// Their texts.
    pub documents: Accepted,
    /// Those that could not be read, and why: they concern themselves alone.
    pub left_out: Vec<LeftOut>,
}

impl State {
    /// The members that have an accepted document.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn accepted_members(&self) -> Result<BTreeSet<MemberName>, StateError> {
        let folder = self.folder.join("accepted");
        let entries = if_there(std::fs::read_dir(&folder)).map_err(StateError::read(&folder))?;
        let mut names = BTreeSet::new();
        for entry in entries.into_iter().flatten() {
            let name = entry.map_err(StateError::read(&folder))?.file_name();
            let name = name.to_str().and_then(|name| name.strip_suffix(".yaml"));
            names.extend(name.and_then(|name| name.parse::<MemberName>().ok()));
        }
        Ok(names)
    }

    /// Every accepted document.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn accepted(&self) -> Result<AcceptedThere, StateError> {
        let mut left_out = Vec::new();
        let mut documents =
            Accepted { platform: read(self.accepted_platform(), &mut left_out), ..Accepted::default() };
        for member in self.accepted_members()? {
            let text = read(self.accepted_path(&member), &mut left_out);
            documents.members.extend(text.map(|text| (member, text)));
        }
        Ok(AcceptedThere { documents, left_out })
    }

    /// Notes a valid document of the platform; says whether it differs from the one before.
    ///
    /// # Errors
    /// When it cannot be written; the one before is then still there.
    pub fn accept_platform(&self, text: &str) -> Result<bool, StateError> {
        self.note(&self.accepted_platform(), text)
    }

    /// Notes a valid document of a member; says whether it differs from the one before.
    ///
    /// # Errors
    /// When it cannot be written; the one before is then still there.
    pub fn accept(&self, member: &MemberName, text: &str) -> Result<bool, StateError> {
        self.note(&self.accepted_path(member), text)
    }

    fn note(&self, path: &Path, text: &str) -> Result<bool, StateError> {
        if std::fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes()) {
            return Ok(false);
        }
        create_folder(&self.folder.join("accepted"))?;
        write_atomically(path, text.as_bytes(), 0o600).map_err(StateError::write(path))?;
        Ok(true)
    }

    /// Forgets a member that has left the fleet.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn forget(&self, member: &MemberName) -> Result<(), StateError> {
        let path = self.accepted_path(member);
        remove(&path).map_err(StateError::write(&path))
    }

    fn accepted_path(&self, member: &MemberName) -> PathBuf {
        self.folder.join("accepted").join(format!("{member}.yaml"))
    }

    fn accepted_platform(&self) -> PathBuf {
        self.folder.join("accepted").join(PLATFORM)
    }
}

/// A text that is there; one that cannot be read is left out.
fn read(path: PathBuf, left_out: &mut Vec<LeftOut>) -> Option<String> {
    if_there(std::fs::read_to_string(&path)).unwrap_or_else(|error| {
        let reason = format!("{error}; restore it from a backup, or remove it");
        left_out.push(LeftOut { path, reason });
        None
    })
}

//! The last valid text of each member's document: it stays in force while the one in git is broken.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use campanile_plan::document::values::MemberName;

use super::atomic::{remove, write_atomically};
use super::{LeftOut, State, StateError, create_folder, if_there};

/// The accepted documents that are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Their texts.
    pub documents: BTreeMap<MemberName, String>,
    /// Those that could not be read, and why: they concern their members alone.
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
    pub fn accepted(&self) -> Result<Accepted, StateError> {
        let mut accepted = Accepted::default();
        for member in self.accepted_members()? {
            let path = self.accepted_path(&member);
            match if_there(std::fs::read_to_string(&path)) {
                Ok(text) => accepted.documents.extend(text.map(|text| (member, text))),
                Err(error) => {
                    let reason = format!("{error}; restore it from a backup, or remove it");
                    accepted.left_out.push(LeftOut { path, reason });
                }
            }
        }
        Ok(accepted)
    }

    /// Notes a valid document; says whether it differs from the one before.
    ///
    /// # Errors
    /// When it cannot be written; the one before is then still there.
    pub fn accept(&self, member: &MemberName, text: &str) -> Result<bool, StateError> {
        let path = self.accepted_path(member);
        if std::fs::read(&path).is_ok_and(|bytes| bytes == text.as_bytes()) {
            return Ok(false);
        }
        create_folder(&self.folder.join("accepted"))?;
        write_atomically(&path, text.as_bytes(), 0o600).map_err(StateError::write(&path))?;
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
}

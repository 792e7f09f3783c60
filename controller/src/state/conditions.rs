//! Since when each condition of each member is as it is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{State, StateError, if_there, write_atomically};

/// The conditions of a member by type.
pub type MemberConditions = BTreeMap<String, Condition>;

/// What was just seen: status and reason by member and type of condition.
pub type Current = BTreeMap<String, BTreeMap<String, (String, String)>>;

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// Why, in one word.
    pub reason: String,
    /// When the status last changed.
    pub last_transition_time: Timestamp,
}

/// The conditions of the fleet by member.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Conditions {
    /// By the member's name.
    pub members: BTreeMap<String, MemberConditions>,
}

impl Conditions {
    /// Takes over what was just seen. The time of a condition moves only when its status changes; what was not seen
    /// is forgotten.
    pub fn merge(&mut self, now: Timestamp, current: Current) {
        let mut before = std::mem::take(&mut self.members);
        for (member, conditions) in current {
            let mut known = before.remove(&member).unwrap_or_default();
            let merged = conditions.into_iter().map(|(kind, (status, reason))| {
                let last_transition_time = match known.remove(&kind) {
                    Some(old) if old.status == status => old.last_transition_time,
                    _ => now,
                };
                let condition = Condition { status, reason, last_transition_time };
                (kind, condition)
            });
            self.members.insert(member, merged.collect());
        }
    }
}

impl State {
    /// The conditions as they were last noted. A damaged file is set aside, and the second value says so.
    ///
    /// # Errors
    /// When the file cannot be read or set aside.
    pub fn conditions(&self) -> Result<(Conditions, Option<String>), StateError> {
        let path = self.folder.join("conditions.json");
        let bytes = if_there(std::fs::read(&path)).map_err(StateError::read(&path))?;
        let Some(bytes) = bytes else {
            return Ok((Conditions::default(), None));
        };
        match serde_json::from_slice(&bytes) {
            Ok(conditions) => Ok((conditions, None)),
            Err(error) => {
                let aside = self.folder.join("conditions.json.broken");
                std::fs::rename(&path, &aside).map_err(StateError::write(&aside))?;
                let notice = format!(
                    "{} was damaged ({error}) and is now {}; every condition counts from now",
                    path.display(),
                    aside.display()
                );
                Ok((Conditions::default(), Some(notice)))
            }
        }
    }

    /// Notes the conditions.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn record_conditions(&self, conditions: &Conditions) -> Result<(), StateError> {
        let path = self.folder.join("conditions.json");
        let bytes = serde_json::to_vec_pretty(conditions).map_err(StateError::damaged(&path))?;
        write_atomically(&path, &bytes, 0o600).map_err(StateError::write(&path))
    }
}

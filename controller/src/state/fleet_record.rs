//! Which commit was last applied with nothing held: a branch that has lost it was rewritten.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{State, StateError, if_there, write_atomically};

/// The last fleet that was applied in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetRecord {
    /// The source as it was named.
    pub source: String,
    /// The commit; none for a folder.
    pub commit: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl State {
    /// The last fleet that was applied in full; none before the first.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn fleet_record(&self) -> Result<Option<FleetRecord>, StateError> {
        let path = self.folder.join("fleet.json");
        let bytes = if_there(std::fs::read(&path)).map_err(StateError::read(&path))?;
        let record = bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose();
        record.map_err(StateError::damaged(&path))
    }

    /// Notes that a fleet was applied in full.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn record_fleet(&self, record: &FleetRecord) -> Result<(), StateError> {
        let path = self.folder.join("fleet.json");
        let bytes = serde_json::to_vec_pretty(record).map_err(StateError::damaged(&path))?;
        write_atomically(&path, &bytes, 0o600).map_err(StateError::write(&path))
    }
}

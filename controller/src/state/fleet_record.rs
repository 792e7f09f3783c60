//! Which commit was last applied with nothing held: a branch that has lost it was rewritten.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{State, StateError};

const FILE: &str = "fleet.json";

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
        self.json(FILE)
    }

    /// Notes that a fleet was applied in full.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn record_fleet(&self, record: &FleetRecord) -> Result<(), StateError> {
        self.write_json(FILE, record)
    }
}

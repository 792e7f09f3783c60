//! Where the daemon of a state folder answers, for the commands on the same machine.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{State, StateError};

const FILE: &str = "daemon.json";

/// A daemon that runs, or ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DaemonRecord {
    /// Its process.
    pub process: u32,
    /// Where it takes HTTP.
    pub listen: SocketAddr,
    /// The file with its bearer token.
    pub token_file: PathBuf,
}

impl State {
    /// Notes where the daemon answers.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn record_daemon(&self, record: &DaemonRecord) -> Result<(), StateError> {
        self.write_json(FILE, record)
    }

    /// Where the daemon answers, if one ever ran; it may be gone.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn daemon_record(&self) -> Result<Option<DaemonRecord>, StateError> {
        self.json(FILE)
    }
}

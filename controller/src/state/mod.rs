//! The state folder: what has to survive a restart, one file a concern.

mod accepted;
mod accounts;
mod atomic;
mod authority;
mod certificates;
mod daemon;
mod error;
mod fleet_record;
mod issued;
mod keys;
mod lock;
mod orders;
mod proofs;
mod secrets;

use std::collections::BTreeMap;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use campanile_plan::certificate::ObservedCertificate;
use campanile_plan::document::values::MemberName;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use accepted::AcceptedThere;
pub use accounts::AccountRecord;
pub use atomic::write_atomically;
pub use certificates::ObservedCertificates;
pub use daemon::DaemonRecord;
pub use error::StateError;
pub use fleet_record::FleetRecord;
pub use issued::{IssuedCertificate, Trust, fits};
pub use lock::Lock;
pub use orders::{OrderRecord, Records, WindowRecord};
pub use secrets::ObservedSecrets;

/// Where the state is kept when nobody says otherwise.
pub const DEFAULT_FOLDER: &str = "/var/lib/campanile";

/// The state folder.
#[derive(Debug, Clone)]
pub struct State {
    folder: PathBuf,
    secrets: PathBuf,
    /// Certificates that were proven.
    proven: Arc<Mutex<BTreeMap<MemberName, Proven>>>,
}

/// A certificate that was proven to be of whom is trusted.
#[derive(Debug, Clone)]
struct Proven {
    /// What stands for whom was trusted.
    by: String,
    certificate: ObservedCertificate,
    /// Of whom it is, if not of the platform's own authority.
    issued: Option<IssuedCertificate>,
}

/// A file that was left out of an observation, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

impl State {
    /// Opens the folder; makes it, for this user alone, where it is missing.
    ///
    /// # Errors
    /// When it is no folder, or cannot be made.
    pub fn open(folder: &Path) -> Result<Self, StateError> {
        create_folder(folder)?;
        let folder = folder.canonicalize().map_err(StateError::read(folder))?;
        let secrets = folder.join("secrets");
        Ok(Self { folder, secrets, proven: Arc::default() })
    }

    /// Takes the members' secrets from another folder.
    #[must_use]
    pub fn with_secrets(self, secrets: PathBuf) -> Self {
        Self { secrets, ..self }
    }

    /// The folder itself, an absolute path.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder for the fetcher of git repositories.
    pub fn git_folder(&self) -> PathBuf {
        self.folder.join("git")
    }
}

impl State {
    /// A record kept as JSON; none where there is no such file.
    fn json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StateError> {
        let path = self.folder.join(name);
        let bytes = if_there(std::fs::read(&path)).map_err(StateError::read(&path))?;
        bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose().map_err(StateError::damaged(&path))
    }

    /// Keeps a record as JSON.
    fn write_json(&self, name: &str, record: &impl Serialize) -> Result<(), StateError> {
        let path = self.folder.join(name);
        let bytes = serde_json::to_vec_pretty(record).map_err(StateError::damaged(&path))?;
        write_atomically(&path, &bytes, 0o600).map_err(StateError::write(&path))
    }
}

/// Makes a folder for this user alone, and those above it.
fn create_folder(folder: &Path) -> Result<(), StateError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(folder).map_err(StateError::write(folder))
}

/// A missing file is no error, but none.
fn if_there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;

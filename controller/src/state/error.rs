//! Why the state folder could not be used.

use std::io;
use std::path::{Path, PathBuf};

/// Why the state folder could not be used; secrets and keys never stand in it.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A file cannot be read.
    #[error("reading {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("writing {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{} is damaged: {reason}; restore it from a backup, or move it away to start without it", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Somebody else works with this state.
    #[error(
        "another campanile works with the state in {}: {holder}; wait until it ends, or name another folder with --state",
        folder.display()
    )]
    Held {
        /// The state folder.
        folder: PathBuf,
        /// `process 4711, since 2025-11-21T10:00:00Z`.
        holder: String,
    },
    /// A daemon works with this state.
    #[error(
        "a daemon already runs on the state in {}: {holder}; stop it, or name another folder with --state",
        folder.display()
    )]
    Runs {
        /// The state folder.
        folder: PathBuf,
        /// `process 4711, since 2025-11-21T10:00:00Z`.
        holder: String,
    },
    /// There is an authority already.
    #[error(
        "{} is there already and is not replaced: every certificate of the platform hangs on it; \
         to begin with a new authority, move the folder {} away",
        path.display(), path.parent().unwrap_or(path).display()
    )]
    AuthorityExists {
        /// Its certificate or key.
        path: PathBuf,
    },
    /// There is no authority yet.
    #[error("there is no authority in {} to issue a certificate", folder.display())]
    NoAuthority {
        /// Where it would be.
        folder: PathBuf,
    },
    /// A certificate cannot be made.
    #[error("making the certificate of {subject}")]
    Certificate {
        /// For whom.
        subject: String,
        /// Why.
        source: rcgen::Error,
    },
    /// A time is outside of what a certificate can say.
    #[error("a certificate cannot be made for the time {at}; set the clock of this machine")]
    Clock {
        /// The time.
        at: jiff::Timestamp,
    },
    /// The system gives no random numbers.
    #[error("asking the system for random numbers")]
    Random {
        /// Why.
        source: getrandom::Error,
    },
}

impl StateError {
    /// For `map_err`, with the file.
    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Read { path, source }
    }

    /// For `map_err`, with the file.
    pub(super) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Write { path, source }
    }

    /// For `map_err`, with the file.
    pub(super) fn damaged<E: std::fmt::Display>(path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        |reason| Self::Damaged { path, reason: reason.to_string() }
    }
}

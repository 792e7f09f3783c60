//! What can go wrong with the store of audits.

use std::io;
use std::path::{Path, PathBuf};

/// What can go wrong with the store of audits.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be made or opened.
    #[error("opening {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// SQLite refuses.
    #[error("{doing} in {path}")]
    Sql {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// What stands there is not what was written.
    #[error("{doing} in {path}: {reason}")]
    Content {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A newer campanile has written it.
    #[error(
        "{path} is of version {version}, and this campanile knows {known}: use the newer one, or move the file away"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: i64,
        /// The newest that is known.
        known: i64,
    },
}

impl StoreError {
    /// An error about a file.
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// An error of SQLite.
    pub(super) fn sql(doing: &'static str, path: &Path) -> impl FnOnce(rusqlite::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Sql { doing, path, source }
    }
}

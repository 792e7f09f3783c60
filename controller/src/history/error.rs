//! Why the history could not be read or written.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why the history could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The file cannot be opened, or not be set aside.
    #[error("opening the history {}", path.display())]
    File {
        /// The file or its folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// `SQLite` says no: the disk is full, the file cannot be written, another process writes for too long.
    #[error("{doing} in the history {}", path.display())]
    Sql {
        /// What was done: `noting a step`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// It does not hold what it should.
    #[error(
        "the history {} is damaged: {reason}; the next campanile that writes it sets it aside and begins anew",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A newer campanile has written it.
    #[error(
        "the history {} is of a newer campanile (version {version}, this one knows {known}): use that campanile, or \
         move the file away to begin a new history without its rollbacks",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: usize,
        /// The newest version that this program knows.
        known: usize,
    },
}

impl HistoryError {
    /// Whether the file is damaged, so that opening it again would set it aside.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } => true,
            Self::Sql { source, .. } => {
                matches!(
                    source.sqlite_error_code(),
                    Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
                )
            }
            Self::File { .. } | Self::Newer { .. } => false,
        }
    }

    /// For `map_err`, with what was done and the file.
    pub(super) fn sql(doing: &'static str, path: &Path) -> impl FnOnce(rusqlite::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Sql { doing, path, source }
    }

    /// For `map_err`, with the file.
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::File { path, source }
    }
}

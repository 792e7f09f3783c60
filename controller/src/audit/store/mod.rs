//! What audits saw, in a SQLite file of its own in the state folder: runs, bodies with facts, findings and grades, bounded.
//!
//! It is a file of its own because it is large, and nobody needs it to decide what to do: whoever loses it loses yesterday.

mod bodies;
mod error;
mod open;
mod prune;
mod runs;
mod schema;
mod summary;

use std::path::Path;
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::locked::locked;
pub use error::StoreError;
pub use open::{FILE, Opened};
pub use prune::Bounds;
pub use runs::{RunId, RunRow};
pub use summary::{Found, Graded, Summary, UNCERTAIN};

/// An open store; clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
    path: Arc<Path>,
}

impl Store {
    fn new(connection: Connection, path: &Path) -> Self {
        Self { connection: Arc::new(Mutex::new(connection)), path: path.into() }
    }

    /// Reads; `doing` says what, should it fail.
    fn reading<T>(
        &self,
        doing: &'static str,
        read: impl FnOnce(&Connection) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        read(&locked(&self.connection)).map_err(|trouble| self.error(doing, trouble))
    }

    /// Writes in one transaction.
    fn writing<T>(
        &self,
        doing: &'static str,
        write: impl FnOnce(&Transaction) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        let mut connection = locked(&self.connection);
        let written =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Trouble::Sql);
        let written = written.and_then(|transaction| {
            let value = write(&transaction)?;
            transaction.commit()?;
            Ok(value)
        });
        written.map_err(|trouble| self.error(doing, trouble))
    }

    fn error(&self, doing: &'static str, trouble: Trouble) -> StoreError {
        let path = self.path.to_path_buf();
        match trouble {
            Trouble::Sql(source) => StoreError::Sql { doing, path, source },
            Trouble::Content(reason) => StoreError::Content { doing, path, reason },
        }
    }
}

/// What can go wrong with the content of the file.
#[derive(Debug)]
enum Trouble {
    /// SQLite says so.
    Sql(rusqlite::Error),
    /// What stands there is not what was written.
    Content(String),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

#[cfg(test)]
mod tests;

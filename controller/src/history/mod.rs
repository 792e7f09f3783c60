//! History: what was done, when and why, in a SQLite file of the state folder that several processes may have open.
//!
//! Everything here is a record, and none of it is needed to decide what to do, but for pins: a rollback lives here alone.
//! Every change is a transaction, so that a killed process or a full disk leaves the record as it was before or after it.

mod column;
mod conditions;
mod damage;
mod documents;
mod error;
mod log;
mod open;
mod orders;
mod passes;
mod prune;
mod schema;

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::locked::locked;
pub use conditions::{Conditions, Noted, Transition};
pub use documents::Good;
pub use error::HistoryError;
pub use log::{End, Entry, PassEntry, Pinned, Query, StepEntry};
pub use open::{FILE, Opened};
pub use orders::OrderSpent;
pub use passes::{Beginning, Ending, PassId, StepRecord};
pub use prune::Bounds;

/// An open history; clones share it.
#[derive(Debug, Clone)]
pub struct History {
    connection: Arc<Mutex<Connection>>,
    path: Arc<Path>,
    /// Which file was opened; none where that cannot be said.
    file: Option<(u64, u64)>,
}

impl History {
    fn new(connection: Connection, path: &Path) -> Self {
        Self { connection: Arc::new(Mutex::new(connection)), path: path.into(), file: which(path) }
    }

    /// Lets go of what is held in memory, so that what is read next comes from the disk.
    ///
    /// # Errors
    /// When another file is in its place: another program found this one damaged and set it aside.
    pub fn look_at_disk(&self) -> Result<(), HistoryError> {
        let connection = self.locked();
        if which(&self.path) != self.file {
            // the log beside the new file is not this one's to remove
            let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
            let reason = "another program has set it aside".to_owned();
            return Err(HistoryError::Damaged { path: self.path.to_path_buf(), reason });
        }
        let let_go = connection.execute_batch("PRAGMA shrink_memory");
        let_go.map_err(HistoryError::sql("looking for damage", &self.path))
    }

    /// Writes what is there already: succeeds where other writing would.
    ///
    /// # Errors
    /// Those of writing.
    pub fn try_to_write(&self) -> Result<(), HistoryError> {
        self.writing("trying to write", |transaction| {
            let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
            transaction.pragma_update(None, "user_version", version)
        })
    }

    /// Reads; `doing` says what, should it fail.
    fn reading<T>(
        &self,
        doing: &'static str,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, HistoryError> {
        read(&self.locked()).map_err(HistoryError::sql(doing, &self.path))
    }

    /// Writes in one transaction. It takes the right to write before it reads, so that no other process can come between.
    fn writing<T>(
        &self,
        doing: &'static str,
        write: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
    ) -> Result<T, HistoryError> {
        let mut connection = self.locked();
        transact(&mut connection, write).map_err(HistoryError::sql(doing, &self.path))
    }

    fn locked(&self) -> MutexGuard<'_, Connection> {
        // a thread that panicked has rolled its transaction back
        locked(&self.connection)
    }
}

/// The device and the number of a file.
fn which(path: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

fn transact<T>(
    connection: &mut Connection,
    write: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = write(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

#[cfg(test)]
mod tests;

//! Bounds: what is too old goes, then the oldest until the file is small enough. What counts today stays: pins,
//! conditions, documents that worked.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::column::Time;
use super::{History, HistoryError, transact};

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The age of the oldest entry.
    pub days: u32,
    /// The size of the file.
    pub bytes: u64,
}

/// At each round for the size, one entry of so many goes.
const PART: u32 = 8;

impl History {
    /// Removes what is beyond the bounds, and gives the room back to the disk; says how many passes, transitions and
    /// pins are gone.
    pub fn prune(&self, now: Timestamp, bounds: &Bounds) -> Result<usize, HistoryError> {
        let failed = || HistoryError::sql("removing what is old", &self.path);
        let mut connection = self.locked();
        let days = SignedDuration::from_hours(24 * i64::from(bounds.days));
        let oldest = now.checked_sub(days).unwrap_or(Timestamp::MIN);
        let too_old = |transaction: &Transaction| remove(transaction, oldest, now);
        let mut removed = transact(&mut connection, too_old).map_err(failed())?;
        loop {
            let more = transact(&mut connection, |transaction| too_large(transaction, now, bounds.bytes));
            match more.map_err(failed())? {
                0 => break,
                more => removed += more,
            }
        }
        if removed > 0 {
            give_back(&connection).map_err(failed())?;
        }
        Ok(removed)
    }
}

/// Removes the oldest part if the file would be too large without its free pages.
fn too_large(transaction: &Transaction, now: Timestamp, bytes: u64) -> rusqlite::Result<usize> {
    let pragma = |name: &str| transaction.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = pragma("page_count")? - pragma("freelist_count")?;
    if u64::try_from(pages * pragma("page_size")?).is_ok_and(|size| size <= bytes) {
        return Ok(0);
    }
    let sql = "WITH every(at) AS
        (SELECT begun FROM pass UNION ALL SELECT at FROM transition UNION ALL SELECT at FROM pinning)
        SELECT at FROM every ORDER BY at LIMIT 1 OFFSET (SELECT count(*) / ? FROM every)";
    let oldest = transaction.query_row(sql, [PART], |row| row.get::<_, Time>(0)).optional()?;
    match oldest {
        Some(Time(oldest)) => remove(transaction, oldest, now),
        None => Ok(0),
    }
}

/// Removes what was until a time. A pass of the last day that has not ended is left: it may go on.
fn remove(transaction: &Transaction, until: Timestamp, now: Timestamp) -> rusqlite::Result<usize> {
    let yesterday = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
    let passes = "DELETE FROM pass WHERE begun <= ? AND (ended IS NOT NULL OR begun < ?)";
    let passes = transaction.execute(passes, params![Time(until), Time(yesterday)])?;
    let transitions = transaction.execute("DELETE FROM transition WHERE at <= ?", [Time(until)])?;
    let pins = transaction.execute("DELETE FROM pinning WHERE at <= ?", [Time(until)])?;
    Ok(passes + transitions + pins)
}

fn give_back(connection: &Connection) -> rusqlite::Result<()> {
    // each row is a page that was given back: they have to be asked for
    let mut statement = connection.prepare("PRAGMA incremental_vacuum")?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    drop(rows);
    // a reader may keep the log in use; the next time, then
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

//! Bounds: facts of the newest runs, summaries for longer, and never more than so many bytes.

use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use super::{Store, StoreError};

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Runs of each scope whose facts are kept.
    pub whole: u32,
    /// Days that summaries are kept.
    pub days: u32,
    /// The most that the file may take, in bytes.
    pub bytes: i64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { whole: 30, days: 400, bytes: 2 << 30 }
    }
}

impl Store {
    /// Forgets what is beyond the bounds; the newest run that ended is always kept whole.
    pub fn prune(&self, now: Timestamp, bounds: &Bounds) -> Result<(), StoreError> {
        let Bounds { whole, days, bytes } = *bounds;
        let oldest =
            now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN);
        self.writing("forgetting old audits", |transaction| {
            transaction.execute(
                "DELETE FROM run WHERE begun < ? AND id NOT IN (SELECT max(id) FROM run WHERE ended IS NOT NULL GROUP BY scope)",
                params![oldest.as_millisecond()],
            )?;
            // what was broken off, and not gone on with, is no run
            transaction.execute(
                "DELETE FROM run WHERE ended IS NULL AND id < (SELECT max(id) FROM run AS other WHERE other.scope = run.scope)",
                [],
            )?;
            transaction.execute(
                "UPDATE body SET content = NULL WHERE content IS NOT NULL AND run IN (
                    SELECT id FROM (
                        SELECT id, row_number() OVER (PARTITION BY scope ORDER BY id DESC) AS place
                        FROM run WHERE ended IS NOT NULL
                    ) WHERE place > ?)",
                params![whole.max(1)],
            )?;
            Ok(())
        })?;
        for _ in 0..10_000 {
            if self.used()? <= bytes || !self.forget_oldest()? {
                break;
            }
        }
        self.reading("giving room back", |connection| {
            Ok(connection.execute_batch("PRAGMA incremental_vacuum")?)
        })
    }

    /// Bytes of the file that hold something.
    fn used(&self) -> Result<i64, StoreError> {
        self.reading("measuring", |connection| {
            let pragma = |name: &str| connection.pragma_query_value::<i64, _>(None, name, |row| row.get(0));
            Ok((pragma("page_count")? - pragma("freelist_count")?) * pragma("page_size")?)
        })
    }

    /// Forgets the facts of the oldest run that has some, else the oldest run; says whether there was one beside the newest.
    fn forget_oldest(&self) -> Result<bool, StoreError> {
        self.writing("forgetting old audits", |transaction| {
            let newest = "(SELECT max(id) FROM run GROUP BY scope)";
            let facts = transaction.execute(
                &format!(
                    "UPDATE body SET content = NULL WHERE content IS NOT NULL AND run =
                     (SELECT min(run) FROM body WHERE content IS NOT NULL AND run NOT IN {newest})"
                ),
                [],
            )?;
            if facts > 0 {
                return Ok(true);
            }
            let query =
                format!("DELETE FROM run WHERE id = (SELECT min(id) FROM run WHERE id NOT IN {newest})");
            Ok(transaction.execute(&query, [])? > 0)
        })
    }
}

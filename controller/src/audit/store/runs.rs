//! Runs: begun, gone on with, ended, listed.

use campanile_audit::report::{Changes, Run};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::bodies::{pack, unpack};
use super::{Store, StoreError, Trouble};

/// A run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId(pub i64);

/// What is known of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    /// Which.
    pub id: RunId,
    /// What it was about: `fleet`, `list /etc/towns`.
    pub scope: String,
    /// When it began.
    pub begun: Timestamp,
    /// By what it was made; none while it is under way, or where it was broken off.
    pub about: Option<Run>,
    /// Bodies that were looked at.
    pub bodies: i64,
    /// Whether facts are still there, not only summaries.
    pub is_whole: bool,
}

const COLUMNS: &str = "id, scope, begun, about,
    (SELECT count(*) FROM body WHERE body.run = run.id),
    NOT EXISTS (SELECT 1 FROM body WHERE body.run = run.id AND content IS NULL)";

fn row(row: &Row) -> rusqlite::Result<(RunRow, Option<String>)> {
    let begun: i64 = row.get(2)?;
    let run = RunRow {
        id: RunId(row.get(0)?),
        scope: row.get(1)?,
        begun: Timestamp::from_millisecond(begun).unwrap_or(Timestamp::UNIX_EPOCH),
        about: None,
        bodies: row.get(4)?,
        is_whole: row.get(5)?,
    };
    Ok((run, row.get(3)?))
}

fn read((run, about): (RunRow, Option<String>)) -> Result<RunRow, Trouble> {
    let about = about.map(|about| serde_json::from_str(&about)).transpose();
    Ok(RunRow { about: about.map_err(|error| Trouble::Content(error.to_string()))?, ..run })
}

impl Store {
    /// Begins a run.
    pub fn begin(&self, scope: &str, at: Timestamp) -> Result<RunId, StoreError> {
        self.writing("noting that an audit begins", |transaction| {
            transaction.execute(
                "INSERT INTO run (scope, begun) VALUES (?, ?)",
                params![scope, at.as_millisecond()],
            )?;
            Ok(RunId(transaction.last_insert_rowid()))
        })
    }

    /// The newest run of a scope, if it was broken off and began after `since`.
    pub fn unfinished(&self, scope: &str, since: Timestamp) -> Result<Option<RunRow>, StoreError> {
        let newest = self.one(
            "looking for a run that was broken off",
            &format!("SELECT {COLUMNS} FROM run WHERE scope = ? ORDER BY id DESC LIMIT 1"),
            &[&scope],
        )?;
        Ok(newest.filter(|run| run.about.is_none() && run.begun > since))
    }

    /// The newest run of a scope that came to its end, before another one if that is given.
    pub fn last(&self, scope: &str, before: Option<RunId>) -> Result<Option<RunRow>, StoreError> {
        let before = before.map_or(i64::MAX, |run| run.0);
        self.one(
            "looking for the last audit",
            &format!(
                "SELECT {COLUMNS} FROM run WHERE scope = ? AND id < ? AND ended IS NOT NULL ORDER BY id DESC LIMIT 1"
            ),
            &[&scope, &before],
        )
    }

    /// A run by its number.
    pub fn run(&self, id: RunId) -> Result<Option<RunRow>, StoreError> {
        self.one("looking for an audit", &format!("SELECT {COLUMNS} FROM run WHERE id = ?"), &[&id.0])
    }

    fn one(
        &self,
        doing: &'static str,
        query: &str,
        by: &[&dyn rusqlite::ToSql],
    ) -> Result<Option<RunRow>, StoreError> {
        self.reading(doing, |connection| {
            connection.query_row(query, by, row).optional()?.map(read).transpose()
        })
    }

    /// The newest runs that came to their end, newest first; of one scope, or of all.
    pub fn runs(&self, scope: Option<&str>, limit: usize) -> Result<Vec<RunRow>, StoreError> {
        let query = format!(
            "SELECT {COLUMNS} FROM run WHERE ended IS NOT NULL AND (?1 IS NULL OR scope = ?1)
             ORDER BY id DESC LIMIT ?2"
        );
        self.reading("listing audits", |connection| {
            let mut statement = connection.prepare(&query)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![scope, limit], row)?;
            rows.map(|found| read(found?)).collect()
        })
    }

    /// Ends a run, with what changed since the one before.
    pub fn end(&self, id: RunId, about: &Run, changes: Option<&Changes>) -> Result<(), StoreError> {
        self.writing("noting that an audit ended", |transaction| {
            let text = serde_json::to_string(about).map_err(|error| Trouble::Content(error.to_string()))?;
            let changes = changes.map(pack).transpose()?;
            transaction.execute(
                "UPDATE run SET ended = ?, about = ?, changes = ? WHERE id = ?",
                params![about.ended.as_millisecond(), text, changes, id.0],
            )?;
            Ok(())
        })
    }

    /// What changed in a run since the one before; none where there was none.
    pub fn changes(&self, id: RunId) -> Result<Option<Changes>, StoreError> {
        self.reading("reading what changed", |connection| {
            let query = "SELECT changes FROM run WHERE id = ?";
            let packed: Option<Option<Vec<u8>>> =
                connection.query_row(query, [id.0], |row| row.get(0)).optional()?;
            packed.flatten().map(|packed| unpack(&packed)).transpose()
        })
    }
}

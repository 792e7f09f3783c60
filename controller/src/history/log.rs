//! Reading the log: passes with their steps, transitions and pins, as one sequence in time.

use std::collections::BTreeMap;

use campanile_plan::document::values::MemberName;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use serde::Serialize;

use super::column::{Time, count, time};
use super::passes::is_there;
use super::{History, HistoryError, PassId, Transition};

/// What of the log is wanted.
#[derive(Debug, Clone)]
pub struct Query {
    /// What concerns this member, if not all.
    pub member: Option<MemberName>,
    /// What began then or later.
    pub since: Option<Timestamp>,
    /// The most lines, the newest: steps, transitions, pins, and passes without a step.
    pub limit: usize,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "entry", rename_all = "camelCase")]
pub enum Entry {
    /// A pass with steps.
    Pass(PassEntry),
    /// A condition whose status changed.
    Transition(Transition),
    /// A member that was rolled back, or is so no longer.
    Pin(Pinned),
}

/// A pass.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PassEntry {
    /// Its number.
    pub id: PassId,
    /// When it began.
    pub at: Timestamp,
    /// The command.
    pub by: String,
    /// What it was begun for.
    pub why: String,
    /// The commit of the fleet; none for a folder.
    pub commit: Option<String>,
    /// How it ended.
    pub end: End,
    /// How many steps it has; `steps` are those that were asked for.
    pub count: usize,
    /// Its steps.
    pub steps: Vec<StepEntry>,
}

/// How a pass ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum End {
    /// It goes on.
    UnderWay,
    /// Its process is gone, and has said nothing.
    Interrupted,
    /// It ended.
    Ended {
        /// When.
        at: Timestamp,
        /// `done`, `failed`, `stopped`.
        result: String,
        /// Lanes that failed.
        failures: usize,
        /// Members whose removal is held.
        held: usize,
    },
}

/// A step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepEntry {
    /// The member that it concerns; none for what all members share.
    pub member: Option<String>,
    /// Its lane.
    pub lane: String,
    /// The engine that it was done on; none for the state folder.
    pub engine: Option<String>,
    /// What was done.
    pub action: String,
    /// What it was done to.
    pub object: String,
    /// Why.
    pub because: String,
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub seconds: f64,
    /// Why it failed; none if it did not.
    pub error: Option<String>,
}

/// A pin that began or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pinned {
    /// When.
    pub at: Timestamp,
    /// Who is rolled back.
    pub member: String,
    /// Whether the pin began.
    pub pinned: bool,
    /// The commit of the document; none for a folder, and when the pin ended.
    pub commit: Option<String>,
    /// Why it ended; empty when it began.
    pub because: String,
}

impl Entry {
    /// When it was; of a pass, when it began.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Pass(pass) => pass.at,
            Self::Transition(transition) => transition.at,
            Self::Pin(pin) => pin.at,
        }
    }
}

impl History {
    /// What happened, newest last.
    pub fn log(&self, query: &Query) -> Result<Vec<Entry>, HistoryError> {
        self.reading("reading the log", |connection| {
            let snapshot = connection.unchecked_transaction()?;
            let mut lines = lines(&snapshot, query)?;
            lines.sort_by_key(|(at, _)| *at);
            lines.drain(..lines.len().saturating_sub(query.limit));
            gather(&snapshot, lines)
        })
    }
}

/// What a line of the log is, before passes are put together.
enum Line {
    Step(PassId, StepEntry),
    Pass(PassId),
    Other(Entry),
}

/// The newest lines of each kind.
fn lines(connection: &Connection, query: &Query) -> rusqlite::Result<Vec<(Timestamp, Line)>> {
    let mut lines = Vec::new();
    lines.extend(newest(connection, query, "step", "at", |row| {
        let step = step(row)?;
        Ok((step.at, Line::Step(PassId(row.get("pass")?), step)))
    })?);
    lines.extend(newest(connection, query, "transition", "at", |row| {
        let transition = Transition::from_row(row)?;
        Ok((transition.at, Line::Other(Entry::Transition(transition))))
    })?);
    lines.extend(newest(connection, query, "pinning", "at", |row| {
        let pin = pinned(row)?;
        Ok((pin.at, Line::Other(Entry::Pin(pin))))
    })?);
    if query.member.is_none() {
        let without = "(SELECT * FROM pass WHERE NOT EXISTS (SELECT 1 FROM step WHERE pass = pass.id))";
        lines.extend(newest(connection, query, without, "begun", |row| {
            Ok((time(row, "begun")?, Line::Pass(PassId(row.get("id")?))))
        })?);
    }
    Ok(lines)
}

fn newest<T>(
    connection: &Connection,
    query: &Query,
    table: &str,
    at: &str,
    read: impl FnMut(&Row) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    // a constraint that is not there leaves the choice of the index free
    let mine = if query.member.is_some() { "member = ?1" } else { "?1 IS NULL" };
    let sql = format!("SELECT * FROM {table} WHERE {mine} AND {at} >= ?2 ORDER BY id DESC LIMIT ?3");
    let member = query.member.as_ref().map(MemberName::as_str);
    let since = Time(query.since.unwrap_or(Timestamp::MIN));
    let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare(&sql)?;
    let mut found =
        statement.query_map(params![member, since, limit], read)?.collect::<rusqlite::Result<Vec<T>>>()?;
    // as they were noted, also where the clock was set back
    found.reverse();
    Ok(found)
}

/// Puts the steps of each pass together, where its first one that is shown stands.
fn gather(connection: &Connection, lines: Vec<(Timestamp, Line)>) -> rusqlite::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut places: BTreeMap<PassId, usize> = BTreeMap::new();
    for (_, line) in lines {
        let (id, step) = match line {
            Line::Other(entry) => {
                entries.push(entry);
                continue;
            }
            Line::Pass(id) => (id, None),
            Line::Step(id, step) => (id, Some(step)),
        };
        let place = *places.entry(id).or_insert(entries.len());
        if place == entries.len() {
            entries.push(Entry::Pass(pass(connection, id)?));
        }
        if let Some(Entry::Pass(pass)) = entries.get_mut(place) {
            pass.steps.extend(step);
        }
    }
    entries.sort_by_key(Entry::at);
    Ok(entries)
}

fn pass(connection: &Connection, id: PassId) -> rusqlite::Result<PassEntry> {
    let sql = "SELECT *, (SELECT count(*) FROM step WHERE pass = pass.id) AS steps FROM pass WHERE id = ?";
    connection.prepare_cached(sql)?.query_row([id.0], |row| {
        let process: String = row.get("process")?;
        let end = match row.get::<_, Option<Time>>("ended")? {
            Some(Time(at)) => End::Ended {
                at,
                result: row.get("result")?,
                failures: count(row, "failures")?,
                held: count(row, "held")?,
            },
            None if is_there(&process) => End::UnderWay,
            None => End::Interrupted,
        };
        Ok(PassEntry {
            id,
            at: time(row, "begun")?,
            by: row.get("who")?,
            why: row.get("why")?,
            commit: row.get("revision")?,
            end,
            count: count(row, "steps")?,
            steps: Vec::new(),
        })
    })
}

fn step(row: &Row) -> rusqlite::Result<StepEntry> {
    Ok(StepEntry {
        member: row.get("member")?,
        lane: row.get("lane")?,
        engine: row.get("engine")?,
        action: row.get("action")?,
        object: row.get("object")?,
        because: row.get("because")?,
        at: time(row, "at")?,
        seconds: row.get("seconds")?,
        error: row.get("error")?,
    })
}

fn pinned(row: &Row) -> rusqlite::Result<Pinned> {
    Ok(Pinned {
        at: time(row, "at")?,
        member: row.get("member")?,
        pinned: row.get("pinned")?,
        commit: row.get("revision")?,
        because: row.get("because")?,
    })
}

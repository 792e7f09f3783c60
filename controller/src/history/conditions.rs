//! Conditions as they were last noted, and their transitions: a time moves only when a status changes.

use std::collections::BTreeMap;

use campanile_plan::report::{MemberReport, Status};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;

use super::column::{Time, Word, status, time};
use super::{History, HistoryError};

/// Conditions by member and type.
pub type Conditions = BTreeMap<String, BTreeMap<String, Noted>>;

/// A condition as it was last noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Whether it is so.
    pub status: Status,
    /// Why, in one word.
    pub reason: String,
    /// Why, for people.
    pub message: String,
    /// The commit that it was last judged at; none for a folder.
    pub observed_commit: Option<String>,
    /// Since when its status is what it is.
    pub last_transition_time: Timestamp,
}

/// A condition whose status changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// When.
    pub at: Timestamp,
    /// Whose it is.
    pub member: String,
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status before; none if it is new.
    pub was: Option<Status>,
    /// The status after; none if nobody reports it any more.
    pub becomes: Option<Status>,
    /// Why, in one word.
    pub reason: String,
    /// Why, for people.
    pub message: String,
    /// The commit of the fleet; none for a folder.
    pub commit: Option<String>,
}

impl History {
    /// All conditions as they were last noted.
    pub fn conditions(&self) -> Result<Conditions, HistoryError> {
        self.reading("reading conditions", every_condition)
    }

    /// Notes what was just seen of all members, and forgets what is not in it. Gives what changed its status.
    pub fn note_conditions(
        &self,
        now: Timestamp,
        commit: Option<&str>,
        reports: &[MemberReport],
    ) -> Result<Vec<Transition>, HistoryError> {
        self.writing("noting conditions", |transaction| {
            let mut before = every_condition(transaction)?;
            let mut transitions = Vec::new();
            for report in reports {
                let known = before.remove(report.name.as_str()).unwrap_or_default();
                transitions.extend(note(transaction, now, report, known)?);
            }
            for (member, known) in before {
                transitions.extend(forget(transaction, now, &member, known)?);
            }
            for transition in &mut transitions {
                transition.commit = commit.map(str::to_owned);
                add(transaction, transition)?;
            }
            // every condition is judged each time, so that one commit tells of all
            let judged = "INSERT INTO judged (id, revision) VALUES (1, ?1)
                ON CONFLICT DO UPDATE SET revision = ?1 WHERE revision IS NOT ?1";
            transaction.execute(judged, [commit])?;
            Ok(transitions)
        })
    }
}

fn every_condition(connection: &Connection) -> rusqlite::Result<Conditions> {
    let judged = connection.query_row("SELECT revision FROM judged", [], |row| row.get(0)).optional()?;
    let observed_commit: Option<String> = judged.flatten();
    let mut conditions = Conditions::new();
    let mut statement = connection.prepare_cached(
        "SELECT member, kind, status, reason, message, since FROM condition ORDER BY member, kind",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        // by number: tens of thousands of rows are read at each pass
        let (Word(status), Time(last_transition_time)) = (row.get(2)?, row.get(5)?);
        let (reason, message) = (row.get(3)?, row.get(4)?);
        let observed_commit = observed_commit.clone();
        let noted = Noted { status, reason, message, observed_commit, last_transition_time };
        conditions.entry(row.get(0)?).or_default().insert(row.get(1)?, noted);
    }
    Ok(conditions)
}

/// Writes what differs from what is known of one member.
fn note(
    transaction: &Transaction,
    now: Timestamp,
    report: &MemberReport,
    mut known: BTreeMap<String, Noted>,
) -> rusqlite::Result<Vec<Transition>> {
    let member = report.name.as_str();
    let mut transitions = Vec::new();
    for condition in &report.conditions {
        let before = known.remove(condition.kind);
        let same = |noted: &Noted| {
            noted.status == condition.status
                && noted.reason == condition.reason
                && noted.message == condition.message
        };
        if before.as_ref().is_some_and(same) {
            continue;
        }
        let was = before.as_ref().map(|noted| noted.status);
        let changed = was != Some(condition.status);
        let since = before.map(|noted| noted.last_transition_time).filter(|_| !changed).unwrap_or(now);
        transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO condition (member, kind, status, reason, message, since)
                VALUES (?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                member,
                condition.kind,
                Word(condition.status),
                condition.reason,
                condition.message,
                Time(since)
            ])?;
        transitions.extend(changed.then(|| Transition {
            at: now,
            member: member.to_owned(),
            kind: condition.kind.to_owned(),
            was,
            becomes: Some(condition.status),
            reason: condition.reason.to_owned(),
            message: condition.message.clone(),
            commit: None,
        }));
    }
    transitions.extend(forget(transaction, now, member, known)?);
    Ok(transitions)
}

/// Removes conditions that nobody reports any more.
fn forget(
    transaction: &Transaction,
    now: Timestamp,
    member: &str,
    known: BTreeMap<String, Noted>,
) -> rusqlite::Result<Vec<Transition>> {
    let gone = known.into_iter().map(|(kind, noted)| {
        let sql = "DELETE FROM condition WHERE member = ? AND kind = ?";
        transaction.prepare_cached(sql)?.execute([member, &kind])?;
        Ok(Transition {
            at: now,
            member: member.to_owned(),
            kind,
            was: Some(noted.status),
            becomes: None,
            reason: "NotReported".to_owned(),
            message: String::new(),
            commit: None,
        })
    });
    gone.collect()
}

fn add(transaction: &Transaction, transition: &Transition) -> rusqlite::Result<()> {
    let Transition { at, member, kind, was, becomes, reason, message, commit } = transition;
    let sql = "INSERT INTO transition (at, member, kind, was, becomes, reason, message, revision)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let (was, becomes) = (was.map(Word), becomes.map(Word));
    let values = params![Time(*at), member, kind, was, becomes, reason, message, commit];
    transaction.prepare_cached(sql)?.execute(values).map(drop)
}

impl Transition {
    pub(super) fn from_row(row: &rusqlite::Row) -> rusqlite::Result<Self> {
        Ok(Self {
            at: time(row, "at")?,
            member: row.get("member")?,
            kind: row.get("kind")?,
            was: status(row, "was")?,
            becomes: status(row, "becomes")?,
            reason: row.get("reason")?,
            message: row.get("message")?,
            commit: row.get("revision")?,
        })
    }
}

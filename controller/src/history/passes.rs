//! Passes and their steps: what was done, by whom, why, and how it ended.

use std::fmt;

use campanile_plan::document::values::{EngineName, MemberName};
use jiff::Timestamp;
use rusqlite::params;
use serde::Serialize;

use super::column::{Count, Time};
use super::{History, HistoryError};
use crate::pass::Tried;

/// The number of a pass, counted from 1 and never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PassId(pub(super) i64);

impl fmt::Display for PassId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a pass begins.
#[derive(Debug, Clone, Copy)]
pub struct Beginning<'a> {
    /// When.
    pub at: Timestamp,
    /// The command: `run`, `apply`.
    pub by: &'a str,
    /// What it was begun for: `commit`, `event`, `interval`.
    pub why: &'a str,
    /// The commit of the fleet; none for a folder.
    pub commit: Option<&'a str>,
}

/// A step, done or failed.
#[derive(Debug, Clone, Copy)]
pub struct StepRecord<'a> {
    /// The member that it concerns; none for what all members share.
    pub member: Option<&'a MemberName>,
    /// Its lane.
    pub lane: &'a str,
    /// The engine that it was done on; none for the state folder.
    pub engine: Option<&'a EngineName>,
    /// What was done: `create`.
    pub action: &'a str,
    /// What it was done to: `container lecco.calco.site.1a2b3c4d`.
    pub object: &'a str,
    /// Why.
    pub because: &'a str,
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub seconds: f64,
    /// Why it failed; none if it did not.
    pub error: Option<&'a str>,
}

impl<'a> From<&Tried<'a>> for StepRecord<'a> {
    fn from(tried: &Tried<'a>) -> Self {
        let Tried { lane, step, at, took, error } = *tried;
        Self {
            member: step.member.as_ref(),
            lane,
            engine: step.engine.as_ref(),
            action: step.action.name(),
            object: &step.object,
            because: &step.because,
            at,
            seconds: took.as_secs_f64(),
            error,
        }
    }
}

/// How a pass ended.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'a> {
    /// When.
    pub at: Timestamp,
    /// `done`, `failed`, `stopped`.
    pub result: &'a str,
    /// Lanes that failed.
    pub failures: usize,
    /// Members whose removal is held.
    pub held: usize,
}

impl History {
    /// Notes that this process begins a pass.
    pub fn begin_pass(&self, beginning: &Beginning) -> Result<PassId, HistoryError> {
        let Beginning { at, by, why, commit } = beginning;
        self.writing("noting a pass", |transaction| {
            let sql = "INSERT INTO pass (begun, who, why, revision, process) VALUES (?, ?, ?, ?, ?)";
            transaction.prepare_cached(sql)?.execute(params![Time(*at), by, why, commit, own_process()])?;
            Ok(PassId(transaction.last_insert_rowid()))
        })
    }

    /// Notes a step of a pass.
    pub fn step(&self, pass: PassId, step: &StepRecord) -> Result<(), HistoryError> {
        let StepRecord { member, lane, engine, action, object, because, at, seconds, error } = step;
        let member = member.map(MemberName::as_str);
        let engine = engine.map(EngineName::as_str);
        self.writing("noting a step", |transaction| {
            let sql =
                "INSERT INTO step (pass, member, lane, engine, action, object, because, at, seconds, error)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
            let at = Time(*at);
            let values = params![pass.0, member, lane, engine, action, object, because, at, seconds, error];
            transaction.prepare_cached(sql)?.execute(values).map(drop)
        })
    }

    /// Notes how a pass ended.
    pub fn end_pass(&self, pass: PassId, ending: &Ending) -> Result<(), HistoryError> {
        let Ending { at, result, failures, held } = ending;
        let (failures, held) = (Count(*failures), Count(*held));
        self.writing("noting the end of a pass", |transaction| {
            let sql = "UPDATE pass SET ended = ?, result = ?, failures = ?, held = ? WHERE id = ?";
            let values = params![Time(*at), result, failures, held, pass.0];
            transaction.prepare_cached(sql)?.execute(values).map(drop)
        })
    }
}

/// This process: its number and when it began, since numbers are used again.
fn own_process() -> String {
    let own = std::process::id();
    format!("{own} {}", began(own).unwrap_or_default())
}

/// Whether a process, as `own_process` named it, is still there.
pub(super) fn is_there(process: &str) -> bool {
    let Some((number, begun)) = process.split_once(' ') else { return false };
    number.parse().ok().and_then(began).is_some_and(|now| now == begun)
}

/// When a process began, in the kernel's ticks since the machine started (`proc_pid_stat(5)`, field 22); none if it ended.
fn began(process: u32) -> Option<String> {
    let line = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // the second field is the program's name in parentheses, with any character in it
    let mut fields = line.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    let begun = fields.nth(18)?;
    (state != "Z").then(|| begun.to_owned())
}

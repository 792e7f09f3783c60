//! The history on a real disk.

use std::path::Path;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Pin;
use campanile_plan::report::{Condition, MemberReport, Status};
use jiff::{SignedDuration, Timestamp};

use super::*;

mod bounds;
mod faults;
mod opening;
mod orders;
mod sequence;

const EVERYTHING: Query = Query { member: None, since: None, limit: 1_000_000 };

fn open(folder: &Path) -> History {
    let opened = History::open(folder).unwrap();
    assert_eq!(opened.notice, None);
    opened.history
}

fn fresh() -> (tempfile::TempDir, History) {
    let folder = tempfile::tempdir().unwrap();
    let history = open(folder.path());
    (folder, history)
}

fn member(name: &str) -> MemberName {
    name.parse().unwrap()
}

fn minute(minute: i64) -> Timestamp {
    "2026-11-23T14:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

fn begin(history: &History, at: Timestamp) -> PassId {
    let commit = Some("1a2b3c4d5e6f7081");
    history.begin_pass(&Beginning { at, by: "run", why: "commit", commit }).unwrap()
}

fn end(history: &History, pass: PassId, at: Timestamp) -> Result<(), HistoryError> {
    history.end_pass(pass, &Ending { at, result: "done", failures: 0, held: 0 })
}

fn step(history: &History, pass: PassId, name: &str, at: Timestamp) -> Result<(), HistoryError> {
    history.step(
        pass,
        &StepRecord {
            member: Some(&member(name)),
            lane: "site",
            engine: None,
            action: "create",
            object: "container",
            because: "it is not there",
            at,
            seconds: 0.2,
            error: None,
        },
    )
}

fn report(name: &str, conditions: &[(&'static str, Status, &str)]) -> MemberReport {
    let condition = |(kind, status, message): &(&'static str, Status, &str)| Condition {
        kind,
        status: *status,
        reason: "Reason",
        message: (*message).to_owned(),
    };
    let conditions = conditions.iter().map(condition).collect();
    MemberReport { name: member(name), ready: true, conditions }
}

fn pin(text: &str, since: Timestamp) -> Pin {
    Pin { text: text.to_owned(), commit: Some("c0ffee".to_owned()), replaces: "00".to_owned(), since }
}

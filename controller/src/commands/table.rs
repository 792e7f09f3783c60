//! The members as a table that people read.

use std::fmt::{self, Write};

use jiff::Timestamp;
use serde::Deserialize;

/// The members, as `status --output json` prints them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Table {
    commit: Option<String>,
    pub members: Vec<Row>,
    #[serde(default)]
    pub retired: Vec<Gone>,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Row {
    pub name: String,
    ready: bool,
    conditions: Vec<Condition>,
}

/// One thing that is said of a member.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
    reason: String,
    message: String,
    last_transition_time: Timestamp,
}

/// A member that left.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Gone {
    name: String,
    since: String,
    volumes: Vec<String>,
}

/// The table, and what stays of members that left; with `every`, each condition has its line.
pub(super) fn text(table: &Table, every: bool, now: Timestamp) -> Result<String, fmt::Error> {
    let mut text = String::new();
    let width = table.members.iter().map(|row| row.name.len()).max().unwrap_or(0).max(6);
    writeln!(text, "{:width$}  READY  SINCE  WHAT IS SEEN", "MEMBER")?;
    for row in &table.members {
        line(&mut text, row, width, now)?;
        for Condition { kind, status, reason, message, last_transition_time } in
            row.conditions.iter().filter(|_| every)
        {
            let time = last_transition_time.strftime("%Y-%m-%d %H:%M");
            let colon = if message.is_empty() { "" } else { ": " };
            writeln!(text, "  {kind:18} {status:7} {time}  {reason}{colon}{message}")?;
        }
    }
    let ready = table.members.iter().filter(|row| row.ready).count();
    write!(text, "\n{ready} of {} members are ready", table.members.len())?;
    if let Some(commit) = table.commit.as_ref().and_then(|commit| commit.get(..12)) {
        write!(text, " at commit {commit}")?;
    }
    writeln!(text, ".")?;
    for Gone { name, since, volumes } in &table.retired {
        writeln!(text, "{name} left on {since}; its volumes stay: {}", volumes.join(", "))?;
    }
    Ok(text)
}

fn line(text: &mut String, row: &Row, width: usize, now: Timestamp) -> fmt::Result {
    let changed = row.conditions.iter().map(|condition| condition.last_transition_time).max();
    let since = changed.map_or(String::new(), |time| age(now.as_second() - time.as_second()));
    let ready = if row.ready { "yes" } else { "no" };
    let special = row.conditions.iter().find(|condition| condition.kind == "DocumentValid");
    let special = match special.map_or("", |condition| condition.reason.as_str()) {
        "Suspended" => "suspended; ",
        "Pinned" => "rolled back; ",
        _ => "",
    };
    let message = if row.ready { served(row) } else { trouble(row) };
    writeln!(text, "{:width$}  {ready:5}  {since:5}  {special}{message}", row.name)
}

/// A time span as people say it: `40s`, `5m`, `3h`, `12d`.
fn age(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ 0..120 => format!("{seconds}s"),
        seconds @ 120..7_200 => format!("{}m", seconds / 60),
        seconds @ 7_200..172_800 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

fn served(row: &Row) -> String {
    let find = |kind: &str| row.conditions.iter().find(|condition| condition.kind == kind);
    let served = find("SiteServed").map_or_else(String::new, |condition| condition.message.clone());
    match find("HttpsSecure").filter(|condition| condition.status == "False") {
        Some(condition) => format!("{served}; by the last audit {}", condition.message),
        None => served,
    }
}

/// The first condition that is not as it should be.
fn trouble(row: &Row) -> String {
    let troubled = row.conditions.iter().find(|condition| condition.status != "True");
    troubled.map_or_else(String::new, |condition| format!("{} ({})", condition.message, condition.kind))
}

//! `campanile log`: what was done, when, from which commit, why, and how it ended.

mod text;

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::arguments::{self, Output};
use super::{DONE, Failure, print, say};
use crate::history::{Entry, History, Query};

pub(super) fn run(command: &arguments::Log) -> Result<u8, Failure> {
    let arguments::Log { member, state, since, limit, output } = command;
    let history = History::read(state)?;
    if history.is_none() {
        say(&format!("there is no history in {} yet: it begins with the first apply", state.display()));
    }
    let query = Query {
        member: member.clone(),
        since: since.as_ref().map(|since| since.before(Timestamp::now())),
        limit: *limit,
    };
    let entries = history.as_ref().map_or_else(|| Ok(Vec::new()), |history| history.log(&query))?;
    if history.is_some() && entries.is_empty() {
        say(&nothing(&query));
    }
    match output {
        Output::Text => print(&text::text(&entries)?)?,
        Output::Json => print(&json(&entries)?)?,
    }
    Ok(DONE)
}

fn nothing(query: &Query) -> String {
    let whose = query.member.as_ref().map_or_else(String::new, |member| format!(" of {member}"));
    let since = query.since.map_or_else(String::new, |since| format!(" since {since:.0}"));
    format!("the history has nothing{whose}{since}")
}

fn json(entries: &[Entry]) -> Result<String, Failure> {
    Ok(serde_json::to_string_pretty(&serde_json::json!({ "entries": entries }))? + "\n")
}

/// From when on the log is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Since {
    /// A time.
    At(Timestamp),
    /// So long ago.
    Ago(SignedDuration),
}

/// What is wrong with a time.
#[derive(Debug)]
pub(super) struct NoTime;

impl std::error::Error for NoTime {}

impl fmt::Display for NoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write a day (2026-11-23), a time (2026-11-23T10:00Z), or how long ago (30m, 2h, 3d, 1w)")
    }
}

impl FromStr for Since {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(Self::At(at));
        }
        if let Ok(day) = text.parse::<Date>().and_then(|day| day.to_zoned(TimeZone::UTC)) {
            return Ok(Self::At(day.timestamp()));
        }
        let unit = text.chars().last().ok_or(NoTime)?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return Err(NoTime),
        };
        let number: u32 = text.strip_suffix(unit).unwrap_or(text).parse().map_err(|_| NoTime)?;
        Ok(Self::Ago(SignedDuration::from_secs(i64::from(number) * seconds)))
    }
}

impl Since {
    fn before(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => *at,
            Self::Ago(ago) => now.checked_sub(*ago).unwrap_or(Timestamp::MIN),
        }
    }
}

#[cfg(test)]
mod tests;

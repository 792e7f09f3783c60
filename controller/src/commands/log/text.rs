//! The log as people read it: a line for each thing that happened, steps below their pass.

use std::fmt::{self, Write};

use jiff::Timestamp;

use crate::history::{End, Entry, PassEntry, Pinned, StepEntry, Transition};

/// The entries, one after the other; messages of programs cannot steer the terminal.
pub(super) fn text(entries: &[Entry]) -> Result<String, fmt::Error> {
    let mut text = String::new();
    for entry in entries {
        let time = entry.at().strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        match entry {
            Entry::Pass(entry) => pass(&mut text, &time, entry)?,
            Entry::Transition(entry) => line(&mut text, &time, &transition(entry))?,
            Entry::Pin(entry) => line(&mut text, &time, &pinned(entry))?,
        }
    }
    Ok(text)
}

fn line(text: &mut String, time: &str, words: &str) -> fmt::Result {
    let words: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    writeln!(text, "{time}  {words}")
}

fn pass(text: &mut String, time: &str, pass: &PassEntry) -> fmt::Result {
    let PassEntry { id, at, by, why, commit, end, count, steps } = pass;
    let commit = commit.as_ref().map_or_else(String::new, |commit| format!(", commit {}", short(commit)));
    let why = match why.as_str() {
        "commit" => "a commit",
        "event" => "an event",
        "interval" => "the interval",
        other => other,
    };
    let shown = if steps.len() < *count { format!("{} of ", steps.len()) } else { String::new() };
    let plural = if *count == 1 { "" } else { "s" };
    let end = ending(*at, end)?;
    let words = format!("pass {id} by {by}{commit}, because of {why}: {shown}{count} step{plural}, {end}");
    line(text, time, &words)?;
    steps.iter().try_for_each(|entry| step(text, entry))
}

fn ending(begun: Timestamp, end: &End) -> Result<String, fmt::Error> {
    match end {
        End::UnderWay => Ok("under way".to_owned()),
        End::Interrupted => Ok("interrupted: its process ended without a word".to_owned()),
        End::Ended { at, result, failures, held } => {
            let span = at.duration_since(begun).as_secs_f64();
            let mut words = format!("{result} in {span:.1} s");
            for (number, one, many) in
                [(failures, "lane failed", "lanes failed"), (held, "removal held", "removals held")]
            {
                match number {
                    0 => Ok(()),
                    1 => write!(words, ", 1 {one}"),
                    _ => write!(words, ", {number} {many}"),
                }?;
            }
            Ok(words)
        }
    }
}

fn step(text: &mut String, step: &StepEntry) -> fmt::Result {
    let StepEntry { member, lane, engine, action, object, because, at, seconds, error } = step;
    let whose = member.as_ref().unwrap_or(lane);
    let engine = engine.as_ref().map_or_else(String::new, |engine| format!(" on {engine}"));
    let time = at.strftime("  %H:%M:%S").to_string();
    let failed = error.as_ref().map_or_else(String::new, |error| format!("; failed: {error}"));
    line(text, &time, &format!("{whose}  {action} {object}{engine}: {because} ({seconds:.1} s){failed}"))
}

fn transition(transition: &Transition) -> String {
    let Transition { at: _, member, kind, was, becomes, reason, message, commit: _ } = transition;
    let colon = if message.is_empty() { "" } else { ": " };
    match (was, becomes) {
        (Some(was), Some(becomes)) => {
            format!("{member}  {kind} {was:?} → {becomes:?} ({reason}){colon}{message}")
        }
        (None, Some(becomes)) => format!("{member}  {kind} {becomes:?} ({reason}){colon}{message}"),
        (_, None) => format!("{member}  {kind} is reported no more"),
    }
}

fn pinned(pin: &Pinned) -> String {
    let Pinned { at: _, member, pinned, commit, because } = pin;
    match (pinned, commit) {
        (true, Some(commit)) => {
            let commit = short(commit);
            format!(
                "{member}  rolled back to the document of commit {commit}, until members/{member}.yaml changes"
            )
        }
        (true, None) => {
            format!("{member}  rolled back to an earlier document, until members/{member}.yaml changes")
        }
        (false, _) => format!("{member}  no longer rolled back: {because}"),
    }
}

/// A commit as people say it.
fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

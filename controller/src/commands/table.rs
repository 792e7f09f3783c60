//! The members as a table that people read.

use std::fmt::{self, Write};

use campanile_plan::report::{Condition, Retired};

use jiff::Timestamp;

use super::look::{Look, Member, Since};

/// The table, and what stays of members that left; with `every`, each condition has its line.
pub(super) fn text(look: &Look, every: bool, now: Timestamp) -> Result<String, fmt::Error> {
    let mut text = String::new();
    let names = look.members.iter().map(|member| member.name.as_str().len());
    let width = names.max().unwrap_or(0).max(6);
    writeln!(text, "{:width$}  READY  SINCE  WHAT IS SEEN", "MEMBER")?;
    for member in &look.members {
        line(&mut text, member, width, now)?;
        for Since { condition, last_transition_time } in member.conditions.iter().filter(|_| every) {
            let Condition { kind, status, reason, message } = condition;
            let time = last_transition_time.strftime("%Y-%m-%d %H:%M");
            let colon = if message.is_empty() { "" } else { ": " };
            writeln!(text, "  {kind:17} {:7} {time}  {reason}{colon}{message}", format!("{status:?}"))?;
        }
    }
    let ready = look.members.iter().filter(|member| member.ready).count();
    write!(text, "\n{ready} of {} members are ready", look.members.len())?;
    if let Some(commit) = look.commit.as_ref().and_then(|commit| commit.get(..12)) {
        write!(text, " at commit {commit}")?;
    }
    writeln!(text, ".")?;
    for Retired { name, since, volumes } in &look.retired {
        writeln!(text, "{name} left on {since}; its volumes stay: {}", volumes.join(", "))?;
    }
    Ok(text)
}

fn line(text: &mut String, member: &Member, width: usize, now: Timestamp) -> fmt::Result {
    let changed = member.conditions.iter().map(|since| since.last_transition_time).max();
    let since = changed.map_or(String::new(), |time| age(now.as_second() - time.as_second()));
    let ready = if member.ready { "yes" } else { "no" };
    let suspended = if member.is_suspended() { "suspended; " } else { "" };
    let message = if member.ready { served(member) } else { member.first_trouble() };
    writeln!(text, "{:width$}  {ready:5}  {since:5}  {suspended}{message}", member.name)
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

fn served(member: &Member) -> String {
    let served = member.conditions.iter().find(|since| since.condition.kind == "SiteServed");
    served.map_or_else(String::new, |since| since.condition.message.clone())
}

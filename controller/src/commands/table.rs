//! The members as a table that people read.

use std::fmt::{self, Write};

use campanile_plan::report::{Condition, Retired};

use super::look::{Look, Member, Since};

/// The table, and what stays of members that left; with `every`, each condition has its line.
pub(super) fn text(look: &Look, every: bool) -> Result<String, fmt::Error> {
    let mut text = String::new();
    let names = look.members.iter().map(|member| member.name.as_str().len());
    let width = names.max().unwrap_or(0).max(6);
    writeln!(text, "{:width$}  READY  SINCE       WHAT IS SEEN", "MEMBER")?;
    for member in &look.members {
        line(&mut text, member, width)?;
        for Since { condition, last_transition_time } in member.conditions.iter().filter(|_| every) {
            let Condition { kind, status, reason, message } = condition;
            let time = last_transition_time.strftime("%Y-%m-%d %H:%M");
            writeln!(text, "  {kind:17} {:7} {time}  {reason}: {message}", format!("{status:?}"))?;
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

fn line(text: &mut String, member: &Member, width: usize) -> fmt::Result {
    let changed = member.conditions.iter().map(|since| since.last_transition_time).max();
    let since = changed.map_or(String::new(), |time| time.strftime("%Y-%m-%d").to_string());
    let ready = if member.ready { "yes" } else { "no" };
    let message = if member.ready { served(member) } else { member.first_trouble() };
    writeln!(text, "{:width$}  {ready:5}  {since:10}  {message}", member.name)
}

fn served(member: &Member) -> String {
    let served = member.conditions.iter().find(|since| since.condition.kind == "SiteServed");
    served.map_or_else(String::new, |since| since.condition.message.clone())
}

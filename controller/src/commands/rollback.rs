//! `campanile rollback`: an earlier document of a member, under which it worked, until git says something new.

mod choice;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use campanile_plan::docker::sha256;
use campanile_plan::document::Problem;
use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::{Pin, file_of};
use jiff::Timestamp;

use super::arguments;
use super::difference::difference;
use super::{DONE, Failure, print, say};
use crate::fleet::Fleet;
use crate::history::{Good, History};
use crate::http::client::want_fetch;
use crate::problems::{Layout, render};
use crate::state::State;
use crate::world::chain;
use choice::{choose, described, listed};

pub(super) async fn run(command: arguments::Rollback) -> Result<u8, Failure> {
    let arguments::Rollback { member, to, list, undo, dry_run, at } = &command;
    let (state, source, fetcher) = at.open()?;
    let (good, pin) = known(&state, member)?;
    if *list {
        return list_good(member, &good, pin.as_ref());
    }
    if *undo {
        return end(&state, member).await;
    }
    // what git says, whether or not the member is rolled back
    let fleet = Fleet::load(&fetcher, &source, &state, &BTreeMap::new()).await?;
    let text = declared(&fleet, member)?;
    let replaces = sha256(text.as_bytes());
    let pin = pin.filter(|pin| pin.replaces == replaces);
    let in_force = in_force(&fleet, &state, member, pin.as_ref(), text)?;
    let not: BTreeSet<&str> = [text, &in_force].into();
    let chosen = choose(member, &good, &not, to.as_deref())?;
    fits(&fleet, &state, member, chosen)?;
    if *dry_run {
        print(&format!(
            "{member} would be rolled back to {}, until {} changes in git:\n\n{}",
            described(chosen),
            file_of(member),
            difference(&in_force, &chosen.text)
        ))?;
        return Ok(DONE);
    }
    let Good { text, commit, at: _ } = chosen.clone();
    write(&state)?.pin(member, &Pin { text, commit, replaces, since: Timestamp::now() })?;
    print(&format!(
        "{member} is rolled back to {}, until {} changes in git\n{}",
        described(chosen),
        file_of(member),
        next(&state).await
    ))?;
    Ok(DONE)
}

/// The documents under which the member worked, and its pin.
fn known(state: &State, member: &MemberName) -> Result<(Vec<Good>, Option<Pin>), Failure> {
    let Some(history) = History::read(state.folder())? else { return Ok((Vec::new(), None)) };
    Ok((history.good(member)?, history.pins()?.remove(member)))
}

fn write(state: &State) -> Result<History, Failure> {
    let opened = History::open(state.folder())?;
    if let Some(notice) = opened.notice {
        say(&notice);
    }
    Ok(opened.history)
}

fn list_good(member: &MemberName, good: &[Good], pin: Option<&Pin>) -> Result<u8, Failure> {
    if good.is_empty() {
        say(&choice::none(member));
    } else {
        print(&listed(good, pin))?;
    }
    Ok(DONE)
}

async fn end(state: &State, member: &MemberName) -> Result<u8, Failure> {
    let because = "campanile rollback --undo";
    let was_pinned = write(state)?.unpin(member, because, Timestamp::now())?;
    print(&if was_pinned {
        format!("{member} is no longer rolled back: {} counts again\n{}", file_of(member), next(state).await)
    } else {
        format!("{member} is not rolled back: there is nothing to undo\n")
    })?;
    Ok(DONE)
}

/// Tells the daemon, and says what comes next.
async fn next(state: &State) -> String {
    match want_fetch(state).await {
        Ok(true) => "the daemon puts it in force now; see campanile status\n".to_owned(),
        Ok(false) => "campanile apply puts it in force\n".to_owned(),
        Err(error) => {
            format!(
                "the daemon puts it in force with its next fetch, since it could not be told: {}\n",
                chain(&error)
            )
        }
    }
}

/// The text of the member's document in git.
fn declared<'a>(fleet: &'a Fleet, member: &MemberName) -> Result<&'a str, Failure> {
    let file = file_of(member);
    match fleet.snapshot.files.get(&file) {
        Some(Ok(text)) => Ok(text),
        Some(Err(unreadable)) => Err(format!("{file}: {}; {}", unreadable.message, unreadable.remedy).into()),
        None => Err(format!(
            "the fleet has no member {member}: {file} is not there; a member that left comes back with its file"
        )
        .into()),
    }
}

/// The text that the member is made from now: that of its pin, of git, or the last valid one.
fn in_force(
    fleet: &Fleet,
    state: &State,
    member: &MemberName,
    pin: Option<&Pin>,
    text: &str,
) -> Result<String, Failure> {
    if let Some(pin) = pin {
        return Ok(pin.text.clone());
    }
    let file = file_of(member);
    if fleet.problems.iter().any(|problem| problem.file == file)
        && let Some(last_valid) = state.accepted()?.documents.members.remove(member)
    {
        return Ok(last_valid);
    }
    Ok(text.to_owned())
}

/// Refuses a document that would bring problems into the fleet of today: another member may have its domain by now.
fn fits(fleet: &Fleet, state: &State, member: &MemberName, chosen: &Good) -> Result<(), Failure> {
    let mut snapshot = fleet.snapshot.clone();
    snapshot.files.insert(file_of(member), Ok(chosen.text.clone()));
    let then = Fleet::validated(snapshot, &state.accepted()?.documents);
    let new = |problem: &&Problem| !fleet.problems.contains(problem);
    let problems: Vec<Problem> = then.problems.iter().filter(new).cloned().collect();
    if problems.is_empty() {
        return Ok(());
    }
    say(&render(&Layout::default(), &problems, &then.snapshot));
    Err(format!(
        "{} does not fit into the fleet of today, and nothing was done: mend what is above, or choose another one \
         of campanile rollback {member} --list with --to",
        described(chosen)
    )
    .into())
}

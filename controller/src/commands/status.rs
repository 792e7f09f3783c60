//! `campanile status`: how the members are, as the daemon knows it, or from what is seen now where there is none.

use std::io::IsTerminal;
use std::time::Duration;

use campanile_plan::plan::{Request, plan};
use jiff::Timestamp;
use serde_json::Value;

use super::arguments::{self, Output};
use super::look::{look, only};
use super::plan::{complain, concerning, known, load};
use super::table::{self, Table};
use super::{DONE, FAILED, Failure, print, say};
use crate::history::History;
use crate::http::client::{Answer, ask};
use crate::pass::Outcome;
use crate::scope::Scope;
use crate::state::State;
use crate::world::{Hands, Manner, Seen, World, chain};

/// Between two looks of `--watch`: at what the daemon knows, and at the world itself.
const WATCH: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5));
/// Clears a terminal and begins at its top.
const CLEAR: &str = "\x1b[H\x1b[2J";

/// How the members are.
struct Status {
    json: Value,
    code: u8,
    /// Whether the daemon said so.
    told: bool,
}

pub(super) async fn run(command: arguments::Status) -> Result<u8, Failure> {
    if command.watch {
        return watch(&command).await;
    }
    let status = status(&command).await?;
    let Some(status) = status else { return Ok(FAILED) };
    print(&shown(&command, &status.json)?)?;
    Ok(status.code)
}

/// Shows it again and again, where it changed; on a terminal in the same place.
async fn watch(command: &arguments::Status) -> Result<u8, Failure> {
    let terminal = std::io::stdout().is_terminal();
    let mut before = None;
    loop {
        let Status { json, told, .. } = match status(command).await {
            Ok(Some(status)) => status,
            Ok(None) => return Ok(FAILED),
            // the daemon may just be starting again
            Err(error) => {
                say(&chain(error.as_ref()));
                tokio::time::sleep(WATCH.1).await;
                continue;
            }
        };
        if terminal || before.as_ref() != Some(&json) {
            let text = match command.output {
                Output::Json => serde_json::to_string(&json)? + "\n",
                Output::Text => shown(command, &json)?,
            };
            print(&if terminal { format!("{CLEAR}{text}") } else { text })?;
        }
        before = Some(json);
        tokio::time::sleep(if told { WATCH.0 } else { WATCH.1 }).await;
    }
}

fn shown(command: &arguments::Status, json: &Value) -> Result<String, Failure> {
    Ok(match command.output {
        Output::Json => serde_json::to_string_pretty(json)? + "\n",
        Output::Text => {
            let table: Table = serde_json::from_value(json.clone())?;
            table::text(&table, command.member.is_some(), Timestamp::now())?
        }
    })
}

/// Asks the daemon, or looks. None where there is no fleet to say anything of, which was said.
async fn status(command: &arguments::Status) -> Result<Option<Status>, Failure> {
    let (state, ..) = command.at.open()?;
    if !command.look
        && let Some(daemon) = ask(&state, "/api/v1/daemon").await?
    {
        return Ok(Some(told(command, &state, &daemon.json).await?));
    }
    seen(command).await
}

/// What the daemon says.
async fn told(command: &arguments::Status, state: &State, daemon: &Value) -> Result<Status, Failure> {
    for trouble in daemon["troubles"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        say(&format!("trouble: {trouble}"));
    }
    let mut json = ask(state, "/api/v1/members").await?.map_or(Value::Null, |Answer { json, .. }| json);
    if let (Some(only), Some(members)) = (&command.member, json["members"].as_array_mut()) {
        members.retain(|member| member["name"] == only.as_str());
        if members.is_empty() {
            return Err(format!("the fleet has no member {only}; its members are those of members/").into());
        }
        json["retired"] = Value::Array(Vec::new());
    }
    let problems = match &command.member {
        None => daemon["problems"].as_u64().unwrap_or(0) > 0,
        Some(_) => json["members"][0]["conditions"][0]["reason"] == "Problems",
    };
    Ok(Status { json, code: if problems { FAILED } else { DONE }, told: true })
}

/// Looks at the world.
async fn seen(command: &arguments::Status) -> Result<Option<Status>, Failure> {
    let (state, source, fetcher) = command.at.open()?;
    let fleet = load(&fetcher, &source, &state).await?;
    let Some(desired) = &fleet.desired else {
        complain(&fleet, command.member.as_ref());
        return Ok(None);
    };
    if !fleet.has_valid_platform() {
        complain(&fleet, command.member.as_ref());
    }
    known(&fleet, command.member.as_ref())?;
    let world = World::new(&state, Manner::default());
    let Seen { observed, left_out } = world.observe(desired, &Scope::everything()).await?;
    let now = Timestamp::now();
    let plan = plan(desired, &observed, &Request { now, ..Request::default() });
    let outcome = Outcome { observed, plan: plan.into(), left_out, ..Outcome::default() };
    let noted = History::read(state.folder()).ok().flatten().and_then(|history| history.conditions().ok());
    let noted = noted.unwrap_or_default();
    let mut look = look(&fleet, desired, (&world, &state), &outcome, &noted).await;
    only(&mut look.known, command.member.as_ref());
    let problems = concerning(&fleet.problems, command.member.as_ref()).count();
    let code = if problems == 0 { DONE } else { FAILED };
    Ok(Some(Status { json: serde_json::to_value(&look.known)?, code, told: false }))
}

//! `campanile status`: how the members are, from what is seen now.

use campanile_plan::plan::{Request, plan};
use jiff::Timestamp;

use super::arguments::{self, Output};
use super::look::look;
use super::plan::{complain, concerning, known};
use super::{DONE, FAILED, Failure, print, table};
use crate::fleet::Fleet;
use crate::pass::Outcome;
use crate::world::World;

pub(super) async fn run(command: arguments::Status) -> Result<u8, Failure> {
    let (state, source, fetcher) = command.at.open()?;
    let fleet = Fleet::load(&fetcher, &source, &state).await?;
    let Some(desired) = &fleet.desired else {
        complain(&fleet, command.member.as_ref());
        return Ok(FAILED);
    };
    known(&fleet, command.member.as_ref())?;
    let world = World::new(desired, &state);
    let (observed, left_out) = world.observe().await?;
    let now = Timestamp::now();
    let plan = plan(desired, &observed, &Request { now, ..Request::default() });
    let outcome = Outcome { observed, plan, left_out, ..Outcome::default() };
    let mut look = look(&fleet, desired, &world, &state, &outcome).await;
    look.only(command.member.as_ref());
    match command.output {
        Output::Json => print(&look.json(None)?)?,
        Output::Text => print(&table::text(&look, command.member.is_some(), now)?)?,
    }
    let problems = concerning(&fleet.problems, command.member.as_ref()).count();
    Ok(if problems == 0 { DONE } else { FAILED })
}

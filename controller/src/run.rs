//! The daemon: passes without end, each begun by a reason, on a fleet that is fetched beside them.

mod asking;
mod audited;
mod auditing;
mod clock;
mod daemon;
mod fetching;
mod guide;
mod listening;
mod own;
mod remembering;
mod reporter;
mod stirring;

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use campanile_plan::plan::Until;
use jiff::Timestamp;

pub use daemon::{Daemon, InForce, Options, RunError};

use crate::history::Ending;
use crate::pass::{Limits, Memory, Outcome, pass};
use crate::progress::Progress;
use crate::state::{Lock, StateError};
use crate::world::chain;
use guide::Passing;
use listening::Listening;
use stirring::Why;

/// How long steps under way may take once the daemon is asked to end.
const GRACE: Duration = Duration::from_secs(8);
/// How long the last answers may take.
const LAST_ANSWERS: Duration = Duration::from_secs(2);
/// Something that did not come in the time it usually takes is looked for this often.
const WAITING: Duration = Duration::from_secs(15);
/// An engine that is away is asked this often.
const AWAY: Duration = Duration::from_secs(5);
/// The longest that a pass waits for the fleet that another campanile went by.
const FETCHED_ANEW: Duration = Duration::from_secs(10);
/// Between two tries to get the right to change the state.
const LOCKED: Duration = Duration::from_millis(500);

/// Runs until `stop` comes.
///
/// # Errors
/// When it cannot begin; what goes wrong afterwards is told, and tried again.
pub async fn run(daemon: Arc<Daemon>, stop: impl Future<Output = &'static str>) -> Result<(), RunError> {
    let _only = daemon.state.lock_daemon().map_err(|source| RunError::State { source })?;
    let http = daemon.serve().await?;
    let tasks = [
        tokio::spawn(fetching::fetch_always(Arc::clone(&daemon))),
        tokio::spawn(reporter::report_always(Arc::clone(&daemon))),
        tokio::spawn(clock::tick(Arc::clone(&daemon))),
        tokio::spawn(auditing::audit_nightly(Arc::clone(&daemon))),
    ];
    {
        let passes = pass_always(&daemon);
        tokio::pin!(passes, stop);
        tokio::select! {
            () = &mut passes => {}
            signal = &mut stop => {
                tracing::info!(signal, "asked to end; steps under way are finished");
                clock::tell(&[sd_notify::NotifyState::Stopping]);
                daemon.stop();
                if tokio::time::timeout(GRACE, passes).await.is_err() {
                    tracing::warn!("steps under way were left alone; the next start goes on from there");
                }
            }
        }
    }
    for task in tasks {
        task.abort();
    }
    // it ends by itself, and a caller who does not is left alone
    let _ = tokio::time::timeout(LAST_ANSWERS, http).await;
    daemon.close_history();
    tracing::info!("campanile has ended");
    Ok(())
}

/// Passes, one after the other, until the daemon stops.
async fn pass_always(daemon: &Arc<Daemon>) {
    let mut memory = Memory::default();
    let mut listening = Listening::default();
    let mut next = Instant::now();
    let mut first = true;
    while !daemon.is_stopping() {
        tokio::select! {
            () = daemon.stirring.stirred() => {}
            () = tokio::time::sleep_until(next.into()) => {}
            () = daemon.stopped() => break,
        }
        next = Instant::now() + daemon.options.interval;
        let Some(fleet) = daemon.in_force() else {
            // what has come meanwhile waits for the first fleet
            tokio::time::sleep(LOCKED).await;
            daemon.turned();
            continue;
        };
        let Some(lock) = lock(daemon).await else { break };
        let follows = lock.is_after_another() && !first;
        first = false;
        let fleet = if follows { fetched_anew(daemon).await.unwrap_or(fleet) } else { fleet };
        listening.turn_to(&fleet.desired, daemon);
        let waits = one_pass(daemon, fleet, &mut memory).await;
        drop(lock);
        next = next.min(waits);
    }
}

/// The fleet as it is now: another campanile worked with the state, and what it did would be undone by an older one.
async fn fetched_anew(daemon: &Arc<Daemon>) -> Option<InForce> {
    // a source that does not answer holds up no pass
    if tokio::time::timeout(FETCHED_ANEW, fetching::fetch(daemon)).await.is_err() {
        tracing::warn!("another campanile worked with the state, and the fleet could not be fetched in time");
    }
    // nor does the engine tell of everything that was done, such as files of the ingress
    daemon.stirring.stir(Why::Event, |stirred| stirred.scope.touch_everything());
    daemon.in_force()
}

/// One pass with the right to change the state, and what comes after it. Says when to look again at the latest.
async fn one_pass(daemon: &Arc<Daemon>, fleet: InForce, memory: &mut Memory) -> Instant {
    let begun = Instant::now();
    let mut stirred = daemon.stirring.take();
    if stirred.why.is_empty() {
        stirred.why.insert(if memory.next_try().is_some() { Why::Retry } else { Why::Waiting });
    }
    let passing = Passing::new(daemon, fleet, stirred);
    let limits =
        Limits { only: None, released: [].into(), parallel: daemon.options.parallel, time: Duration::MAX };
    let outcome = pass(&passing, &daemon.world, memory, &limits, &Progress::new(false)).await;
    let fleet = passing.fleet();
    let result = match &outcome {
        Ok(_) if daemon.is_stopping() => "stopped",
        Ok(outcome) if outcome.failures.is_empty() => "done",
        Ok(_) | Err(_) => "failed",
    };
    daemon.metrics.pass(passing.why(), result);
    let (failures, held) =
        outcome.as_ref().map_or((0, 0), |outcome| (outcome.failures.len(), outcome.plan.held.len()));
    if let Some(pass) = passing.noted() {
        let ending = Ending { at: Timestamp::now(), result, failures, held };
        daemon.remember(|history| history.end_pass(pass, &ending));
        tracing::info!(why = passing.why(), result, seconds = begun.elapsed().as_secs_f64(), "pass ended");
    }
    match outcome {
        Ok(outcome) => {
            daemon.passed(&fleet, &outcome, memory).await;
            look_again(&outcome, memory)
        }
        Err(error) => {
            daemon.trouble("state", Some(chain(&error)));
            Instant::now() + AWAY
        }
    }
}

/// When to look again at the latest: a lane may try again, something may have come, an engine may be back.
fn look_again(outcome: &Outcome, memory: &Memory) -> Instant {
    let now = Instant::now();
    let later = |pending: &campanile_plan::plan::Pending| matches!(pending.until, Until::Later { .. });
    let waits = outcome.plan.lanes.iter().flat_map(|lane| &lane.pending).any(later);
    let away = !outcome.sees_all();
    let pending = outcome.plan.lanes.iter().flat_map(|lane| &lane.pending);
    let appointed = pending.filter_map(|pending| match pending.until {
        Until::Appointed { at } => Some(at),
        Until::Later { .. } | Until::Mended { .. } => None,
    });
    let appointed = appointed.min().map(|at| {
        let left = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default();
        now + left.min(Duration::from_hours(24))
    });
    let times = [memory.next_try(), waits.then_some(now + WAITING), away.then_some(now + AWAY), appointed];
    times.into_iter().flatten().min().unwrap_or(now + Duration::from_hours(24))
}

/// The right to change the state: waits while another campanile has it. None if the daemon stops meanwhile.
async fn lock(daemon: &Daemon) -> Option<Lock> {
    loop {
        let lock = daemon.state.lock();
        let unwritable = lock
            .as_ref()
            .err()
            .filter(|error| !matches!(error, StateError::Held { .. }))
            .map(|error| chain(error));
        let lock = if unwritable.is_some() { daemon.state.lock_as_it_is() } else { lock };
        match lock {
            Ok(lock) => {
                // sites are healed all the same
                daemon.trouble("lock", unwritable);
                return Some(lock);
            }
            // it does its work and ends; whoever waits for it says so
            Err(StateError::Held { holder, .. }) => {
                daemon.trouble("lock", Some(format!("another campanile works with the state: {holder}")));
            }
            Err(error) => daemon.trouble("lock", Some(unwritable.unwrap_or_else(|| chain(&error)))),
        }
        daemon.turned();
        tokio::select! {
            () = tokio::time::sleep(LOCKED) => {}
            () = daemon.stopped() => return None,
        }
    }
}

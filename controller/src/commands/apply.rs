//! `campanile apply`: makes the world as the fleet says, once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use campanile_plan::fleet::Desired;
use campanile_plan::plan::{Plan, text};
use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};

use super::agreed::Agreed;
use super::arguments::{self, Output};
use super::look::look;
use super::plan::{complain, concerning, json, known, load};
use super::summary::conclude;
use super::{DONE, FAILED, Failure, INTERRUPTED, print, say};
use crate::fleet::Fleet;
use crate::history::{Beginning, Ending, History, HistoryError, PassId, StepRecord};
use crate::locked::locked;
use crate::pass::{Aim, Forgiven, Guide, Limits, Memory, Tried, pass};
use crate::progress::Progress;
use crate::scope::Scope;
use crate::state::{Lock, State, StateError};
use crate::world::{Manner, World, chain};

/// Between two tries to get the lock.
const LOCKED: Duration = Duration::from_millis(200);

pub(super) async fn run(command: arguments::Apply) -> Result<u8, Failure> {
    let (state, source, fetcher) = command.at.open()?;
    let _lock = if command.dry_run { None } else { Some(lock(&state, command.wait).await?) };
    // a damaged history is set aside before the pins in it are read
    let history = if command.dry_run { None } else { Some(open(&state)) };
    let fleet = load(&fetcher, &source, &state).await?;
    let agreed = Agreed::read(&command)?;
    complain(&fleet, agreed.only.as_ref());
    let Some(desired) = fleet.desired.clone() else { return Ok(FAILED) };
    known(&fleet, agreed.only.as_ref())?;
    let world = World::new(&state, Manner::default());
    if command.dry_run {
        return show(&command, &agreed.plan(&desired, &world).await?, &fleet);
    }
    let released = agreed.released(&desired, &world).await?;
    fleet.accept(&state)?;
    if let Some(Ok(history)) = &history {
        for (member, pin) in &fleet.ended_pins {
            history.outdate(member, pin, Timestamp::now())?;
        }
    }
    let time = Duration::from_secs(command.timeout);
    let limits = Limits { only: agreed.only, released, parallel: command.parallel.into(), time };
    let progress = Progress::new(command.output == Output::Text);
    let written = history.as_ref().and_then(|history| history.as_ref().ok());
    let applying = Applying::new(&desired, &fleet, written);
    let mut memory = Memory::default();
    let outcome = tokio::select! {
        outcome = pass(&applying, &world, &mut memory, &limits, &progress) => outcome?,
        signal = interrupted() => {
            progress.finish();
            applying.end("stopped", 0, 0);
            say(&format!("{signal}: interrupted between two steps; apply again goes on from here"));
            return Ok(INTERRUPTED);
        }
    };
    progress.finish();
    let result = if outcome.failures.is_empty() { "done" } else { "failed" };
    applying.end(result, outcome.failures.len(), outcome.plan.held.len());
    let whole = limits.only.is_none() && outcome.is_whole();
    let kept = if whole {
        fleet.keep(&outcome, (&state, &source, &fetcher)).await.map_err(Failure::from)
    } else {
        Ok(())
    };
    let noted = written.and_then(|history| history.conditions().ok()).unwrap_or_default();
    let look = look(&fleet, &desired, (&world, &state), &outcome, &noted).await;
    let recorded = match &history {
        Some(Ok(history)) => look.record(history, &fleet),
        Some(Err(error)) => Err(chain(error).into()),
        None => Ok(()),
    };
    let noted = [kept, recorded].into_iter().fold(DONE, note);
    let code = conclude(&command, limits.only.as_ref(), &fleet, &outcome, &look)?;
    Ok(code.max(noted))
}

/// Takes the lock; the daemon has it only while it works.
pub(super) async fn lock(state: &State, seconds: u64) -> Result<Lock, Failure> {
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut said = false;
    loop {
        match state.lock() {
            Err(StateError::Held { holder, .. }) if Instant::now() < end => {
                if !said {
                    say(&format!("waiting for {holder}, which changes something"));
                    said = true;
                }
                tokio::time::sleep(LOCKED).await;
            }
            locked => return Ok(locked?),
        }
    }
}

/// The history; without it the work goes on, and at its end that is said.
fn open(state: &State) -> Result<History, HistoryError> {
    let opened = History::open(state.folder())?;
    opened.notice.iter().for_each(|notice| say(notice));
    Ok(opened.history)
}

/// The signal that asks to stop. What a step asked an engine for may still be done: the next look sees it.
async fn interrupted() -> &'static str {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => "SIGINT",
        Some(()) = terminate.recv() => "SIGTERM",
        else => std::future::pending().await,
    }
}

/// Says what could not be noted: the work is done, and its summary still wanted.
fn note(code: u8, noted: Result<(), Failure>) -> u8 {
    let Err(error) = noted else { return code };
    say(&format!("not noted in the state folder: {}", chain(error.as_ref())));
    FAILED
}

fn show(command: &arguments::Apply, plan: &Plan, fleet: &Fleet) -> Result<u8, Failure> {
    match command.output {
        Output::Text => print(&text(plan))?,
        Output::Json => print(&json(plan, fleet, command.member.as_ref())?)?,
    }
    let only = command.member.as_ref();
    Ok(if concerning(&fleet.problems, only).count() == 0 { DONE } else { FAILED })
}

/// One pass on one fleet, that begins with a look at everything and notes what it does.
struct Applying<'f> {
    desired: &'f Arc<Desired>,
    fleet: &'f Fleet,
    history: Option<&'f History>,
    pass: Mutex<Option<PassId>>,
    looked: AtomicBool,
}

impl<'f> Applying<'f> {
    fn new(desired: &'f Arc<Desired>, fleet: &'f Fleet, history: Option<&'f History>) -> Self {
        Self { desired, fleet, history, pass: Mutex::default(), looked: AtomicBool::new(false) }
    }

    /// Notes a step; with the first one, the pass.
    fn note(&self, history: &History, tried: &Tried) -> Result<(), HistoryError> {
        let mut pass = locked(&self.pass);
        let id = if let Some(id) = *pass {
            id
        } else {
            let commit = self.fleet.snapshot.commit.as_deref();
            history.begin_pass(&Beginning { at: tried.at, by: "apply", why: "apply", commit })?
        };
        *pass = Some(id);
        history.step(id, &StepRecord::from(tried))
    }

    fn end(&self, result: &str, failures: usize, held: usize) {
        let pass = *locked(&self.pass);
        if let (Some(history), Some(pass)) = (self.history, pass) {
            let ending = Ending { at: Timestamp::now(), result, failures, held };
            // what could not be noted was said with the first step
            let _ = history.end_pass(pass, &ending);
        }
    }
}

impl Guide for Applying<'_> {
    fn aim(&self) -> Aim {
        let looked = self.looked.swap(true, Ordering::Relaxed);
        let scope = if looked { Scope::default() } else { Scope::everything() };
        Aim { desired: Arc::clone(self.desired), scope, forgiven: Forgiven::default() }
    }

    fn tried(&self, tried: &Tried) {
        let Some(history) = self.history else { return };
        if let Err(error) = self.note(history, tried) {
            tracing::debug!(%error, "not noted");
        }
    }
}

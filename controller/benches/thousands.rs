//! Passes over 8,000 members on an engine in memory, with the daemon's own loop: looks, plans, lanes, and judging every
//! member after each look. How long they take, and the most memory that the process had.

#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::expect_used,
    reason = "a benchmark prints its figures, and ends where it cannot"
)]

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use campanile::fleet::Fleet;
use campanile::history::History;
use campanile::known::{Asked, Evidence, Times};
use campanile::outside::hosts;
use campanile::pass::{Aim, Forgiven, Guide, Limits, Memory, Turn, pass};
use campanile::progress::Progress;
use campanile::scope::Scope;
use campanile::state::StateError;
use campanile::world::{DoError, Hands, Seen};
use campanile_plan::docker::Answer;
use campanile_plan::document::values::DomainName;
use campanile_plan::fleet::{Accepted, Desired, Snapshot};
use campanile_plan::plan::Step;
use campanile_tests::fleets::generated;
use campanile_tests::world::World;
use jiff::Timestamp;

const MEMBERS: usize = 8_000;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let history = History::open(folder.path()).expect("a history").history;
    let mut snapshot = generated(MEMBERS);
    let begun = Instant::now();
    let fleet = Fleet::validated(snapshot.clone(), &Accepted::default());
    println!("{MEMBERS} members; reading their documents {:.2?}", begun.elapsed());
    let hands = Memories::new();
    let history = Mutex::new(history);

    measure("first pass", fleet, &hands, &history).await;
    let fleet = Fleet::validated(snapshot.clone(), &Accepted::default());
    measure("nothing to do", fleet, &hands, &history).await;
    change_one(&mut snapshot);
    let fleet = Fleet::validated(snapshot, &Accepted::default());
    measure("one changed", fleet, &hands, &history).await;
}

fn change_one(snapshot: &mut Snapshot) {
    let text = snapshot.files.get_mut("members/m4711.yaml").expect("the member");
    let text = text.as_mut().expect("its text");
    *text = text.replace("campanile/site:1", "campanile/site:2");
}

/// One pass, and what it took.
async fn measure(what: &str, fleet: Fleet, hands: &Memories, history: &Mutex<History>) {
    forget_peak();
    let guide = Judging::new(fleet, history);
    let before = hands.acting();
    let limits = Limits { only: None, released: [].into(), parallel: 8, time: Duration::from_mins(10) };
    let begun = Instant::now();
    let outcome = pass(&guide, hands, &mut Memory::default(), &limits, &Progress::new(false)).await;
    let took = begun.elapsed();
    let outcome = outcome.expect("the state can be read");
    assert!(outcome.failures.is_empty() && outcome.plan.is_empty(), "{:?}", outcome.failures.iter().next());
    let spent = guide.spent.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let share = spent.judged.as_secs_f64() / took.as_secs_f64() * 100.0;
    println!(
        "{what}: {took:.2?} for {} looks and {} steps; of it looking {:.2?}, planning {:.2?}, the engine in memory {:.2?}, \
         judging {:.2?} ({share:.0} %), noting conditions {:.2?}; {} ready; peak {} MiB",
        spent.looks,
        outcome.done.len(),
        spent.looked,
        spent.planned,
        hands.acting().saturating_sub(before),
        spent.judged,
        spent.noted,
        spent.ready,
        peak()
    );
}

/// The engine in memory, and all that is asked of it.
struct Memories {
    world: Mutex<World>,
    acting: AtomicUsize,
}

impl Memories {
    fn new() -> Self {
        Self { world: Mutex::new(World::empty(&["main"])), acting: AtomicUsize::new(0) }
    }

    fn acting(&self) -> Duration {
        Duration::from_nanos(self.acting.load(Ordering::Relaxed) as u64)
    }
}

impl Hands for Memories {
    async fn observe(&self, _: &Desired, _: &Scope) -> Result<Seen, StateError> {
        let observed = self.world.lock().unwrap_or_else(PoisonError::into_inner).observed.clone();
        Ok(Seen { observed: Arc::new(observed), left_out: Vec::new() })
    }

    async fn act(&self, step: &Step, now: Timestamp, _: &(dyn Fn(&str) + Sync)) -> Result<(), DoError> {
        let begun = Instant::now();
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.now = now;
        world.step(step);
        let nanoseconds = usize::try_from(begun.elapsed().as_nanos()).unwrap_or(usize::MAX);
        self.acting.fetch_add(nanoseconds, Ordering::Relaxed);
        Ok(())
    }
}

/// Judges all members after each look, as the daemon does.
struct Judging<'a> {
    fleet: Fleet,
    desired: Arc<Desired>,
    answers: BTreeMap<DomainName, Asked>,
    history: &'a Mutex<History>,
    times: Mutex<Times>,
    spent: Mutex<Spent>,
}

/// Where the time went.
#[derive(Debug, Clone, Default)]
struct Spent {
    looks: usize,
    ready: usize,
    looked: Duration,
    planned: Duration,
    judged: Duration,
    noted: Duration,
}

impl<'a> Judging<'a> {
    fn new(fleet: Fleet, history: &'a Mutex<History>) -> Self {
        assert!(fleet.problems.is_empty(), "{:#?}", fleet.problems);
        let desired = fleet.desired.clone().expect("a valid platform");
        let answers = hosts(&desired).into_iter().map(|(name, host)| {
            (name, Asked { member: host.member, answer: Answer::Status(200), shown: None, seconds: 0.01 })
        });
        let answers = answers.collect();
        Self { fleet, desired, answers, history, times: Mutex::default(), spent: Mutex::default() }
    }
}

impl Guide for Judging<'_> {
    fn aim(&self) -> Aim {
        Aim { desired: Arc::clone(&self.desired), scope: Scope::everything(), forgiven: Forgiven::default() }
    }

    fn turned(&self, turn: &Turn) {
        let begun = Instant::now();
        let now = Timestamp::now();
        let evidence = Evidence {
            audit: None,
            fleet: &self.fleet,
            desired: &self.desired,
            observed: &turn.outcome.observed,
            plan: &turn.outcome.plan,
            failures: turn.failures,
            answers: &self.answers,
            now,
        };
        let reports = evidence.judge();
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let known = evidence.known(reports.clone(), &times);
        *times = known.times();
        let judged = begun.elapsed();
        let begun = Instant::now();
        let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        history.note_conditions(now, None, &reports).expect("a history that can be written");
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.looks += 1;
        spent.ready = known.members.iter().filter(|member| member.ready).count();
        spent.looked += turn.looked;
        spent.planned += turn.planned;
        spent.judged += judged;
        spent.noted += begun.elapsed();
    }
}

/// Begins to watch the most memory anew (`proc_pid_clear_refs(5)`).
fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").expect("Linux forgets the peak");
}

/// The most memory that the process had since then, in MiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux says how much memory is used");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kibibytes >> 10
}

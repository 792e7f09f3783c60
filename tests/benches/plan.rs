//! How long it takes to read and to plan generated fleets, with the world in memory; and how much memory a plan with
//! nothing to change takes, whole process, in a process of its own.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its figures, and ends where it cannot"
)]

use std::env;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use campanile_plan::docker::ObservedEngine;
use campanile_plan::fleet::{Desired, Snapshot};
use campanile_tests::fleets::{desired, generated};
use campanile_tests::world::World;

/// Members of a fleet, and how often each figure is taken.
const SIZES: [(usize, usize); 3] = [(100, 51), (1_000, 21), (8_000, 11)];
/// The engine that all members are on.
const ENGINE: &str = "main";
/// The argument with which this program calls itself to be weighed: then come members and the file of what was seen.
const WEIGH: &str = "--weigh";

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, weigh, count, seen] = arguments.as_slice()
        && weigh == WEIGH
    {
        let count = count.parse().expect("a number of members");
        return weighed(count, Path::new(seen));
    }
    println!(
        "{:>8} {:>12} {:>12} {:>12} {:>12} {:>12} {:>16}",
        "members", "read", "first plan", "no change", "suspended", "a tenth left", "peak, no change"
    );
    for (count, rounds) in SIZES {
        measure(count, rounds);
    }
}

/// Prints a line of medians for a fleet of so many members.
fn measure(count: usize, rounds: usize) {
    let snapshot = generated(count);
    let read = median(rounds, || desired(&snapshot));
    let wanted = desired(&snapshot);

    let mut world = World::empty(&[ENGINE]);
    let first = median(rounds, || world.plan(&wanted));
    world.converge(&wanted);
    let nothing = median(rounds, || {
        let plan = world.plan(&wanted);
        assert!(plan.is_empty(), "{plan:#?}");
    });

    // every second member is left as it is, so that its routes are those that are there
    let half = desired(&every_second_suspended(&snapshot));
    let suspended = median(rounds, || {
        let plan = world.plan(&half);
        assert!(plan.is_empty(), "{plan:#?}");
    });
    let fewer = without_a_tenth(&snapshot);
    let left = median(rounds, || {
        let plan = world.plan(&fewer);
        assert!(plan.held.is_empty(), "{:#?}", plan.held);
    });
    let peak = peak_mebibytes(count, world.engine(ENGINE));
    println!(
        "{count:>8} {:>12} {:>12} {:>12} {:>12} {:>12} {:>16}",
        milliseconds(read),
        milliseconds(first),
        milliseconds(nothing),
        milliseconds(suspended),
        milliseconds(left),
        format!("{peak:.0} MiB"),
    );
}

fn every_second_suspended(snapshot: &Snapshot) -> Snapshot {
    let mut snapshot = snapshot.clone();
    for text in snapshot.files.values_mut().step_by(2).flatten() {
        if text.contains("kind: Member") {
            text.push_str("  suspend: true\n");
        }
    }
    snapshot
}

/// As many members gone as may go in one plan.
fn without_a_tenth(snapshot: &Snapshot) -> Desired {
    let mut wanted = desired(snapshot);
    let gone: Vec<_> = wanted.members.keys().step_by(10).cloned().collect();
    wanted.members.retain(|name, _| !gone.contains(name));
    wanted
}

fn median<T>(rounds: usize, mut work: impl FnMut() -> T) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let begun = Instant::now();
            let made = work();
            let time = begun.elapsed();
            drop(made);
            time
        })
        .collect();
    times.sort();
    times[rounds / 2]
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// The peak memory of a process that reads the fleet's documents and what was seen, and plans.
fn peak_mebibytes(count: usize, seen: &ObservedEngine) -> f64 {
    let file = env::temp_dir().join(format!("campanile-bench-{}.json", std::process::id()));
    let writer = BufWriter::new(File::create(&file).expect("a temporary file"));
    serde_json::to_writer(writer, seen).expect("what was seen can be written");
    let program = env::current_exe().expect("this program has a path");
    let run = Command::new(program).args([WEIGH, &count.to_string()]).arg(&file).output();
    let run = run.expect("this program runs");
    fs::remove_file(&file).expect("the temporary file is there");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let kibibytes: f64 = String::from_utf8_lossy(&run.stdout).trim().parse().expect("a number");
    kibibytes / 1024.0
}

/// Plans in a process of its own and prints the most memory that it ever had, in KiB.
fn weighed(count: usize, seen: &Path) {
    let wanted = desired(&generated(count));
    // without an engine, the world comes to have all certificates and nothing else
    let mut world = World::empty(&[]);
    world.converge(&wanted);
    let reader = BufReader::new(File::open(seen).expect("the file of what was seen"));
    let seen: ObservedEngine = serde_json::from_reader(reader).expect("what was seen");
    world.observed.engines.insert(ENGINE.parse().expect("a name"), Ok(seen));
    let plan = world.plan(&wanted);
    assert!(plan.is_empty(), "{plan:#?}");
    let status = fs::read_to_string("/proc/self/status").expect("Linux says how much memory is used");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    println!("{}", line.trim().trim_end_matches(" kB"));
}

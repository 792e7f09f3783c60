//! Zones on our DNS image, by `campanile` and by octoDNS, each with as many zones of its own on the same server: the first
//! records, then a plan that finds nothing to do. `cargo bench -p campanile --bench zones`, with the number of zones behind it.
//!
//! The engine of the platform is one that is not there, so that both sides do nothing but DNS.

#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a benchmark prints its figures, and ends where it cannot"
)]

mod server;
mod sides;

use std::path::Path;

use campanile_tests::watched::{Figure, Run};
use server::Knot;
use sides::{Campanile, OctoDns};

/// Zones on each side, if nothing else is asked for.
const SIZES: [usize; 2] = [34, 1000];
/// How often a plan is made.
const ROUNDS: usize = 5;
/// Records of the zone of which one is changed.
const LARGE: usize = 5000;

fn main() {
    // cargo itself says `--bench`
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load {}", load.trim());
    for count in if asked.is_empty() { SIZES.to_vec() } else { asked } {
        compare(count);
    }
    one_of_many();
}

fn compare(count: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Knot::start(folder.path());
    let ours = Campanile::new(&folder.path().join("ours"), &server, count);
    let theirs = OctoDns::new(&folder.path().join("theirs"), &server, count);
    server.make(ours.zones().chain(theirs.zones()));
    println!("\n## {count} zones, {} record sets each\n", sides::RECORDS.len());

    let first = [ours.apply(), theirs.apply()];
    print("first records", &first);
    let plans: Vec<[Run; 2]> = (0..ROUNDS).map(|_| [ours.plan(), theirs.plan()]).collect();
    for [our, their] in &plans {
        assert!(!our.output.contains("update zone") && !our.output.contains("create zone"), "{}", our.output);
        assert!(their.output.contains("No changes were planned"), "{}", their.output);
    }
    let median = |side: usize| {
        let mut runs: Vec<Figure> = plans.iter().map(|pair| pair[side].figure).collect();
        runs.sort_by_key(|figure| figure.took);
        runs[runs.len() / 2]
    };
    let [ours, theirs] = [median(0), median(1)];
    line("nothing to do", ours, theirs);
}

fn print(what: &str, [ours, theirs]: &[Run; 2]) {
    line(what, ours.figure, theirs.figure);
}

fn line(what: &str, ours: Figure, theirs: Figure) {
    println!(
        "{what}: campanile {:.3} s, {} MiB; octoDNS {:.3} s, {} MiB; {:.1} times the time, {:.1} times the memory",
        ours.took.as_secs_f64(),
        ours.peak >> 10,
        theirs.took.as_secs_f64(),
        theirs.peak >> 10,
        theirs.took.as_secs_f64() / ours.took.as_secs_f64(),
        theirs.peak as f64 / ours.peak as f64,
    );
}

/// One record of a large zone is changed: how many messages that takes, as the server counts them.
fn one_of_many() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Knot::start(folder.path());
    let ours = Campanile::new(&folder.path().join("ours"), &server, 1);
    server.make(ours.zones());
    let file: &Path = &ours.member(0);
    let small = std::fs::read_to_string(file).expect("the document");
    let host = |n| format!("\n      - {{name: h{n}, type: A, value: 192.0.2.{}}}", n % 250);
    let many = (0..LARGE).map(host).collect::<Vec<_>>().concat();
    std::fs::write(file, format!("{}{many}\n", small.trim_end())).expect("the document");
    let all = ours.apply();
    let before = server.updates();
    let text = std::fs::read_to_string(file).expect("the document");
    std::fs::write(
        file,
        text.replace("{name: h7, type: A, value: 192.0.2.7}", "{name: h7, type: A, value: 192.0.2.251}"),
    )
    .expect("the document");
    let one = ours.apply();
    println!(
        "\n## {LARGE} records in one zone\n\nall of them: {:.3} s in {before} messages; one changed: {:.3} s in {} messages",
        all.figure.took.as_secs_f64(),
        one.figure.took.as_secs_f64(),
        server.updates() - before,
    );
}

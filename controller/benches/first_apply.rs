//! The first apply of the fleet in `manifests/fleet`, from nothing until every site answers over HTTPS, against making
//! and starting the same containers on the same engine by 8 parallel API clients that do nothing else: no looks, no
//! certificates, no routes. The sides take turns, with everything removed in between.

#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::expect_used,
    reason = "a benchmark prints its figures, and ends where it cannot"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use campanile::docker::{Engine, Vault};
use campanile_plan::document::values::{MemberName, SecretName};
use campanile_plan::fleet::{Desired, Snapshot};
use campanile_plan::plan::{Action, Plan, Step};
use campanile_tests::fleets::desired;
use campanile_tests::world::World;
use futures_util::{TryStreamExt, stream};
use tempfile::TempDir;

/// How often each side has its turn.
const ROUNDS: usize = 5;
/// How often a plan with nothing to do is made after each apply.
const PLANS: usize = 5;
/// API clients that work at once; also the lanes that `campanile apply` runs at once.
const CLIENTS: usize = 8;
/// The bodies' documents.
const MEMBERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../manifests/fleet/members");
/// A platform of its own, beside whatever else the engine runs.
const PLATFORM: &str = "\
apiVersion: campanile.it/v1alpha1
kind: Platform
metadata: {name: campanile-bench}
spec:
  engines:
    - name: main
      endpoint: unix:///var/run/docker.sock
      range: 10.91.0.0/16
      ingress: {image: 'campanile/ingress:1', http: 127.0.0.1:18480, https: 127.0.0.1:18443}
";
/// What everything of that platform is found by.
const OURS: &str = "label=it.campanile.platform=campanile-bench";

#[tokio::main]
async fn main() {
    let _cleaned = Cleaned;
    let documents = documents();
    let fleet = folder(&documents);
    let desired = desired(&documents);
    let work = containers(&desired);
    let engine = Engine::connect(&desired.engines()[0], desired.name()).await;
    let engine = engine.unwrap_or_else(|error| panic!("this benchmark needs a Docker Engine: {error}"));

    let (mut applies, mut alone, mut plans) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        remove_all();
        let state = tempfile::tempdir().expect("a temporary folder");
        applies.push(timed(|| campanile("apply", fleet.path(), state.path())));
        plans.extend((0..PLANS).map(|_| timed(|| campanile("plan", fleet.path(), state.path()))));
        remove_all();
        let begun = Instant::now();
        make(&engine, &work).await;
        alone.push(begun.elapsed());
        let [apply, alone] = [&applies, &alone].map(|times| times[times.len() - 1].as_secs_f64());
        println!("round {round}: apply {apply:.2} s, containers alone {alone:.2} s");
    }
    let [apply, alone, plan] = [applies, alone, plans].map(|times| median(times).as_secs_f64());
    println!("median first apply of {} members: {apply:.2} s", desired.members.len());
    println!("median of making and starting their containers alone: {alone:.2} s");
    println!("ratio: {:.2}", apply / alone);
    println!("median campanile plan with nothing to do: {plan:.3} s");
}

/// The fleet's documents, on a platform of their own.
fn documents() -> Snapshot {
    let platform = ("platform.yaml".to_owned(), Ok(PLATFORM.to_owned()));
    let members = fs::read_dir(MEMBERS).expect("the fleet's members").map(|entry| {
        let path = entry.expect("a member's file").path();
        let name = path.file_name().expect("a name").display().to_string();
        (format!("members/{name}"), Ok(fs::read_to_string(path).expect("a member's document")))
    });
    Snapshot { commit: None, files: members.chain([platform]).collect(), doubts: Vec::new() }
}

/// A folder with the documents, for the program.
fn folder(documents: &Snapshot) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("members")).expect("a folder of members");
    for (path, text) in &documents.files {
        fs::write(folder.path().join(path), text.as_ref().expect("a text")).expect("a document");
    }
    folder
}

/// What apply will make and start for the members, member by member: as it is planned for a world in memory.
fn containers(desired: &Desired) -> Vec<Vec<Step>> {
    let mut work: BTreeMap<MemberName, Vec<Step>> = BTreeMap::new();
    for step in World::empty(&["main"]).converge(desired).iter().flat_map(Plan::steps) {
        let makes = matches!(
            step.action,
            Action::CreateNetwork(_)
                | Action::CreateVolume(_)
                | Action::CreateContainer(_)
                | Action::StartContainer { .. }
        );
        if let Some(member) = step.member.clone().filter(|_| makes) {
            work.entry(member).or_default().push(step.clone());
        }
    }
    work.into_values().collect()
}

/// Makes and starts the containers of all members, and nothing else.
async fn make(engine: &Engine, work: &[Vec<Step>]) {
    let made = stream::iter(work.iter().map(Ok)).try_for_each_concurrent(CLIENTS, |steps| async move {
        stream::iter(steps.iter().map(Ok)).try_for_each(|step| engine.apply(step, &Empty, &|_| ())).await
    });
    made.await.unwrap_or_else(|error| panic!("{error}"));
}

/// Runs the program until it ends well.
fn campanile(command: &str, fleet: &Path, state: &Path) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_campanile"));
    program.arg(command).arg("--fleet").arg(fleet).arg("--state").arg(state);
    if command == "plan" {
        program.arg("--detailed-exitcode");
    }
    let status = program.stdout(Stdio::null()).status().expect("the program runs");
    assert!(status.success(), "campanile {command}: {status}");
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Nothing is left behind, whatever happens.
struct Cleaned;

impl Drop for Cleaned {
    fn drop(&mut self) {
        remove_all();
    }
}

fn remove_all() {
    for (list, remove) in [
        ("docker ps --all --quiet", "docker rm --force --volumes"),
        ("docker network ls --quiet", "docker network rm"),
        ("docker volume ls --quiet", "docker volume rm"),
    ] {
        let script = format!("{list} --filter {OURS} | xargs -r -n 4 -P {CLIENTS} {remove}");
        let run = Command::new("sh").args(["-c", &script]).stdout(Stdio::null()).status();
        assert!(run.is_ok_and(|status| status.success()), "{script}");
    }
}

/// The containers of this fleet have no secrets, and their images are there.
struct Empty;

impl Vault for Empty {
    fn secret(&self, _: &MemberName, _: &SecretName) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn bundle(&self, _: &MemberName) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn registry(&self, _: &str) -> io::Result<Option<(String, String)>> {
        Ok(None)
    }
}

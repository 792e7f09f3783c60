//! Containers on the engine without the program: made by its own calls, or removed.

use std::collections::BTreeMap;
use std::io;
use std::process::{Command, Stdio};

use campanile::docker::{Engine, Vault};
use campanile_plan::document::values::{MemberName, SecretName};
use campanile_plan::fleet::Desired;
use campanile_plan::plan::{Action, Plan, Step};
use campanile_tests::world::World;
use futures_util::{TryStreamExt, stream};

use crate::documents::PLATFORM;

/// API clients that work at once; also the lanes that the program runs at once.
pub const CLIENTS: usize = 8;

/// The engine that the fleet is on.
pub async fn engine(desired: &Desired) -> Engine {
    let engine = Engine::connect(&desired.engines()[0], desired.name()).await;
    engine.unwrap_or_else(|error| panic!("this benchmark needs a Docker Engine: {error}"))
}

/// What apply will make and start for the members: as it is planned for a world in memory.
pub fn planned(desired: &Desired) -> BTreeMap<MemberName, Vec<Step>> {
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
    work
}

/// Makes and starts the containers of all members, and nothing else.
pub async fn make_all(engine: &Engine, work: &BTreeMap<MemberName, Vec<Step>>) {
    let made = stream::iter(work.values().map(Ok)).try_for_each_concurrent(CLIENTS, |steps| async move {
        stream::iter(steps.iter().map(Ok)).try_for_each(|step| engine.apply(step, &Empty, &|_| ())).await
    });
    made.await.unwrap_or_else(|error| panic!("{error}"));
}

/// Does one step.
pub async fn make(engine: &Engine, step: &Step) {
    engine.apply(step, &Empty, &|_| ()).await.unwrap_or_else(|error| panic!("{error}"));
}

/// The label that everything of the platform has.
pub fn ours() -> String {
    format!("it.campanile.platform={PLATFORM}")
}

/// Removes everything with a label.
pub fn remove_all(label: &str) {
    for (list, remove) in [
        ("docker ps --all --quiet", "docker rm --force --volumes"),
        ("docker network ls --quiet", "docker network rm"),
        ("docker volume ls --quiet", "docker volume rm"),
    ] {
        let script = format!("{list} --filter label={label} | xargs -r -n 4 -P {CLIENTS} {remove}");
        let run = Command::new("sh").args(["-c", &script]).stdout(Stdio::null()).status();
        assert!(run.is_ok_and(|status| status.success()), "{script}");
    }
}

/// Another name for an image, taken away afterwards.
pub struct Tag(pub &'static str);

impl Tag {
    pub fn new(image: &str, name: &'static str) -> Self {
        crate::figures::output("docker", &["tag", image, name]);
        Self(name)
    }
}

impl Drop for Tag {
    fn drop(&mut self) {
        let _ = Command::new("docker").args(["rmi", "--force", self.0]).stdout(Stdio::null()).status();
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

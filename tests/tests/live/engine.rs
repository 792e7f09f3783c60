//! What is on the engine, as its own command line says it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::documents::{BASE, DNS, INGRESS, SITE};

thread_local! {
    /// Where the engine answers that this thread's test has for itself, if it has one.
    static OWN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Where the engine answers.
pub fn endpoint() -> String {
    let own = OWN.with_borrow(Clone::clone);
    own.or_else(|| std::env::var("DOCKER_HOST").ok()).unwrap_or("unix:///var/run/docker.sock".to_owned())
}

/// Has this thread use an engine of its own, or again the one that all share.
pub fn turn_to(endpoint: Option<String>) {
    OWN.set(endpoint);
}

/// Fails with one sentence where there is no engine, or not our images on it.
pub fn need_engine() {
    static NEED: OnceLock<Result<(), String>> = OnceLock::new();
    let need = NEED.get_or_init(|| {
        let answers = try_docker(&["version", "--format", "{{.Server.Version}}"]);
        answers.map_err(|why| format!("this test needs a Docker Engine at {}: {why}", endpoint()))?;
        for image in [SITE, INGRESS, BASE, DNS] {
            try_docker(&["image", "inspect", image])
                .map_err(|_| format!("this test needs the image {image}; manifests/images/build makes it"))?;
        }
        Ok(())
    });
    if let Err(why) = need {
        panic!("{why}");
    }
}

/// What a docker command says.
#[track_caller]
pub fn docker(arguments: &[&str]) -> String {
    try_docker(arguments).unwrap_or_else(|why| panic!("docker {}: {why}", arguments.join(" ")))
}

/// What a docker command says, or its words when it fails.
pub fn try_docker(arguments: &[&str]) -> Result<String, String> {
    let run = Command::new("docker").args(arguments).env("DOCKER_HOST", endpoint()).output();
    let run = run.map_err(|error| format!("the docker command cannot be run: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if run.status.success() { Ok(text(&run.stdout)) } else { Err(text(&run.stderr)) }
}

/// Ids by name of the containers, networks or volumes of a platform.
pub fn ids(kind: &str, platform: &str) -> BTreeMap<String, String> {
    let filter = format!("label=it.campanile.platform={platform}");
    let listed = match kind {
        "container" => docker(&["ps", "--all", "--filter", &filter, "--format", "{{.Names}} {{.ID}}"]),
        "network" => docker(&["network", "ls", "--filter", &filter, "--format", "{{.Name}} {{.ID}}"]),
        _ => docker(&["volume", "ls", "--filter", &filter, "--format", "{{.Name}} {{.Name}}"]),
    };
    let pairs = listed.lines().filter_map(|line| line.split_once(' '));
    pairs.map(|(name, id)| (name.to_owned(), id.to_owned())).collect()
}

/// Removes everything of a platform; an engine of the test's own goes with all that it has.
pub fn remove_all(platform: &str) {
    if OWN.with_borrow(Option::is_some) {
        return;
    }
    for (kind, remove) in [
        ("container", vec!["rm", "--force"]),
        ("network", vec!["network", "rm"]),
        ("volume", vec!["volume", "rm"]),
    ] {
        let found: Vec<String> = ids(kind, platform).into_values().collect();
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        if !found.is_empty() {
            // what somebody else removed meanwhile is gone all the same
            let _ = try_docker(&[&remove[..], &found].concat());
        }
    }
    // one that the engine made by itself, for a container that came when its volume had gone, has no labels
    let prefix = format!("{platform}.");
    let named = docker(&["volume", "ls", "--quiet", "--filter", &format!("name={prefix}")]);
    for volume in named.lines().filter(|name| name.starts_with(&prefix)) {
        let _ = try_docker(&["volume", "rm", volume]);
    }
}

/// Looks until something is so, or for a minute.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(Instant::now() < end, "never seen within a minute: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

//! A Docker Engine that is stopped, frozen, killed and restarted under a daemon.

use std::time::{Duration, Instant};

use super::is_whole;
use super::own_engine::OwnEngine;
use crate::daemon::Daemon;
use crate::engine::{docker, until};
use crate::load::Load;
use crate::room::{Room, title};

/// As many as are begun at once; the engine takes seconds to start their sites.
const MEMBERS: [&str; 8] = ["barzago", "calco", "dervio", "erve", "garlate", "introbio", "lierna", "perledo"];
const NEW: &str = "Comune nuovo di Barzago";

/// A fleet that a daemon has just begun to bring to an engine.
fn begun(topic: &str) -> (OwnEngine, Room) {
    let engine = OwnEngine::start();
    let room = Room::with_members(topic, &MEMBERS);
    room.commit();
    (engine, room)
}

/// Waits until the pass is under way: the networks are there (dockerd that is killed while it makes one can leave a bridge
/// behind that nobody finds), the first containers run, and others do not.
fn in_mid_pass(room: &Room) {
    let filter = format!("label=it.campanile.platform={}", room.platform);
    let started = || {
        let states = docker(&["ps", "--all", "--filter", &filter, "--format", "{{.State}}"]);
        states.lines().filter(|state| *state == "running").count()
    };
    until("the first sites are started", || started() >= 2 && room.networks().len() == MEMBERS.len());
    assert!(started() < MEMBERS.len() + 1, "the pass is over already");
}

/// Commits something while the engine is away; the daemon hears of it all the same, and is well.
#[track_caller]
fn committed_meanwhile(room: &Room, daemon: &Daemon) -> String {
    room.write_member("barzago", NEW, "");
    let commit = room.commit();
    until("the daemon takes calls", || daemon.code("/healthz") == Some(200));
    daemon.webhook();
    commit
}

/// All of it is there once, and barzago in the version that was committed meanwhile.
#[track_caller]
fn has_all_and_the_new(room: &Room, daemon: &Daemon, commit: &str) {
    daemon.converges(commit);
    let titles: Vec<String> = MEMBERS.iter().map(|member| title(member)).collect();
    let mut members: Vec<(&str, &str)> =
        MEMBERS.iter().zip(&titles).map(|(member, title)| (*member, title.as_str())).collect();
    members[0].1 = NEW;
    until("old versions are gone", || room.containers().len() == MEMBERS.len() + 1);
    is_whole(room, &members);
}

#[test]
fn an_engine_that_is_stopped_goes_on_serving_and_is_caught_up_with_afterwards() {
    let mut engine = OwnEngine::start();
    let room = Room::with_members("stopped", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let before = room.containers();

    engine.stop();
    room.will_be("barzago", "EngineReachable", ["False", "Unreachable"]);
    room.serves("barzago", &title("barzago"));
    room.serves("calco", &title("calco"));
    assert_eq!(daemon.code("/healthz"), Some(200));
    let commit = committed_meanwhile(&room, &daemon);

    engine.boot();
    daemon.converges(&commit);
    room.will_be("barzago", "EngineReachable", ["True", "Reached"]);
    until("the old version is gone", || room.containers().len() == before.len());
    is_whole(&room, &[("barzago", NEW), ("calco", &title("calco"))]);
    let kept = |(name, id): (&String, &String)| before.get(name) == Some(id);
    assert_eq!(room.containers().iter().filter(|entry| kept(*entry)).count(), 2, "nobody else was touched");
}

#[test]
fn an_engine_that_is_stopped_in_mid_pass_is_waited_for() {
    let (mut engine, room) = begun("stopped-pass");
    let daemon = room.daemon_with(86_400, |_| {});
    in_mid_pass(&room);
    engine.stop();
    let commit = committed_meanwhile(&room, &daemon);
    engine.boot();
    has_all_and_the_new(&room, &daemon, &commit);
}

#[test]
fn an_engine_that_freezes_in_mid_pass_and_thaws_is_waited_for() {
    let (engine, room) = begun("frozen-pass");
    let daemon = room.daemon_with(86_400, |_| {});
    in_mid_pass(&room);
    engine.freeze();
    let frozen = Instant::now();
    let commit = committed_meanwhile(&room, &daemon);
    until("some seconds pass", || frozen.elapsed() > Duration::from_secs(6));
    assert_eq!(daemon.code("/healthz"), Some(200));
    engine.thaw();
    has_all_and_the_new(&room, &daemon, &commit);
}

#[test]
fn an_engine_that_is_killed_in_mid_pass_and_started_again_is_waited_for() {
    let (mut engine, room) = begun("killed-pass");
    let daemon = room.daemon_with(86_400, |_| {});
    in_mid_pass(&room);
    engine.kill();
    let commit = committed_meanwhile(&room, &daemon);
    engine.boot();
    has_all_and_the_new(&room, &daemon, &commit);
}

#[test]
fn an_engine_that_is_restarted_or_killed_under_load_costs_no_request() {
    let mut engine = OwnEngine::start();
    let room = Room::with_members("restarted", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let before = room.containers();
    let load = Load::begin(&room, &["www.comune.barzago.test", "www.comune.calco.test"], 2);
    for ending in [OwnEngine::stop, OwnEngine::kill] {
        ending(&mut engine);
        room.will_be("barzago", "EngineReachable", ["False", "Unreachable"]);
        engine.boot();
        room.will_be("barzago", "EngineReachable", ["True", "Reached"]);
    }
    let tally = load.end();
    assert_eq!(tally.failures, [""; 0], "of {} requests", tally.answered);
    assert!(tally.answered > 500, "{tally:?}");
    assert_eq!(room.containers(), before);
}

//! Engines that fail, hang or go away while the daemon runs.

use crate::documents::{engine, platform};
use crate::engine::{docker, endpoint, until};
use crate::interrupted::{MEMBERS, behind_proxy, is_whole};
use crate::proxy::{Mode, Proxy};
use crate::room::{Room, free_port, title};

/// The engine misbehaves; it is told, the sites are served, and once it is well a change is made, and nothing doubled.
#[track_caller]
fn comes_back(topic: &str, mode: Mode) {
    let (room, proxy) = behind_proxy(topic, &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon_every(2);
    daemon.converges(&commit);
    let before = room.containers();
    proxy.set(mode);
    room.will_be("barzago", "EngineReachable", ["False", "Unreachable"]);
    room.write_member("dervio", &title("dervio"), "");
    let commit = room.commit();
    daemon.webhook();
    room.will_be("dervio", "EngineReachable", ["False", "Unreachable"]);
    assert_eq!(daemon.metric("campanile_engine_up", &["engine=\"main\""]), 0);
    room.serves("barzago", &title("barzago"));
    assert_eq!(room.containers(), before);
    proxy.set(Mode::Open);
    daemon.converges(&commit);
    is_whole(&room, &["barzago", "calco", "dervio"]);
    assert!(before.iter().all(|container| room.containers().get(container.0) == Some(container.1)));
}

#[test]
fn an_engine_that_answers_with_errors() {
    comes_back("daemon-failing", Mode::Failing);
}

#[test]
fn an_engine_that_hangs() {
    comes_back("daemon-frozen", Mode::Frozen);
}

#[test]
fn an_engine_that_is_cut_off() {
    comes_back("daemon-cut", Mode::Cut);
}

#[test]
fn an_engine_that_goes_away_in_mid_pass_again_and_again() {
    let (room, proxy) = behind_proxy("daemon-away", &MEMBERS);
    let commit = room.commit();
    let daemon = room.daemon();
    for (mode, made) in [(Mode::Cut, 1), (Mode::Failing, 3), (Mode::Frozen, 5)] {
        until("more containers are made", || proxy.created() >= made);
        let before = proxy.turned_away();
        proxy.set(mode);
        until("the daemon has noticed", || proxy.turned_away() > before);
        proxy.set(Mode::Open);
    }
    daemon.converges(&commit);
    is_whole(&room, &MEMBERS);
}

#[test]
fn a_frozen_engine_delays_nobody_on_another_one() {
    let room = Room::with_members("daemon-second", &["barzago"]);
    let proxy = Proxy::new(room.path("second.sock"));
    proxy.set(Mode::Frozen);
    let main = engine("main", &endpoint(), &room.range, (room.http, room.https));
    let own = engine("own", &proxy.endpoint(), "10.79.226.0/24", (free_port(), free_port()));
    room.write("platform.yaml", platform(&room.platform, &[main, own]));
    room.write_member("calco", &title("calco"), "    engine: own\n");
    room.commit();
    let daemon = room.daemon();
    room.will_serve("barzago", &title("barzago"));
    room.will_be("calco", "EngineReachable", ["False", "Unreachable"]);

    room.write_member("barzago", "Comune nuovo di Barzago", "");
    room.commit();
    let begun = std::time::Instant::now();
    daemon.webhook();
    room.will_serve("barzago", "Comune nuovo di Barzago");
    assert!(begun.elapsed().as_secs() < 15, "it took {:?}", begun.elapsed());
    room.will_have(2);
    let site = room.container("barzago", "site");
    let starts = || docker(&["inspect", "--format", "{{.State.Running}} {{.State.StartedAt}}", &site]);
    let before = starts();
    docker(&["kill", &site]);
    until("it runs again", || starts().starts_with("true") && starts() != before);
    room.will_serve("barzago", "Comune nuovo di Barzago");
    let [status, ..] = room.condition("barzago", "EngineReachable");
    assert_eq!(status, "True");
}

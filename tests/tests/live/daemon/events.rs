//! What happens on the engine is healed at once: the daemon of these tests never looks by itself.

use crate::daemon::Daemon;
use crate::engine::{docker, until};
use crate::room::{Room, title};

/// Does something to a site's container; the daemon brings the site back, and leaves the other's container alone.
#[track_caller]
fn heals(topic: &str, harm: impl Fn(&str)) {
    let room = Room::with_members(topic, &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let other = room.container("calco", "site");
    let other = || docker(&["inspect", "--format", "{{.Id}} {{.State.StartedAt}}", &other]);
    let before = other();
    harm(&room.container("barzago", "site"));
    room.will_serve("barzago", &title("barzago"));
    daemon.converges(&commit);
    assert_eq!(other(), before);
    assert_eq!(daemon.metric("campanile_passes_total", &["why=\"interval\""]), 0);
}

#[test]
fn a_killed_container() {
    heals("daemon-kill", |name| drop(docker(&["kill", name])));
}

#[test]
fn a_removed_container() {
    heals("daemon-remove", |name| drop(docker(&["rm", "--force", name])));
}

#[test]
fn a_stopped_container() {
    heals("daemon-stop", |name| drop(docker(&["stop", name])));
}

#[test]
fn a_paused_container_is_told_and_seen_again_when_it_goes_on() {
    let room = Room::with_members("daemon-pause", &["barzago"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let name = room.container("barzago", "site");
    docker(&["pause", &name]);
    let message = room.will_be("barzago", "WorkloadsReady", ["False", "NotReady"]);
    assert!(message.contains(&name) && message.contains("paused"), "{message}");
    docker(&["unpause", &name]);
    daemon.converges(&commit);
    assert_eq!(room.container("barzago", "site"), name);
}

/// How often the engine said that a container's health changed: the only news that the daemon's own steps bring.
fn health_changes(room: &Room, since: &str) -> i64 {
    let platform = format!("label=it.campanile.platform={}", room.platform);
    let now = docker(&["info", "--format", "{{.SystemTime}}"]);
    let events = docker(&[
        "events",
        "--since",
        since,
        "--until",
        &now,
        "--filter",
        &platform,
        "--filter",
        "event=health_status",
    ]);
    i64::try_from(events.lines().count()).unwrap()
}

#[test]
fn its_own_steps_are_no_news_to_it() {
    let room = Room::with_members("daemon-own", &["barzago", "calco"]);
    let since = docker(&["info", "--format", "{{.SystemTime}}"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    let commit = room.commit();
    daemon.webhook();
    daemon.converges(&commit);
    room.will_have(3);
    let events = |daemon: &Daemon, result| daemon.metric("campanile_engine_events_total", &[result]);
    until("the daemon has heard of all of it", || {
        events(&daemon, "result=\"foreign\"") >= health_changes(&room, &since)
    });
    assert!(events(&daemon, "result=\"own\"") >= 3, "starts and ends of its containers were recognized");
    assert_eq!(events(&daemon, "result=\"foreign\""), health_changes(&room, &since));
}

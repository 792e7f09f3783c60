//! A version that does not come up: the one before serves, status says why, and nobody else waits for it.

use std::time::{Duration, Instant};

use crate::documents::{BASE, with_site};
use crate::engine::until;
use crate::load::Load;
use crate::room::{Room, title};

/// A site that says why it ends.
fn crashing() -> String {
    let site = format!(
        "    image: {BASE}
    command: [sh, -c, 'echo la tabella delibere manca >&2; exit 3']
    hosts: [www.comune.barzago.test, comune.barzago.test]
    port: 8080
"
    );
    with_site("barzago", &site)
}

#[test]
fn a_crashing_version_leaves_the_old_one_serving_and_delays_nobody() {
    let room = Room::with_members("daemon-crash", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let old = room.container("barzago", "site");
    let load = Load::begin(&room, &["www.comune.barzago.test"], 2);
    room.write("members/barzago.yaml", crashing());
    room.commit();
    daemon.webhook();
    until("status says why", || {
        let [status, reason, message] = room.condition("barzago", "Progressing");
        status == "False" && reason == "NewVersionFails" && message.contains("la tabella delibere manca")
    });
    room.write_member("calco", "Comune nuovo di Calco", "");
    room.commit();
    let begun = Instant::now();
    daemon.webhook();
    room.will_serve("calco", "Comune nuovo di Calco");
    assert!(begun.elapsed() < Duration::from_secs(15), "it took {:?}", begun.elapsed());
    let tally = load.end();
    assert!(tally.failures.is_empty() && tally.answered > 10, "{tally:?}");
    room.serves("barzago", &title("barzago"));
    assert!(room.containers().contains_key(&old));
    let [status, reason, _] = room.condition("barzago", "WorkloadsReady");
    assert_eq!([status.as_str(), reason.as_str()], ["True", "OlderServes"]);

    room.write_member("barzago", "Comune riparato di Barzago", "");
    let commit = room.commit();
    daemon.webhook();
    daemon.converges(&commit);
    room.serves("barzago", "Comune riparato di Barzago");
    room.will_have(3);
}

#[test]
fn a_commit_is_taken_at_once_although_its_member_waits_after_failures() {
    let room = Room::with_members("daemon-backoff", &["barzago"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let image = "campanile/site:1";
    let right = std::fs::read_to_string(room.path("fleet/members/barzago.yaml")).unwrap();
    let missing = format!("127.0.0.1:{}/campanile/site:9", crate::room::free_port());
    room.write("members/barzago.yaml", right.replace(image, &missing));
    room.commit();
    daemon.webhook();
    // so often that the next try is further away than this test
    until("it has failed", || daemon.metric("campanile_lane_attempts", &["main/barzago"]) >= 4);
    let reason = room.will_be("barzago", "Progressing", ["False", "NewVersionFails"]);
    assert!(reason.contains(&missing), "{reason}");
    room.serves("barzago", &title("barzago"));
    let attempts = daemon.metric("campanile_steps_total", &["pull_image"]);

    room.write_member("barzago", "Comune riparato di Barzago", "");
    let commit = room.commit();
    daemon.webhook();
    daemon.converges(&commit);
    room.serves("barzago", "Comune riparato di Barzago");
    assert_eq!(daemon.metric("campanile_steps_total", &["pull_image"]), attempts, "the wait was cut short");
}

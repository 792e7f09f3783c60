//! The platform's document while the daemon runs: broken, changed, and fetched at a signal.

use crate::engine::until;
use crate::room::{Room, free_port, title};

#[test]
fn a_broken_platform_leaves_the_last_one_in_force_and_the_members_change_all_the_same() {
    let room = Room::with_members("daemon-bad", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let right = std::fs::read_to_string(room.path("fleet/platform.yaml")).unwrap();
    room.write("platform.yaml", right.replace("range:", "rang:"));
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    room.commit();
    daemon.webhook();
    room.will_serve("barzago", "Comune nuovo di Barzago");
    room.serves("calco", &title("calco"));
    let troubles = daemon.troubles();
    assert!(
        troubles.contains("platform.yaml has problems, and the last valid one is in force"),
        "{troubles}"
    );
    assert!(troubles.contains("platform.yaml:6:7: "), "{troubles}");

    room.write("platform.yaml", right);
    let commit = room.commit();
    daemon.webhook();
    daemon.converges(&commit);
    until("nothing is wrong any more", || daemon.troubles() == "[]");
}

#[test]
fn a_daemon_that_never_saw_a_valid_platform_says_so_and_begins_with_the_first_one() {
    let room = Room::with_members("daemon-first", &["barzago"]);
    let right = std::fs::read_to_string(room.path("fleet/platform.yaml")).unwrap();
    room.write("platform.yaml", "kind: [");
    room.commit();
    let daemon = room.daemon_with(86_400, |_| {});
    until("the daemon says what is missing", || {
        daemon.code("/healthz") == Some(200) && daemon.troubles().contains("platform.yaml was never valid")
    });
    assert_eq!(daemon.code("/readyz"), Some(503));
    room.write("platform.yaml", right);
    let commit = room.commit();
    daemon.webhook();
    daemon.converges(&commit);
    room.serves("barzago", &title("barzago"));
    until("nothing is wrong any more", || daemon.troubles() == "[]");
}

#[test]
fn other_ports_of_the_ingress_take_effect_without_a_restart() {
    let mut room = Room::with_members("daemon-ports", &["barzago"]);
    let commit = room.commit();
    let old = (room.http, room.https);
    let (http, https) = (free_port(), free_port());
    {
        let daemon = room.daemon();
        daemon.converges(&commit);
        let site = room.container("barzago", "site");
        let text = std::fs::read_to_string(room.path("fleet/platform.yaml")).unwrap();
        let moved = text.replace(&old.0.to_string(), &http.to_string());
        room.write("platform.yaml", moved.replace(&old.1.to_string(), &https.to_string()));
        let commit = room.commit();
        daemon.webhook();
        daemon.converges(&commit);
        assert_eq!(room.container("barzago", "site"), site);
        until("nobody listens on the old ports", || room.try_get("www.comune.barzago.test", "/").is_err());
    }
    (room.http, room.https) = (http, https);
    room.serves("barzago", &title("barzago"));
}

#[test]
fn a_signal_fetches_at_once() {
    let room = Room::with_members("daemon-hup", &["barzago"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    let commit = room.commit();
    daemon.signal("HUP");
    daemon.converges(&commit);
    room.serves("barzago", "Comune nuovo di Barzago");
}

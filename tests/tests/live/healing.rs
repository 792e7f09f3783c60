//! What somebody removed or stopped by hand comes back, and nothing else is touched.

use std::collections::BTreeMap;

use crate::engine::docker;
use crate::room::{Room, title};

/// Names and ids but for one container.
fn others(room: &Room, but: &str) -> BTreeMap<String, String> {
    room.containers().into_iter().filter(|(name, _)| name != but).collect()
}

#[test]
fn a_container_removed_by_hand_comes_back_and_the_others_stay() {
    let room = Room::with_members("removed", &["barzago", "calco"]);
    room.apply();
    let gone = room.container("barzago", "site");
    let before = others(&room, &gone);
    docker(&["rm", "--force", &gone]);
    assert!(room.try_get("www.comune.barzago.test", "/").is_ok_and(|answer| answer.status == 503));
    room.run(&["status"]).ends(0).says("1 of 2 members are ready");

    room.apply();
    room.serves("barzago", &title("barzago"));
    assert!(room.containers().contains_key(&gone));
    assert_eq!(others(&room, &gone), before);
}

#[test]
fn a_stopped_container_runs_again() {
    let room = Room::with_members("stopped", &["barzago"]);
    room.apply();
    let before = room.containers();
    docker(&["stop", &room.container("barzago", "site")]);
    room.apply();
    room.serves("barzago", &title("barzago"));
    assert_eq!(room.containers(), before, "started, and not made anew");
}

#[test]
fn a_paused_container_is_left_to_a_person() {
    let room = Room::with_members("paused", &["barzago", "calco"]);
    room.apply();
    let name = room.container("barzago", "site");
    docker(&["pause", &name]);
    room.run(&["apply"]).ends(1).says(&format!("run docker unpause {name}"));
    room.serves("calco", &title("calco"));
    docker(&["unpause", &name]);
    room.apply();
}

#[test]
fn an_ingress_removed_by_hand_comes_back_and_the_sites_stay() {
    let room = Room::with_members("ingress", &["barzago", "calco"]);
    room.apply();
    let ingress = room.ingress();
    let before = others(&room, &ingress);
    docker(&["rm", "--force", &ingress]);
    assert!(room.try_get("www.comune.calco.test", "/").is_err(), "nobody listens");

    room.apply();
    room.serves("barzago", &title("barzago"));
    room.serves("calco", &title("calco"));
    assert_eq!(others(&room, &ingress), before);
}

#[test]
fn an_ingress_that_lost_its_volume_too_is_made_anew() {
    let room = Room::with_members("volume", &["barzago"]);
    room.apply();
    let ingress = room.ingress();
    docker(&["rm", "--force", &ingress]);
    docker(&["volume", "rm", &format!("{}.ingress", room.platform)]);
    room.apply();
    room.serves("barzago", &title("barzago"));
}

#[test]
fn files_of_the_ingress_changed_by_hand_are_repaired() {
    let room = Room::with_members("files", &["barzago"]);
    room.apply();
    let ingress = room.ingress();
    let spoil = "cd /etc/campanile/routes && for route in $(find . -type f); do echo spoiled >$route; done";
    docker(&["exec", &ingress, "sh", "-c", spoil]);
    room.apply();
    let found = "find /etc/campanile/routes -type f -exec grep -l spoiled {} +";
    let found = docker(&["exec", &ingress, "sh", "-c", &format!("{found} || true")]);
    assert_eq!(found, "");
    room.serves("barzago", &title("barzago"));
}

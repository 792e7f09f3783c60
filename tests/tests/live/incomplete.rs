//! Sources that are empty, or not all there: said, and nothing is removed.

use std::path::Path;

use crate::room::{Room, title};

/// Applies this room's fleet, then lets something happen to it, and expects the words and everything still there.
#[track_caller]
fn check(topic: &str, happens: impl FnOnce(&Room, &Path), words: &str) {
    let room = Room::with_members(topic, &["barzago", "calco"]);
    room.commit();
    room.apply();
    let before = room.containers();
    happens(&room, &room.path("fleet"));
    room.run(&["apply"]).ends(1).says(words);
    assert_eq!(room.containers(), before);
    assert_eq!(room.networks().len(), 2);
    room.serves("barzago", &title("barzago"));
    room.serves("calco", &title("calco"));
}

#[test]
fn an_empty_repository() {
    let empty = |room: &Room, fleet: &Path| {
        std::fs::remove_dir_all(fleet).unwrap();
        std::fs::create_dir(fleet).unwrap();
        room.git(&["init", "--quiet", "--initial-branch=main"]);
    };
    check("empty", empty, "push to it first");
}

#[test]
fn a_commit_without_any_file() {
    let emptied = |room: &Room, _: &Path| {
        room.git(&["rm", "--quiet", "-r", "."]);
        room.commit();
    };
    check("emptied", emptied, "has neither platform.yaml nor members/*.yaml");
}

#[test]
fn a_commit_without_the_platform() {
    let without = |room: &Room, fleet: &Path| {
        std::fs::remove_file(fleet.join("platform.yaml")).unwrap();
        room.commit();
    };
    check("headless", without, "the fleet has no platform.yaml");
}

#[test]
fn a_platform_that_is_broken() {
    let broken = |room: &Room, _: &Path| {
        room.write("platform.yaml", "kind: [");
        room.commit();
    };
    check("platform", broken, "platform.yaml:1:");
}

#[test]
fn a_broken_platform_leaves_the_last_valid_one_in_force() {
    let room = Room::with_members("lastplatform", &["barzago", "calco"]);
    room.apply();
    let right = std::fs::read_to_string(room.path("fleet/platform.yaml")).unwrap();
    room.write("platform.yaml", right.replace("range:", "rang:"));
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    room.remove_member("calco");
    let doubt = "platform.yaml has problems, and the last valid one is in force; removals are held";
    for command in ["plan", "status", "apply"] {
        room.run(&[command]).ends(1).says("did you mean range?").says(doubt);
    }
    room.serves("barzago", "Comune nuovo di Barzago");
    room.serves("calco", &title("calco"));

    room.write("platform.yaml", right);
    room.apply();
    assert!(room.containers().keys().all(|name| !name.contains(".calco.")), "nothing is held any more");
}

#[test]
fn a_broken_platform_of_another_fleet_takes_none() {
    let room = Room::with_members("otherplatform", &["barzago"]);
    room.commit();
    room.apply();
    let before = room.containers();
    let other = room.path("other");
    std::fs::create_dir_all(other.join("members")).unwrap();
    std::fs::write(other.join("platform.yaml"), "kind: [").unwrap();
    std::fs::copy(room.path("fleet/members/barzago.yaml"), other.join("members/barzago.yaml")).unwrap();
    room.run(&["apply", "--fleet", &other.display().to_string()]).ends(1).says("platform.yaml:1:");
    assert_eq!(room.containers(), before);
}

#[test]
fn a_commit_without_any_member() {
    let without = |room: &Room, fleet: &Path| {
        std::fs::remove_dir_all(fleet.join("members")).unwrap();
        room.commit();
    };
    check("memberless", without, "members/ has no document");
}

#[test]
fn a_repository_that_went_away() {
    let gone = |_: &Room, fleet: &Path| std::fs::rename(fleet, fleet.with_extension("gone")).unwrap();
    check("gone", gone, "reading the fleet from");
}

#[test]
fn a_damaged_object_of_the_repository() {
    let damaged = |room: &Room, fleet: &Path| {
        room.write_member("dervio", &title("dervio"), "");
        room.commit();
        let id = room.git(&["rev-parse", "HEAD:members"]);
        let object = fleet.join(".git/objects").join(&id[..2]).join(&id[2..]);
        std::fs::remove_file(&object).unwrap();
    };
    check("damaged", damaged, "git could not");
}

#[test]
fn a_member_renamed_to_a_wrong_name_is_not_taken_for_gone() {
    let renamed = |room: &Room, fleet: &Path| {
        let members = fleet.join("members");
        std::fs::rename(members.join("calco.yaml"), members.join("Calco.yaml")).unwrap();
        room.commit();
    };
    check("renamed", renamed, "members/Calco.yaml");
}

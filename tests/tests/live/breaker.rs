//! Removals that are too many, or that rest on an input which may not be complete, are held until a person lets
//! exactly them through.

use crate::engine::docker;
use crate::room::{Room, Run, title};

const MEMBERS: [&str; 5] = ["barzago", "calco", "dervio", "erve", "lierna"];
const LEAVING: [&str; 4] = ["barzago", "calco", "dervio", "erve"];

/// The digest that a run says to release.
#[track_caller]
fn digest(run: &Run) -> String {
    let words = run.errors.split("campanile apply --release ").nth(1);
    let digest = words.and_then(|rest| rest.split_whitespace().next());
    digest.unwrap_or_else(|| panic!("there is no digest to release in {run:?}")).to_owned()
}

#[test]
fn a_commit_that_removes_four_of_five_members_is_held_until_exactly_that_is_released() {
    let room = Room::with_members("breaker", &MEMBERS);
    room.write_member("barzago", &title("barzago"), "    volumes: [{name: content, path: /srv/content}]\n");
    room.commit();
    room.apply();
    let before = room.containers();

    for member in LEAVING {
        room.remove_member(member);
    }
    room.commit();
    let held = room.run(&["apply"]).ends(1).says("held").says("4 of 5 members would lose something");
    assert_eq!(room.containers(), before);
    assert_eq!(room.networks().len(), 5);
    for member in MEMBERS {
        room.serves(member, &title(member));
    }
    room.run(&["plan"]).says("= network").says("campanile apply --release");

    let wrong = "0".repeat(64);
    room.run(&["apply", "--release", &wrong]).ends(1).says("moved since");
    assert_eq!(room.containers(), before);

    room.run(&["apply", "--release", &digest(&held)]).ends(0);
    room.serves("lierna", &title("lierna"));
    for member in LEAVING {
        assert!(room.try_get(&format!("www.comune.{member}.test"), "/").is_err(), "{member} is gone");
    }
    let keeper = format!("{}.barzago.retired", room.platform);
    let left: Vec<String> = room.containers().into_keys().filter(|name| !name.contains(".lierna.")).collect();
    assert_eq!(left, [keeper.clone(), room.ingress()]);
    assert_eq!(room.networks(), [format!("{}.lierna", room.platform)]);
    assert!(room.volumes().contains(&format!("{}.barzago.content", room.platform)), "volumes stay");
    let day = docker(&["inspect", "--format", "{{index .Config.Labels \"it.campanile.retired\"}}", &keeper]);
    assert_eq!(day, docker(&["info", "--format", "{{slice .SystemTime 0 10}}"]), "the day it left");
    room.run(&["status"]).ends(0).says(&format!("barzago left on {day}"));
    room.run(&["plan", "--detailed-exitcode"]).ends(0);
}

#[test]
fn a_member_or_two_may_leave_and_come_back_to_their_data() {
    let room = Room::with_members("leaving", &["calco"]);
    let volume = "    volumes: [{name: content, path: /srv/content}]\n";
    room.write_member("barzago", &title("barzago"), volume);
    room.apply();
    let note = "echo delibera 1 >/srv/content/note";
    docker(&["exec", "--user", "0", &room.container("barzago", "site"), "sh", "-c", note]);

    room.remove_member("barzago");
    room.apply();
    assert!(room.try_get("www.comune.barzago.test", "/").is_err());
    room.apply().says("Nothing to do");

    room.write_member("barzago", &title("barzago"), volume);
    room.apply();
    room.serves("barzago", &title("barzago"));
    let kept = docker(&["exec", &room.container("barzago", "site"), "cat", "/srv/content/note"]);
    assert_eq!(kept, "delibera 1");
    assert!(!room.containers().contains_key(&format!("{}.barzago.retired", room.platform)));
}

#[test]
fn history_that_was_rewritten_freezes_removals_and_nothing_else() {
    let room = Room::with_members("rewritten", &["barzago", "calco"]);
    room.commit();
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    room.commit();
    room.apply();

    room.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    room.remove_member("calco");
    room.write_member("dervio", &title("dervio"), "");
    room.commit();
    let held = room.run(&["apply"]).ends(1).says("was rewritten").says("held: nothing of calco was removed");
    room.serves("calco", &title("calco"));
    room.serves("dervio", &title("dervio"));

    room.run(&["apply", "--release", &digest(&held)]).ends(0);
    assert!(room.try_get("www.comune.calco.test", "/").is_err());
    room.apply().says("Nothing to do");
}

#[test]
fn a_source_with_another_history_freezes_removals_until_they_are_released() {
    let room = Room::with_members("moved", &["barzago", "calco"]);
    room.commit();
    room.apply();
    let accepted = || room.path("state/accepted/calco.yaml").exists();

    std::fs::remove_dir_all(room.path("fleet/.git")).unwrap();
    room.remove_member("calco");
    room.commit();
    let source = format!("{}#main", room.path("fleet").display());
    let apply = |more: &[&str]| room.run(&[&["apply", "--fleet", &source], more].concat());
    let held =
        apply(&[]).ends(1).says("the fleet's source changed from").says("nothing of calco was removed");
    room.serves("calco", &title("calco"));
    assert!(accepted());

    apply(&["--release", &digest(&held)]).ends(0);
    assert!(room.try_get("www.comune.calco.test", "/").is_err());
    assert!(!accepted(), "the last valid document of who has left is forgotten");
    assert!(!apply(&[]).ends(0).says("Nothing to do").errors.contains("doubt"));
}

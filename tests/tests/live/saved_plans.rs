//! Plans that are saved, looked at and then applied; narrowed plans; members that are suspended.

use crate::engine::docker;
use crate::room::{Room, title};

#[test]
fn a_saved_plan_is_applied() {
    let room = Room::with_members("saved", &["barzago"]);
    room.apply();
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    let file = room.path("plan.json");
    let file = file.to_str().unwrap();
    let plan = room.run(&["plan", "--out", file, "--output", "json"]).ends(0).json();
    assert_eq!(plan["digest"].as_str().map(str::len), Some(64));
    assert_eq!(plan["steps"][0]["member"], "barzago");
    room.run(&["apply", file]).ends(0);
    room.serves("barzago", "Comune nuovo di Barzago");
    room.run(&["plan", "--detailed-exitcode"]).ends(0);
}

#[test]
fn a_saved_plan_is_refused_once_the_world_or_the_fleet_moved() {
    let room = Room::with_members("moved", &["barzago", "calco"]);
    room.apply();
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    let file = room.path("plan.json");
    let file = file.to_str().unwrap();
    room.run(&["plan", "--out", file]).ends(0);

    docker(&["rm", "--force", &room.container("calco", "site")]);
    let before = room.containers();
    room.run(&["apply", file]).ends(1).says("moved since the plan").says("calco");
    assert_eq!(room.containers(), before, "nothing was done");

    room.apply();
    room.write_member("barzago", "Comune rinnovato di Barzago", "");
    room.run(&["plan", "--out", file]).ends(0);
    room.write_member("barzago", "Comune diverso di Barzago", "");
    room.run(&["apply", file]).ends(1).says("moved since the plan");
    room.serves("barzago", "Comune nuovo di Barzago");
}

#[test]
fn a_file_that_is_no_plan_is_refused() {
    let room = Room::with_members("noplan", &["barzago"]);
    let file = room.path("plan.json");
    for text in ["", "{}", "not JSON"] {
        std::fs::write(&file, text).unwrap();
        room.run(&["apply", file.to_str().unwrap()]).ends(1).says("make one with campanile plan --out FILE");
    }
    room.run(&["apply", "/nowhere/plan.json"]).ends(1).says("/nowhere/plan.json");
    assert!(room.containers().is_empty());
}

#[test]
fn a_narrowed_apply_changes_one_member_alone() {
    let room = Room::with_members("narrow", &["barzago", "calco"]);
    room.apply();
    for name in ["barzago", "calco"] {
        room.write_member(name, &format!("Comune nuovo di {name}"), "");
    }
    let other = room.container("calco", "site");
    let plan = room.run(&["plan", "--member", "barzago"]).ends(0);
    assert!(!plan.output.contains("calco"), "{plan:?}");
    room.run(&["apply", "--member", "barzago"]).ends(0);
    room.serves("barzago", "Comune nuovo di barzago");
    room.serves("calco", &title("calco"));
    assert_eq!(room.container("calco", "site"), other);

    room.run(&["apply", "--member", "dervio"]).ends(1).says("the fleet has no member dervio");
    room.run(&["apply", "--member", "Dervio"]).ends(64);
    room.apply();
    room.serves("calco", "Comune nuovo di calco");
}

#[test]
fn a_suspended_member_is_reported_and_left_as_it_is() {
    let room = Room::with_members("suspended", &["barzago", "calco"]);
    room.apply();
    let before = room.container("barzago", "site");
    room.write_member("barzago", "Comune nuovo di Barzago", "  suspend: true\n");
    room.write_member("calco", "Comune nuovo di Calco", "");
    room.run(&["apply"]);
    room.serves("calco", "Comune nuovo di Calco");
    room.serves("barzago", &title("barzago"));
    assert_eq!(room.container("barzago", "site"), before);
    assert_eq!(room.condition("barzago", "DocumentValid")[1], "Suspended");

    docker(&["rm", "--force", &before]);
    room.run(&["apply"]);
    assert!(!room.containers().contains_key(&before), "not even what is missing is made");
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    room.apply();
    room.serves("barzago", "Comune nuovo di Barzago");
}

#[test]
fn a_dry_run_shows_the_plan_and_changes_nothing() {
    let room = Room::with_members("dry", &["barzago"]);
    room.run(&["apply", "--dry-run"]).ends(0).says("barzago has no network");
    assert!(room.containers().is_empty() && room.networks().is_empty());
}

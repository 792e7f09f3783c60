//! What is remembered: `campanile log` of a daemon, and a history that was damaged while nobody ran.

use crate::engine::until;
use crate::room::{Room, title};

#[test]
fn the_log_says_what_was_done_from_which_commit_why_and_how_it_ended() {
    let room = Room::with_members("daemon-log", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    let commit = room.commit();
    daemon.webhook();
    daemon.converges(&commit);
    let entry = || {
        let log = room.run(&["log", "barzago", "--output", "json"]).ends(0).json();
        let entries = log["entries"].as_array().unwrap().clone();
        entries.into_iter().find(|entry| entry["commit"] == *commit && entry["steps"].is_array())
    };
    until("the pass has ended", || entry().is_some_and(|pass| pass["end"]["result"] == "done"));
    let pass = entry().unwrap();
    assert_eq!([&pass["by"], &pass["why"]], ["run", "commit"], "{pass:#}");
    let steps = pass["steps"].as_array().unwrap();
    let of = |action: &str| steps.iter().find(|step| step["action"] == action).unwrap();
    assert_eq!(of("create_container")["because"], "the document of site changed");
    assert_eq!(of("remove_container")["because"], "a newer version has taken over");
    assert!(steps.iter().all(|step| step["member"] == "barzago"), "{pass:#}");
    room.run(&["log"]).ends(0).says(&commit[..7]).says("because of a commit").says("done in");
}

#[test]
fn a_damaged_history_is_set_aside_and_costs_the_world_nothing() {
    let room = Room::with_members("daemon-sqlite", &["barzago", "calco"]);
    let commit = room.commit();
    let mut daemon = room.daemon();
    daemon.converges(&commit);
    daemon.ends();
    let before = room.containers();
    let file = room.path("state/history.sqlite");
    assert!(file.exists());
    std::fs::write(&file, "questa non è una banca dati\n".repeat(1000)).unwrap();

    let daemon = room.daemon();
    daemon.converges(&commit);
    assert!(daemon.troubles().contains("history.sqlite was damaged"), "{}", daemon.troubles());
    assert!(daemon.log().contains("history.sqlite was damaged"));
    let aside = |name: &str| name.starts_with("history.sqlite.broken-");
    let names = std::fs::read_dir(room.path("state")).unwrap();
    assert_eq!(names.filter(|entry| aside(entry.as_ref().unwrap().file_name().to_str().unwrap())).count(), 1);
    assert_eq!(room.containers(), before);
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    let commit = room.commit();
    daemon.webhook();
    daemon.converges(&commit);
    room.serves("calco", &title("calco"));
    room.run(&["log", "barzago"]).ends(0).says(&commit[..7]);
}

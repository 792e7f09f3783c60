//! Starting, ending and starting again; beside `apply`, and never twice.

use std::process::Command;

use crate::engine::until;
use crate::interrupted::{MEMBERS, behind_proxy, is_whole};
use crate::proxy::Mode;
use crate::room::{Room, free_port, title};

#[test]
fn it_converges_and_status_tells_what_a_look_tells() {
    let room = Room::with_members("daemon-start", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    is_whole(&room, &["barzago", "calco"]);
    let [told, seen] = [&["status", "--output", "json"][..], &["status", "--look", "--output", "json"]]
        .map(|arguments| room.run(arguments).ends(0).json());
    assert_eq!(told, seen);
}

#[test]
fn asked_to_end_in_mid_pass_it_ends_and_the_next_start_goes_on() {
    let (room, proxy) = behind_proxy("daemon-end", &MEMBERS);
    let commit = room.commit();
    let one_at_a_time = |command: &mut Command| {
        command.args(["--parallel", "1"]);
    };
    let mut daemon = room.daemon_with(86_400, one_at_a_time);
    until("the first containers are made", || proxy.created() >= 2);
    daemon.ends();
    assert!(room.containers().len() < MEMBERS.len() + 1, "it ended in mid-pass");
    let daemon = room.daemon();
    daemon.converges(&commit);
    is_whole(&room, &MEMBERS);
}

#[test]
fn asked_to_end_while_the_engine_hangs_it_ends_and_the_next_start_goes_on() {
    let (room, proxy) = behind_proxy("daemon-hang", &["barzago", "calco"]);
    let commit = room.commit();
    let mut daemon = room.daemon();
    until("the first container is made", || proxy.created() >= 1);
    proxy.set(Mode::Frozen);
    until("something waits", || proxy.turned_away() > 0);
    daemon.ends();
    proxy.set(Mode::Open);
    let daemon = room.daemon();
    daemon.converges(&commit);
    is_whole(&room, &["barzago", "calco"]);
}

#[test]
fn a_second_daemon_is_refused_with_the_process_of_the_first() {
    let room = Room::with_members("daemon-twice", &["barzago"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let listen = format!("127.0.0.1:{}", free_port());
    room.run(&["run", "--listen", &listen]).ends(1).says(&format!("process {}, since", daemon.id()));
    assert_eq!(daemon.code("/healthz"), Some(200), "the first one goes on");
}

#[test]
fn apply_works_beside_it_and_is_not_undone() {
    let room = Room::with_members("daemon-apply", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    let commit = room.commit();
    room.apply();
    let applied = room.containers();
    // what apply did comes to the daemon as events, and its next pass follows what apply went by
    daemon.converges(&commit);
    room.serves("barzago", "Comune nuovo di Barzago");
    room.serves("calco", &title("calco"));
    assert_eq!(room.containers(), applied, "the daemon had nothing to do, and undid nothing");
}

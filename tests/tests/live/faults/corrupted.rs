//! A history that is damaged on the disk while the daemon has it open.

use std::fs::OpenOptions;
use std::io::Write;

use crate::engine::{docker, until};
use crate::room::{Room, title};

#[test]
fn a_history_damaged_under_a_daemon_is_said_set_aside_and_begun_anew() {
    let room = Room::with_members("corrupted", &["barzago"]);
    let commit = room.commit();
    let daemon = room.daemon_every(2);
    daemon.converges(&commit);
    let before = room.containers();
    for file in ["state/history.sqlite", "state/history.sqlite-wal"] {
        let path = room.path(file);
        let size = std::fs::metadata(&path).unwrap().len();
        let mut file = OpenOptions::new().write(true).open(path).unwrap();
        file.write_all(&vec![0x5a; usize::try_from(size).unwrap()]).unwrap();
    }
    let container = room.container("barzago", "site");
    docker(&["kill", &container]);
    room.will_serve("barzago", &title("barzago"));
    until("it is said", || daemon.troubles().contains("it begins anew"));
    let aside = |name: &str| name.starts_with("history.sqlite.broken-");
    let files = || std::fs::read_dir(room.path("state")).unwrap().flatten();
    assert!(files().any(|file| aside(file.file_name().to_str().unwrap())));

    docker(&["kill", &container]);
    until("what is done is noted", || room.run(&["log"]).output.contains("start_container"));
    room.will_serve("barzago", &title("barzago"));
    assert_eq!(room.containers(), before, "the world was left alone");
    assert_eq!(daemon.code("/healthz"), Some(200));
}

#[test]
fn a_history_that_another_program_set_aside_is_not_written_any_more() {
    let room = Room::with_members("set-aside", &["barzago"]);
    let commit = room.commit();
    let daemon = room.daemon_every(2);
    daemon.converges(&commit);
    let path = room.path("state/history.sqlite");
    for ending in ["", "-wal", "-shm"] {
        let from = format!("{}{ending}", path.display());
        std::fs::rename(&from, format!("{from}.aside")).unwrap();
    }
    until("a new one is there", || path.exists());
    docker(&["kill", &room.container("barzago", "site")]);
    until("what is done is noted", || room.run(&["log"]).output.contains("start_container"));
    until("the trouble is over", || daemon.troubles() == "[]");
}

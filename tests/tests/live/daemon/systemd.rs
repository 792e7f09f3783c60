//! What systemd is told, with the test in systemd's place.

use std::collections::BTreeSet;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::engine::until;
use crate::room::Room;

/// The lines that come to a socket, for as long as the test runs.
fn listen(path: &Path) -> Arc<Mutex<Vec<String>>> {
    let socket = UnixDatagram::bind(path).unwrap();
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let ear = Arc::clone(&heard);
    std::thread::spawn(move || {
        let mut datagram = [0; 4096];
        while let Ok(length) = socket.recv(&mut datagram) {
            let text = String::from_utf8_lossy(&datagram[..length]).into_owned();
            ear.lock().unwrap().extend(text.lines().map(str::to_owned));
        }
    });
    heard
}

#[test]
fn systemd_hears_that_it_is_ready_alive_reloading_and_ending() {
    let room = Room::with_members("daemon-notify", &["barzago"]);
    let commit = room.commit();
    let path = room.path("notify.sock");
    let heard = listen(&path);
    let heard = || heard.lock().unwrap().clone();
    let has = |line: &str| heard().iter().any(|there| there == line);
    let mut daemon = room.daemon_with(86_400, |command| {
        command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "1000000");
    });
    until("it says that it is ready", || has("READY=1"));
    assert_eq!(daemon.code("/readyz"), Some(200), "it has looked at everything");
    daemon.converges(&commit);
    until("it says how the members are", || has("STATUS=1 of 1 members are ready"));
    let signs = || heard().iter().filter(|line| *line == "WATCHDOG=1").count();
    until("it gives signs of life", || signs() >= 3);

    let before = heard().len();
    daemon.signal("HUP");
    until("it says that it is ready again", || heard()[before..].contains(&"READY=1".to_owned()));
    let again: BTreeSet<String> = heard().split_off(before).into_iter().collect();
    assert!(again.contains("RELOADING=1"), "{again:?}");
    assert!(again.iter().any(|line| line.starts_with("MONOTONIC_USEC=")), "{again:?}");
    daemon.ends();
    assert!(has("STOPPING=1"));
}

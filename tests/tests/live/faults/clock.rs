//! A wall clock that jumps under a daemon, by Debian's libfaketime: far ahead, and back behind the beginning of everything.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use x509_parser::pem::Pem;

use crate::daemon::Daemon;
use crate::engine::until;
use crate::room::{Room, title};

/// A clock that goes by the real one, as far from it as a file says.
struct Clock {
    library: PathBuf,
    offset: PathBuf,
}

impl Clock {
    fn new(room: &Room) -> Self {
        let folders = std::fs::read_dir("/usr/lib").unwrap().flatten();
        let found = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
        let library = found.into_iter().find(|path| path.exists());
        let clock = Self {
            library: library.expect("this test needs libfaketime: install Debian's package faketime"),
            offset: room.path("clock"),
        };
        clock.jump(0);
        clock
    }

    /// Moves the clock so many days away from the real one.
    fn jump(&self, days: i32) {
        let new = self.offset.with_extension("new");
        std::fs::write(&new, format!("{days:+}d\n")).unwrap();
        std::fs::rename(new, &self.offset).unwrap();
    }

    /// Has a command live by this clock; how long things take is measured as ever.
    fn rule(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library).env("FAKETIME_TIMESTAMP_FILE", &self.offset);
        command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command.env("DONT_FAKE_MONOTONIC", "1").env("NO_FAKE_STAT", "1");
    }
}

/// The days from now, by the real clock, between which the certificate is valid that a visitor is shown.
fn span(room: &Room) -> Option<[i64; 2]> {
    let shown = Command::new("openssl")
        .args(["s_client", "-servername", "www.comune.barzago.test", "-connect"])
        .arg(format!("127.0.0.1:{}", room.https))
        .stdin(Stdio::null())
        .output()
        .expect("this test needs the program openssl: install Debian's package openssl");
    let pem = Pem::iter_from_buffer(&shown.stdout).next()?.ok()?;
    let certificate = pem.parse_x509().ok()?;
    let days = |seconds: i64| (seconds - Timestamp::now().as_second() + 43_200).div_euclid(86_400);
    let validity = certificate.validity();
    Some([validity.not_before.timestamp(), validity.not_after.timestamp()].map(days))
}

/// Every member is ready, by the daemon's own clock, with a certificate of these days.
#[track_caller]
fn settles(room: &Room, daemon: &Daemon, days: [i64; 2]) {
    until(&format!("the certificate shown is of the days {days:?}"), || span(room) == Some(days));
    until("the member is ready", || daemon.json("/api/v1/members")["members"][0]["ready"] == true);
}

/// How many looks there were at everything and at a part of it.
fn looks(daemon: &Daemon) -> i64 {
    daemon.metric("campanile_pass_stage_duration_seconds_count", &["stage=\"look\""])
}

#[test]
fn a_clock_that_jumps_renews_certificates_and_stops_nothing() {
    let room = Room::with_members("clock", &["barzago"]);
    let clock = Clock::new(&room);
    let commit = room.commit();
    let daemon = room.daemon_with(2, |command| clock.rule(command));
    until("the daemon has looked at everything", || daemon.code("/readyz") == Some(200));
    daemon.converges(&commit);
    settles(&room, &daemon, [0, 90]);
    let before = room.containers();

    clock.jump(80);
    settles(&room, &daemon, [80, 170]);
    turns_calmly(&room, &daemon, &clock);

    clock.jump(-365);
    settles(&room, &daemon, [-365, -275]);
    turns_calmly(&room, &daemon, &clock);

    clock.jump(0);
    settles(&room, &daemon, [0, 90]);
    assert_eq!(room.containers(), before, "nothing was removed or made anew");
    // those who check the certificate
    room.will_serve("barzago", &title("barzago"));
}

/// The loop turns as often as its interval says, and what it tells makes sense.
#[track_caller]
fn turns_calmly(room: &Room, daemon: &Daemon, clock: &Clock) {
    let (before, begun) = (looks(daemon), std::time::Instant::now());
    until("the loop goes on", || looks(daemon) >= before + 3 && begun.elapsed().as_secs() >= 6);
    let rate = (looks(daemon) - before) * 1000 / i64::try_from(begun.elapsed().as_millis()).unwrap();
    assert!(rate < 3, "{rate} looks a second");
    assert_eq!(daemon.code("/healthz"), Some(200));
    let mut status = room.command(&["status", "barzago"]);
    clock.rule(&mut status);
    let said = String::from_utf8(status.output().unwrap().stdout).unwrap();
    let negative = |word: &str| {
        word.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    assert!(!said.is_empty() && !said.split_whitespace().any(negative), "{said}");
}

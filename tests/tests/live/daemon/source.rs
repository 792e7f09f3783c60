//! A git repository somewhere else that goes away, hangs, is rewritten or damaged: what was last valid goes on.

use std::path::PathBuf;

use crate::daemon::Daemon;
use crate::engine::{docker, until};
use crate::room::{Room, title};

/// A room whose fleet the daemon takes from a repository beside the one that people work in.
struct Remote {
    room: Room,
}

impl Remote {
    fn new(topic: &str, members: &[&str]) -> Self {
        let remote = Self { room: Room::with_members(topic, members) };
        remote.room.commit();
        remote.room.git(&["clone", "--quiet", "--bare", ".", "../remote.git"]);
        remote
    }

    fn path(&self) -> PathBuf {
        self.room.path("remote.git")
    }

    fn start(&self) -> Daemon<'_> {
        let source = format!("file://{}#main", self.path().display());
        let daemon = self.room.daemon_with(86_400, |command| {
            command.env("CAMPANILE_FLEET", source);
        });
        until("the daemon has looked at everything", || daemon.code("/readyz") == Some(200));
        daemon
    }

    /// Commits and pushes.
    fn push(&self) -> String {
        let commit = self.room.commit();
        self.room.git(&["push", "--quiet", "--force", "../remote.git", "main"]);
        commit
    }

    fn head(&self) -> String {
        self.room.git(&["rev-parse", "HEAD"])
    }
}

/// Waits until the daemon says why it cannot fetch.
#[track_caller]
fn will_complain(daemon: &Daemon) -> String {
    let error = || daemon.json("/api/v1/daemon")["fetched"]["error"].as_str().map(str::to_owned);
    until("the daemon says that it cannot fetch", || error().is_some());
    error().unwrap()
}

/// Kills a site; the daemon brings it back from what was last valid.
#[track_caller]
fn heals(room: &Room, member: &str) {
    let site = room.container(member, "site");
    let starts = || docker(&["inspect", "--format", "{{.State.Running}} {{.State.StartedAt}}", &site]);
    let before = starts();
    docker(&["kill", &site]);
    until("it runs again", || starts().starts_with("true") && starts() != before);
    room.will_serve(member, &title(member));
}

#[test]
fn a_repository_that_is_gone_at_the_start_is_done_without_until_it_comes_back() {
    let remote = Remote::new("daemon-gone", &["barzago", "calco"]);
    let room = &remote.room;
    let mut daemon = remote.start();
    daemon.converges(&remote.head());
    daemon.ends();
    let away = room.path("away.git");
    std::fs::rename(remote.path(), &away).unwrap();

    let daemon = remote.start();
    assert!(will_complain(&daemon).contains("remote.git"));
    daemon.converges(&remote.head());
    docker(&["rm", "--force", &room.container("barzago", "site")]);
    room.will_serve("barzago", &title("barzago"));

    std::fs::rename(&away, remote.path()).unwrap();
    room.remove_member("barzago");
    room.write_member("calco", "Comune nuovo di Calco", "");
    let commit = remote.push();
    daemon.webhook();
    daemon.converges(&commit);
    room.serves("calco", "Comune nuovo di Calco");
    until("who left is gone", || room.containers().keys().all(|name| !name.contains(".barzago.site")));
    assert!(daemon.json("/api/v1/daemon")["fetched"]["error"].is_null());
}

#[test]
fn a_repository_that_hangs_holds_up_nothing_but_the_fetch() {
    let remote = Remote::new("daemon-slow", &["barzago"]);
    let room = &remote.room;
    let daemon = remote.start();
    daemon.converges(&remote.head());
    // whoever reads it waits until somebody writes
    let refs = remote.path().join("packed-refs");
    let packed = std::fs::read(&refs).unwrap_or_default();
    let _ = std::fs::remove_file(&refs);
    assert!(std::process::Command::new("mkfifo").arg(&refs).status().unwrap().success());
    let fetches = || daemon.metric("campanile_fetches_total", &[]);
    let before = fetches();
    daemon.webhook();
    heals(room, "barzago");
    assert_eq!(fetches(), before, "the fetch still hangs");

    std::fs::rename(&refs, room.path("refs")).unwrap();
    std::fs::write(&refs, &packed).unwrap();
    // whoever waits at the pipe reads the end of it
    std::fs::write(room.path("refs"), &packed).unwrap();
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    let commit = remote.push();
    daemon.webhook();
    daemon.converges(&commit);
    room.serves("barzago", "Comune nuovo di Barzago");
}

#[test]
fn a_repository_that_was_rewritten_changes_members_and_removes_nobody_until_it_is_released() {
    let remote = Remote::new("daemon-rewritten", &["barzago", "calco"]);
    let room = &remote.room;
    room.write_member("barzago", "Comune di passaggio di Barzago", "");
    remote.push();
    let daemon = remote.start();
    daemon.converges(&remote.head());
    until("the commit is noted as applied in full", || {
        std::fs::read_to_string(room.path("state/fleet.json")).is_ok_and(|text| text.contains(&remote.head()))
    });

    room.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    room.write_member("barzago", "Comune riscritto di Barzago", "");
    room.remove_member("calco");
    remote.push();
    daemon.webhook();
    room.will_serve("barzago", "Comune riscritto di Barzago");
    until("the removal is held", || !daemon.json("/api/v1/plan")["release"].is_null());
    room.serves("calco", &title("calco"));
}

#[test]
fn a_repository_that_answers_garbage_is_said_and_nothing_changes() {
    let remote = Remote::new("daemon-garbage", &["barzago"]);
    let room = &remote.room;
    let daemon = remote.start();
    daemon.converges(&remote.head());
    let before = room.containers();
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    let commit = remote.push();
    let object = remote.path().join("objects").join(&commit[..2]).join(&commit[2..]);
    let right = std::fs::read(&object).unwrap();
    std::fs::remove_file(&object).unwrap();
    std::fs::write(&object, "questo non è un oggetto di git").unwrap();
    daemon.webhook();
    will_complain(&daemon);
    assert_eq!(room.containers(), before);
    heals(room, "barzago");

    std::fs::remove_file(&object).unwrap();
    std::fs::write(&object, right).unwrap();
    daemon.webhook();
    daemon.converges(&commit);
    room.serves("barzago", "Comune nuovo di Barzago");
}

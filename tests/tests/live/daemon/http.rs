//! What the daemon tells by HTTP, and to whom.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::engine::until;
use crate::room::Room;

#[test]
fn promtool_has_nothing_to_say_of_its_metrics() {
    let room = Room::with_members("daemon-prom", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let text = daemon.get("/metrics");
    assert!(text.contains("campanile_member_ready{member=\"barzago\"} 1"), "{text}");
    let promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut promtool =
        promtool.expect("this test needs the program promtool: install Debian's package prometheus");
    promtool.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn members_plan_and_metrics_are_for_who_has_the_token() {
    let room = Room::with_members("daemon-token", &["barzago"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    for path in ["/api/v1/members", "/api/v1/members/barzago", "/api/v1/plan", "/api/v1/daemon", "/metrics"] {
        assert_eq!(daemon.code(path), Some(401), "{path}");
        let wrong = daemon.curl(path, &["--header", "Authorization: Bearer niente"]);
        assert_eq!(wrong.map(|(code, _)| code), Some(401), "{path}");
        daemon.get(path);
    }
    assert_eq!(daemon.code("/healthz"), Some(200));
}

#[test]
fn held_removals_stand_in_the_plan_with_the_command_that_lets_them_through() {
    let members = ["barzago", "calco", "dervio", "erve", "lierna"];
    let room = Room::with_members("daemon-held", &members);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let before = room.containers();
    for member in &members[..4] {
        room.remove_member(member);
    }
    room.commit();
    daemon.webhook();
    let release = || daemon.json("/api/v1/plan")["release"].as_str().map(str::to_owned);
    until("the plan says how to let them through", || release().is_some());
    assert_eq!(room.containers(), before);
    assert_eq!(daemon.metric("campanile_held_removals", &[]), 4);

    let command = release().unwrap();
    let words: Vec<&str> = command.split(' ').collect();
    assert_eq!(words[..3], ["campanile", "apply", "--release"]);
    room.run(&words[1..]).ends(0);
    let sites = || room.containers().into_keys().filter(|name| name.contains(".site.")).count();
    assert_eq!(sites(), 1);
    until("nothing is held any more", || daemon.metric("campanile_held_removals", &[]) == 0);
    assert_eq!(sites(), 1, "the daemon brought nobody back");
}

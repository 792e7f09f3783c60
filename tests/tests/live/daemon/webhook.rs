//! The webhook: what it brings, what it refuses, and how little many calls cost.

use crate::engine::until;
use crate::room::{Room, title};

#[test]
fn a_commit_is_live_after_its_webhook_and_a_wrong_signature_brings_nothing() {
    let room = Room::with_members("daemon-hook", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let fetches = || daemon.metric("campanile_fetches_total", &[]);
    let (before, containers) = (fetches(), room.containers());

    room.write_member("barzago", "Comune nuovo di Barzago", "");
    let commit = room.commit();
    assert_eq!(daemon.call("un altro segreto, che nessuno conosce"), 401);
    // everything that the wrong call could have begun would be done after a right one for another change
    until("the wrong call was counted", || {
        daemon.metric("campanile_webhooks_total", &["wrong_signature"]) == 1
    });
    assert_eq!(fetches(), before);
    assert_eq!(room.containers(), containers);

    daemon.webhook();
    daemon.converges(&commit);
    room.serves("barzago", "Comune nuovo di Barzago");
    assert_eq!(fetches(), before + 1, "one call, one fetch");
}

#[test]
fn a_hundred_commits_at_once_are_a_few_fetches_and_the_last_one_wins() {
    let room = Room::with_members("daemon-flood", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let before = daemon.metric("campanile_fetches_total", &[]);
    room.git(&["checkout", "--quiet", "-b", "prepared"]);
    let commits: Vec<String> = (1..=100)
        .map(|n| {
            room.write_member("barzago", &format!("Comune di Barzago {n}"), "");
            room.commit()
        })
        .collect();
    room.git(&["checkout", "--quiet", "main"]);
    for commit in &commits {
        room.git(&["update-ref", "refs/heads/main", commit]);
        daemon.webhook();
    }
    daemon.converges(commits.last().unwrap());
    room.serves("barzago", "Comune di Barzago 100");
    room.serves("calco", &title("calco"));
    assert_eq!(daemon.metric("campanile_webhooks_total", &["accepted"]), 100);
    let fetches = daemon.metric("campanile_fetches_total", &[]) - before;
    assert!(fetches < 50, "{fetches} fetches");
    room.will_have(3);
}

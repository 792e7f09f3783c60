//! `rollback` beside the daemon: an earlier document serves again, until git says something new of the member.

use crate::room::{Room, title};

#[test]
fn a_rollback_serves_the_earlier_version_until_its_member_changes() {
    let room = Room::with_members("daemon-back", &["barzago", "calco"]);
    let commit = room.commit();
    let mut daemon = room.daemon();
    daemon.converges(&commit);
    room.write_member("barzago", "Comune peggiorato di Barzago", "");
    let commit = room.commit();
    daemon.webhook();
    daemon.converges(&commit);
    room.serves("barzago", "Comune peggiorato di Barzago");

    room.run(&["rollback", "barzago"]).ends(0);
    room.will_serve("barzago", &title("barzago"));
    room.will_be("barzago", "DocumentValid", ["True", "Pinned"]);
    room.will_have(3);
    let pinned = room.container("barzago", "site");

    room.write_member("calco", "Comune nuovo di Calco", "");
    let commit = room.commit();
    daemon.webhook();
    daemon.converges(&commit);
    room.serves("calco", "Comune nuovo di Calco");
    assert_eq!(room.container("barzago", "site"), pinned, "a commit for somebody else keeps the pin");

    daemon.ends();
    let daemon = room.daemon();
    daemon.converges(&commit);
    assert_eq!(room.container("barzago", "site"), pinned, "the pin survives a restart");
    room.serves("barzago", &title("barzago"));

    room.write_member("barzago", "Comune riparato di Barzago", "");
    let commit = room.commit();
    daemon.webhook();
    daemon.converges(&commit);
    room.serves("barzago", "Comune riparato di Barzago");
    let [_, reason, _] = room.condition("barzago", "DocumentValid");
    assert_ne!(reason, "Pinned");
}

#[test]
fn a_rollback_that_is_undone_leads_back_to_git() {
    let room = Room::with_members("daemon-undo", &["barzago"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    let commit = room.commit();
    daemon.webhook();
    daemon.converges(&commit);
    room.run(&["rollback", "barzago"]).ends(0);
    room.will_serve("barzago", &title("barzago"));
    room.run(&["rollback", "barzago", "--undo"]).ends(0);
    room.will_serve("barzago", "Comune nuovo di Barzago");
}

//! Zones by the daemon: a commit is a record within seconds, and what somebody changes by hand is put back.

use std::time::{Duration, Instant};

use super::{Dns, content, data, records, write_member};
use crate::engine::until;
use crate::room::Room;
use crate::servers::{Knot, Server, update};

/// What a colleague takes for at once; a look and an UPDATE take a fraction of it.
const SECONDS: Duration = Duration::from_secs(10);

#[test]
fn a_commit_is_a_record_seconds_after_its_webhook() {
    let knot = Knot::primary("zones-hook", &[]);
    let room = Room::with_members("zones-hook", &["barzago"]);
    Dns::of(&knot).tell(&room);
    write_member(&room, "calco", &records(&[("albo", "A", "192.0.2.1")]));
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let other = content(knot.address(), knot.key(), "comune.barzago.test");
    assert_eq!(data(knot.address(), "albo.comune.calco.test", "A"), ["192.0.2.1"]);

    write_member(&room, "calco", &records(&[("albo", "A", "192.0.2.2"), ("posta", "CNAME", "www")]));
    write_member(&room, "dervio", "");
    let commit = room.commit();
    let begun = Instant::now();
    daemon.webhook();
    until("the record is served", || data(knot.address(), "albo.comune.calco.test", "A") == ["192.0.2.2"]);
    until("the new zone is served", || {
        data(knot.address(), "_campanile.comune.dervio.test", "TXT").len() == 1
    });
    let took = begun.elapsed();
    eprintln!("{:.1} s from the webhook to the record and the new zone", took.as_secs_f32());
    assert!(took < SECONDS, "it took {took:?}");
    daemon.converges(&commit);
    assert_eq!(content(knot.address(), knot.key(), "comune.barzago.test"), other);
    assert_eq!(daemon.troubles(), "[]");
}

#[test]
fn what_is_changed_by_hand_is_put_back_at_the_next_look() {
    let knot = Knot::primary("zones-by-hand", &[]);
    let room = Room::new("zones-by-hand");
    Dns::of(&knot).tell(&room);
    write_member(&room, "calco", &records(&[("albo", "A", "192.0.2.1")]));
    let commit = room.commit();
    let daemon = room.daemon_every(1);
    daemon.converges(&commit);
    let before = content(knot.address(), knot.key(), "comune.calco.test");
    let by_hand = ["del albo.comune.calco.test A", "add strange.comune.calco.test 60 A 192.0.2.7"];
    update(knot.address(), Some(knot.key()), "comune.calco.test", &by_hand).unwrap();
    until("it is put back", || content(knot.address(), knot.key(), "comune.calco.test") == before);
}

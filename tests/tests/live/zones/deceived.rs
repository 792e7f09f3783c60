//! Name servers that say yes to a change and do not make it: told after three tries, and nobody else is disturbed.

use std::net::SocketAddr;

use super::{Dns, data, records, settled, write_member};
use crate::room::{Room, title};
use crate::servers::{Deceiving, Knot, Server};

/// Expects that three changes are tried and told, while all else comes about.
#[track_caller]
fn is_told(room: &Room, deceiving: &Deceiving, step: &str) {
    let run = room.run(&["apply"]).ends(1);
    let words = format!("domain/calco: {step} zone comune.calco.test: done 3 times, and still needed: ");
    assert!(run.errors.contains(&words) || run.output.contains(&words), "{run:?}");
    assert_eq!(deceiving.kept(), 3);
    room.serves("barzago", &title("barzago"));
}

fn shown(server: SocketAddr) -> Vec<String> {
    data(server, "www.comune.barzago.test", "A")
}

#[test]
fn a_zone_that_is_not_changed_after_all() {
    let knot = Knot::primary("zones-deceived", &[]);
    let room = Room::with_members("zones-deceived", &["barzago"]);
    let deceiving = Deceiving::before(knot.address(), knot.key(), "comune.calco.test");
    Dns { server: deceiving.address(), ..Dns::of(&knot) }.tell(&room);
    write_member(&room, "calco", &records(&[("albo", "A", "192.0.2.1")]));
    is_told(&room, &deceiving, "update");
    assert_eq!(shown(knot.address()), ["192.0.2.10"]);
    let [status, reason, message] = room.condition("calco", "UpToDate");
    assert_eq!([status.as_str(), reason.as_str()], ["False", "ChangesPlanned"], "{message}");
    assert_eq!(room.condition("barzago", "UpToDate")[0], "True");

    Dns::of(&knot).tell(&room);
    room.apply();
    settled(&room);
    assert_eq!(data(knot.address(), "albo.comune.calco.test", "A"), ["192.0.2.1"]);
}

#[test]
fn a_zone_that_is_not_made_after_all() {
    let knot = Knot::primary("zones-unmade", &[]);
    let room = Room::with_members("zones-unmade", &["barzago"]);
    Dns::of(&knot).tell(&room);
    room.apply();
    let deceiving = Deceiving::before(knot.address(), knot.key(), knot.catalog());
    Dns { server: deceiving.address(), ..Dns::of(&knot) }.tell(&room);
    write_member(&room, "calco", "");
    is_told(&room, &deceiving, "create");
    assert_eq!(shown(knot.address()), ["192.0.2.10"]);
    assert_eq!(room.condition("calco", "ZoneServed")[1], "Missing");
}

#[test]
fn the_daemon_says_so_and_tries_ever_later() {
    let knot = Knot::primary("zones-deceived-daemon", &[]);
    let room = Room::with_members("zones-deceived-daemon", &["barzago"]);
    let deceiving = Deceiving::before(knot.address(), knot.key(), "comune.calco.test");
    Dns { server: deceiving.address(), ..Dns::of(&knot) }.tell(&room);
    write_member(&room, "calco", "");
    let _daemon = room.daemon();
    let message = room.will_be("calco", "UpToDate", ["False", "Failed"]);
    assert!(message.contains("done 3 times, and still needed"), "{message}");
    room.will_be("barzago", "UpToDate", ["True", "AsDeclared"]);
    assert_eq!(shown(knot.address()), ["192.0.2.10"]);
    assert!(deceiving.kept() < 10, "{} tries", deceiving.kept());
}

//! What is proven from outside: by every name server, and by a resolver that validates.

use super::{Dns, records, settled, write_member};
use crate::engine::until;
use crate::room::Room;
use crate::servers::{Bind, Knot, Server, Unbound, ask, free_address};

#[test]
fn every_name_server_is_asked_whether_it_has_the_newest_version() {
    let second = free_address();
    let knot = Knot::primary("zones-second", &[second]);
    let bind = Bind::consumer(second, &knot);
    let room = Room::new("zones-second");
    let dns = Dns { asked: vec![knot.address(), second], ..Dns::of(&knot) };
    dns.tell(&room);
    write_member(&room, "calco", &records(&[("albo", "A", "192.0.2.1")]));
    room.apply();
    until("the second one has the zone too", || {
        room.condition("calco", "ZoneConsistent")[0] == "True"
            && room.condition("calco", "ZoneServed")[0] == "True"
    });
    assert_eq!(ask(second, "albo.comune.calco.test", "A").data(), ["192.0.2.1"]);
    bind.freeze();
    write_member(&room, "calco", &records(&[("albo", "A", "192.0.2.2")]));
    room.run(&["apply"]).ends(1).says("ns2.dns.test");
    let [status, reason, message] = room.condition("calco", "ZoneServed");
    assert_eq!([status.as_str(), reason.as_str()], ["False", "NotServed"], "{message}");
    bind.thaw();
    until("it has caught up", || room.condition("calco", "ZoneConsistent")[0] == "True");
}

#[test]
fn the_delegation_is_proven_by_a_resolver_that_validates() {
    let knot = Knot::primary("zones-chain", &[]);
    let room = Room::new("zones-chain");
    Dns::of(&knot).tell(&room);
    write_member(&room, "calco", "    dnssec: true\n");
    room.apply();
    settled(&room);
    let [status, _, message] = room.condition("calco", "ZoneSigned");
    let signer = knot.delegation_signer("comune.calco.test");
    let key_tag = signer.split(' ').nth(2).unwrap();
    assert!(status == "True" && message.contains(&format!("DS {key_tag} 13 2 ")), "{message} {signer}");

    let with = |anchors: &[String]| Unbound::new(anchors, &[("comune.calco.test", knot.address())]);
    let judged = |resolver: &Unbound| {
        let more = format!("    catalog: {}\n    resolver: {}\n", knot.catalog(), resolver.address());
        Dns { more, ..Dns::of(&knot) }.tell(&room);
        let [status, reason, _] = room.condition("calco", "DelegationSecure");
        format!("{status} {reason}")
    };
    assert_eq!(judged(&with(std::slice::from_ref(&signer))), "True Secure");
    let wrong = signer
        .rsplit_once(' ')
        .map(|(start, digest)| format!("{start} {}", "0".repeat(digest.len())))
        .unwrap();
    assert_eq!(judged(&with(&[wrong])), "False Bogus");
    assert_eq!(judged(&with(&[])), "False NoDs");
}

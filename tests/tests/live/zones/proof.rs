//! What is proven from outside: by every name server, and by a resolver that validates.

use super::{Dns, records, settled, write_member};
use crate::engine::until;
use crate::room::Room;
use crate::servers::{Bind, Knot, Server, Unbound, ask, free_address, stand_in, update};

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

#[test]
fn a_key_that_is_rolled_over_is_told_until_the_parent_has_it() {
    let (zone, parent) = ("comune.calco.test", "calco.test");
    let knot = Knot::primary("zones-rollover", &[]);
    let room = Room::new("zones-rollover");
    knot.create(parent);
    let in_parent = |changes: &[String]| {
        let changes: Vec<&str> = changes.iter().map(String::as_str).collect();
        update(knot.address(), Some(knot.key()), parent, &changes).unwrap();
    };
    // the server answers for the name before it has the zone
    in_parent(&[format!("add {zone}. 60 NS ns1.dns.test.")]);
    let resolver =
        Unbound::new(&[knot.delegation_signer(parent)], &[(parent, knot.address()), (zone, knot.address())]);
    let more = format!("    catalog: {}\n    resolver: {}\n", knot.catalog(), resolver.address());
    Dns::of(&knot).tell(&room);
    write_member(&room, "calco", "    dnssec: true\n");
    room.apply();
    Dns { more, ..Dns::of(&knot) }.tell(&room);
    let signer = || knot.delegation_signer(zone).replacen(" DS ", " 60 DS ", 1);
    let judged = || room.condition("calco", "DelegationSecure");
    let old = signer();
    in_parent(&[format!("add {old}")]);
    knot.confirm_key(zone);
    assert_eq!(judged()[..2], ["True", "Secure"]);

    knot.roll_key_over(zone);
    let new = signer();
    let [status, reason, message] = judged();
    assert_eq!([status.as_str(), reason.as_str()], ["False", "DsDiffers"], "{message}");
    let data = |signer: &str| {
        let fields: Vec<&str> = signer.split(' ').skip(3).collect();
        format!("{} {} {} {}", fields[0], fields[1], fields[2], fields[3..].concat())
    };
    assert!(
        message.contains(&format!(
            "give the registrar: {}; to go from the parent: {};",
            data(&new),
            data(&old)
        )),
        "{message}"
    );
    assert_ne!(data(&new), data(&old));
    let [status, _, message] = room.condition("calco", "ZoneSigned");
    assert!(status == "True" && message.contains(&format!("; DS {}", data(&new))), "{message}");

    in_parent(&[format!("add {new}")]);
    let [status, _, message] = judged();
    assert!(
        status == "False" && message.contains(&format!("to go from the parent: {}", data(&old))),
        "{message}"
    );
    in_parent(&[format!("del {old}").replacen(" 60 DS ", " DS ", 1)]);
    knot.confirm_key(zone);
    until("the new key alone vouches for the zone", || judged()[..2] == ["True", "Secure"]);
    settled(&room);
}

#[test]
fn the_parent_is_asked_whom_it_names() {
    let (zone, parent) = ("comune.calco.test", "calco.test");
    let knot = Knot::primary("zones-parent", &[]);
    let delegation = "comune 60 NS ns1.dns.test.\ncomune 60 NS ns2.dns.test.";
    let addresses = "ns1 A 127.53.0.1\nns2 A 127.53.0.1";
    let mut bind = Bind::primary(&[(parent, delegation), ("dns.test", addresses)]);
    // a parent is asked where name servers are: at port 53
    stand_in("127.53.0.1".parse().unwrap(), bind.address());
    let above = bind.address();
    let zones = [(parent, above), ("dns.test", above), (zone, knot.address())];
    let resolver = Unbound::new(&[bind.zone_key(parent)], &zones);
    let room = Room::new("zones-parent");
    let more = format!("    catalog: {}\n    resolver: {}\n", knot.catalog(), resolver.address());
    Dns::of(&knot).tell(&room);
    write_member(&room, "calco", "    dnssec: true\n");
    room.apply();
    Dns { more, ..Dns::of(&knot) }.tell(&room);
    let in_parent = |change: &str| update(above, Some(bind.key()), parent, &[change]).unwrap();
    let judged = || room.condition("calco", "ZoneDelegated");
    in_parent(&format!("add {}", knot.delegation_signer(zone).replacen(" DS ", " 60 DS ", 1)));
    let other =
        "the parent names ns1.dns.test, ns2.dns.test; give the registrar, and nothing else: ns1.dns.test";
    assert_eq!(judged(), ["False", "OtherServers", other]);
    in_parent(&format!("delete {zone} NS ns2.dns.test."));
    assert_eq!(judged(), ["True", "Delegated", "the parent names ns1.dns.test"]);
    room.apply();
    settled(&room);

    in_parent(&format!("delete {zone}"));
    let nobody = "the parent does not delegate the zone; give the registrar: ns1.dns.test";
    assert_eq!(judged(), ["False", "NotDelegated", nobody]);
    bind.stop();
    let [status, reason, message] = judged();
    assert_eq!([status.as_str(), reason.as_str()], ["Unknown", "NoAnswer"], "{message}");
}

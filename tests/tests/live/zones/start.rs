//! The record that a zone begins with (SOA): as the platform says on every server, and otherwise the server's own.

use super::{Dns, data, records, settled, write_member};
use crate::room::Room;
use crate::servers::{Bind, Knot, Server};

const ZONE: &str = "comune.calco.test";

/// The SOA record of a zone: all but its serial number, and that number.
fn start(server: &impl Server) -> (String, u32) {
    let found = data(server.address(), ZONE, "SOA");
    let [soa] = found.as_slice() else { panic!("{found:?}") };
    let mut fields: Vec<&str> = soa.split(' ').collect();
    let serial = fields.remove(2).parse().unwrap();
    (fields.join(" "), serial)
}

/// Tells, one after the other, what the platform says of the SOA record and expects it there, alone and beside a record.
fn follows(room: &Room, dns: &Dns, server: &impl Server, domain: &str) {
    let (own, _) = start(server);
    let all = "    soa: {primary: ns9.dns.test, contact: 'mailto:Zone.Admin@dns.test', refresh: 2h, retry: 10m, expire: 20d, \
               minimum: 2m}\n";
    let say = |soa: &str| Dns { more: format!("{}{soa}", dns.more), ..dns.clone() }.tell(room);
    say(all);
    let before = start(server).1;
    write_member(room, "calco", domain);
    room.run(&["plan"]).ends(0).says("minimum 120");
    room.apply();
    settled(room);
    let (now, serial) = start(server);
    assert_eq!(now, "ns9.dns.test. zone\\.admin.dns.test. 7200 600 1728000 120", "it was {own}");
    assert!(serial > before, "{serial} is not after {before}");

    say("    soa: {refresh: 3h}\n");
    room.run(&["plan"]).ends(0).says("@ SOA (the platform says so): refresh 7200 → refresh 10800");
    room.apply();
    settled(room);
    let (now, serial) = start(server);
    assert_eq!(now, "ns9.dns.test. zone\\.admin.dns.test. 10800 600 1728000 120", "the rest stays");
    say("");
    settled(room);
    assert_eq!(start(server), (now, serial), "what nobody says any more stays as it is");
}

#[test]
fn on_knot() {
    let knot = Knot::primary("zones-soa", &[]);
    let room = Room::new("zones-soa");
    let dns = Dns::of(&knot);
    dns.tell(&room);
    write_member(&room, "calco", "");
    room.apply();
    follows(&room, &dns, &knot, &records(&[("albo", "A", "192.0.2.1")]));
    assert_eq!(data(knot.address(), "albo.comune.calco.test", "A"), ["192.0.2.1"]);
}

#[test]
fn on_bind() {
    let bind = Bind::primary(&[(ZONE, "www A 192.0.2.99\n")]);
    let room = Room::new("zones-soa-bind");
    let dns =
        Dns { server: bind.address(), key: bind.key(), asked: vec![bind.address(); 2], more: String::new() };
    follows(&room, &dns, &bind, &format!("    policy: own\n{}", records(&[("www", "A", "192.0.2.5")])));
    assert_eq!(data(bind.address(), "www.comune.calco.test", "A"), ["192.0.2.5"]);
}

#[test]
fn one_that_is_new_with_its_zone_on_knot() {
    let knot = Knot::primary("zones-soa-new", &[]);
    let room = Room::new("zones-soa-new");
    let more = format!("{}    soa: {{contact: 'mailto:nuovo@dns.test'}}\n", Dns::of(&knot).more);
    Dns { more, ..Dns::of(&knot) }.tell(&room);
    write_member(&room, "calco", "");
    room.apply();
    settled(&room);
    assert!(start(&knot).0.starts_with("ns1.dns.test. nuovo.dns.test. "), "{:?}", start(&knot));
    // a shared zone is begun by others
    write_member(&room, "dervio", "    policy: share\n");
    room.apply();
    settled(&room);
    let shared = data(knot.address(), "comune.dervio.test", "SOA");
    assert!(shared[0].starts_with("ns1.dns.test. hostmaster.dns.test. "), "{shared:?}");
}

//! What is looked up before an order: what must fail at the issuer is said, and costs none.

use super::Names;
use crate::room::{Room, title};
use crate::servers::{Bind, Server, update};
use crate::zones::{Dns, settled};

/// Writes a member with a site, whose domain has these records beside what follows.
fn write(room: &Room, certificate: &str, records: &str) {
    room.write_certified("barzago", certificate);
    let text = std::fs::read_to_string(room.path("fleet/members/barzago.yaml")).unwrap();
    let domain = "{name: comune.barzago.test}";
    assert!(text.contains(domain));
    let with = format!("{{name: comune.barzago.test, records: [{records}]}}");
    room.write("members/barzago.yaml", text.replace(domain, &with));
}

#[test]
fn a_name_that_leads_elsewhere_costs_no_order() {
    let room = Room::new("acme-elsewhere");
    let servers = Names::start(&room, "acme-elsewhere", &["barzago"], &[]);
    servers.tell(&room, "      caa: pebble.test\n");
    write(&room, "", "{name: www, type: A, value: 192.0.2.99}");
    let words =
        "www.comune.barzago.test leads to 192.0.2.99 when asked at ns1.dns.test, and not to 127.0.0.1";
    room.run(&["apply"]).ends(1).says(words);
    assert_eq!(servers.pebble.orders(), 0);
    let [status, _, message] = room.condition("barzago", "CertificateReady");
    assert!(status == "False" && !message.is_empty(), "{message}");
    // it leads here by way of another name, and the issuer finds it so
    write(&room, "", "{name: www, type: CNAME, value: '@'}");
    room.apply();
    room.trust(&servers.pebble);
    room.serves("barzago", &title("barzago"));
    assert_eq!(servers.pebble.orders(), 1);
    settled(&room);
}

#[test]
fn an_issuer_that_caa_forbids_is_not_asked() {
    let room = Room::new("acme-caa");
    let servers = Names::start(&room, "acme-caa", &["barzago"], &[]);
    servers.tell(&room, "      caa: pebble.test\n      challenge: dns-01\n");
    write(&room, "", "{name: '@', type: CAA, value: '0 issue \"other.test\"'}");
    let words = "the CAA records of comune.barzago.test do not let pebble.test issue";
    room.run(&["apply"]).ends(1).says(words).says("add 0 issue");
    assert_eq!(servers.pebble.orders(), 0);
    // for the name itself, and not for all below it
    let records = "{name: '@', type: CAA, value: ['0 issue \"pebble.test\"', '0 issuewild \";\"']}";
    write(&room, ", wildcard: true", records);
    room.run(&["apply"]).ends(1).says("issue for *.comune.barzago.test").says("add 0 issuewild");
    assert_eq!(servers.pebble.orders(), 0);
    write(&room, "", records);
    room.apply();
    assert_eq!(servers.pebble.orders(), 1);
    settled(&room);
}

#[test]
fn a_name_in_another_zone_is_asked_of_the_resolver() {
    let room = Room::new("acme-beside");
    let records = "www 60 A 127.0.0.1\n@ 60 CAA 0 issue \"other.test\"";
    let foreign = Bind::primary(&[("provider.test", records)]);
    let zones = [("provider.test", foreign.address())];
    let servers = Names::start(&room, "acme-beside", &["barzago"], &zones);
    let dns = Dns::of(&servers.knot);
    let more = format!("{}    resolver: {}\n", dns.more, servers.resolver.address());
    let platform = Dns { more, ..dns }.platform(&room, "127.0.0.1");
    room.write("platform.yaml", format!("{platform}{}", servers.pebble.issuer("      caa: pebble.test\n")));
    room.write_certified("barzago", ", names: [www.provider.test]");
    // the name has none itself: they stand above it
    let words = "the CAA records of provider.test do not let pebble.test issue for www.provider.test";
    room.run(&["apply"]).ends(1).says(words).says("at the resolver");
    assert_eq!(servers.pebble.orders(), 0);
    let change =
        |line: &str| update(foreign.address(), Some(foreign.key()), "provider.test", &[line]).unwrap();
    change("add provider.test 60 CAA 0 issue \"pebble.test\"");
    change("add www.provider.test 60 A 192.0.2.99");
    room.run(&["apply"]).ends(1).says("www.provider.test leads to 127.0.0.1, 192.0.2.99");
    assert_eq!(servers.pebble.orders(), 0);
    change("delete www.provider.test A 192.0.2.99");
    // its zone is signed, and nobody has told the resolver so
    room.run(&["apply"]).ends(1).says("DelegationSecure");
    assert_eq!((servers.pebble.orders(), servers.pebble.certificates()), (1, 1));
}

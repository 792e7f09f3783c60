//! What is looked up before an order: what must fail at the issuer is said, and costs none.

use super::Names;
use crate::room::{Room, title};
use crate::zones::settled;

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

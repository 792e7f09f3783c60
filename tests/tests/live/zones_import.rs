//! Zones that people made by hand, imported from Knot, from BIND and from a file: a plan with what was written deletes nothing.

use std::net::SocketAddr;

use crate::documents::with_site;
use crate::engine::endpoint;
use crate::room::Room;
use crate::servers::{Bind, Key, Knot, NAME_SERVERS, Server, transfer, update};

/// Records of every type that a document knows, as somebody with an editor leaves them.
const BY_HAND: [&str; 24] = [
    "@ 3600 A 192.0.2.7",
    "@ 3600 AAAA 2001:db8::7",
    "@ 300 MX 10 mail",
    "@ 300 MX 20 backup.example.test.",
    "@ 3600 TXT \"v=spf1 mx -all\"",
    "@ 3600 TXT \"it's \\\"quoted\\\"; and \\\\ more\"",
    "@ 3600 CAA 0 issue \"letsencrypt.org\"",
    "mail 86400 A 192.0.2.25",
    "www 60 CNAME @",
    "albo 3600 CNAME portal.example.test.",
    "* 3600 A 192.0.2.8",
    "*.app 3600 TXT \"\"",
    "_dmarc 3600 TXT \"v=DMARC1; p=none\"",
    "_sip._tcp 3600 SRV 0 5 5060 mail",
    "_443._tcp.mail 3600 TLSA 3 1 1 0a0b0c0d0e0f000102030405060708090a0b0c0d0e0f00010203040506070809",
    "mail 3600 SSHFP 4 2 0a0b0c0d0e0f000102030405060708090a0b0c0d0e0f00010203040506070809",
    "scuola 3600 NS ns1.scuola",
    "scuola 3600 NS ns.example.test.",
    "ns1.scuola 3600 A 192.0.2.53",
    "10 3600 PTR mail",
    "parts 3600 TXT \"one\" \"two\" \"\"",
    "latin 3600 TXT \"perch\\195\\169 \\255 \\010\"",
    "svc 3600 TYPE65 \\# 10 0001 00 0001 0003 026832",
    "yes 3600 TXT \"null\"",
];

/// What no document can say.
const BEYOND: [&str; 2] = [
    "sip 3600 NAPTR 100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:info@example.test!\" .",
    "odd 3600 TYPE65280 \\# 2 abcd",
];

/// A record with its name in full, for who knows no origin.
fn in_full(record: &str, zone: &str) -> String {
    let (name, rest) = record.split_once(' ').unwrap();
    let name = if name == "@" { format!("{zone}.") } else { format!("{name}.{zone}.") };
    let (head, value) = rest.rsplit_once(' ').unwrap();
    let relative = [" CNAME ", " MX ", " SRV ", " NS ", " PTR "].iter().any(|kind| record.contains(kind));
    let value = match value {
        "@" => format!("{zone}."),
        name if relative && !name.ends_with('.') => format!("{name}.{zone}."),
        other => other.to_owned(),
    };
    format!("{name} {head} {value}")
}

/// A text in so many parts that it takes several, as a key for mail does.
fn long(zone: &str) -> String {
    let part = |letter: &str| letter.repeat(255);
    format!("k1._domainkey.{zone}. 3600 TXT \"{}\" \"{}\" \"c\"", part("a"), part("b"))
}

/// A fleet whose platform has this name server.
fn room(topic: &str, (address, key): (SocketAddr, &Key)) -> Room {
    let room = Room::new(topic);
    let servers = NAME_SERVERS.map(|name| format!("\n      - {{name: {name}, address: '{address}'}}"));
    let dns = format!(
        "  dns:\n    server: '{address}'\n    key: {{name: {}, secretFile: {}}}\n    nameServers:{}\n",
        key.name,
        key.file.display(),
        servers.concat()
    );
    room.write("platform.yaml", room.platform_at(&endpoint()) + &dns);
    room
}

/// Writes a member whose domain is what was imported.
fn adopt(room: &Room, section: &str) {
    let text = with_site(
        "casargo",
        "    image: campanile/site:1\n    hosts: [other.example.test]\n    port: 8080\n",
    );
    let text = text.replace("  domain: {name: comune.casargo.test}\n", section);
    assert!(text.contains(section), "{text}");
    room.write("members/casargo.yaml", text);
}

const ZONE: &str = "comune.casargo.test";

/// What somebody could see of the zone, without what signing makes of it and the serial.
fn seen(server: &dyn Server, key: &Key) -> Vec<String> {
    const SIGNING: [&str; 10] =
        ["SOA", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY", "TYPE65534", "ZONEMD"];
    let records = transfer(server.address(), Some(key), ZONE).unwrap();
    let mut records: Vec<String> =
        records.into_iter().filter(|record| !SIGNING.contains(&record.split(' ').nth(3).unwrap())).collect();
    records.sort();
    records
}

/// Imports, plans, and applies the zone's part, and looks what became of the zone.
fn takes_over(topic: &str, server: &dyn Server, key: &Key) {
    let room = room(topic, (server.address(), key));
    let before = seen(server, key);
    let imported = room.run(&["import", "zone", ZONE]).ends(0);
    assert_eq!(imported.errors, "", "{}", imported.output);
    assert!(imported.output.contains("policy: own"), "{}", imported.output);

    let file = room.path("zone");
    let text = transfer(server.address(), Some(key), ZONE).unwrap().join("\n");
    std::fs::write(&file, text).unwrap();
    let from_file = room.run(&["import", "zone", ZONE, "--file", file.to_str().unwrap()]).ends(0);
    assert_eq!(from_file.output, imported.output.replace("    dnssec: true\n", ""), "{}", from_file.errors);

    adopt(&room, &imported.output);
    room.run(&["check"]).ends(0);
    let plan = room.run(&["plan"]).ends(0);
    let line = format!("update zone {ZONE}: one record set differs");
    assert!(plan.output.contains(&line) && plan.output.contains("_campanile TXT"), "{}", plan.output);
    assert!(plan.output.contains("0 to remove, 0 held"), "{}", plan.output);
    room.apply();
    let mut after = seen(server, key);
    after.retain(|record| !record.starts_with("_campanile."));
    assert_eq!(after, before);
    room.run(&["plan", "--detailed-exitcode"]).ends(0);
}

#[test]
fn a_zone_of_knot_is_taken_over_as_it_is() {
    let server = Knot::primary("zones-import", &[]);
    server.create(ZONE);
    let records: Vec<String> = BY_HAND
        .iter()
        .map(|record| in_full(record, ZONE))
        .chain([long(ZONE)])
        .map(|record| format!("add {record}"))
        .collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    update(server.address(), Some(server.key()), ZONE, &records).unwrap();
    takes_over("zones-import-knot", &server, server.key());
}

#[test]
fn a_zone_of_bind_is_taken_over_as_it_is() {
    let records = [BY_HAND.join("\n"), long(ZONE)].join("\n");
    let server = Bind::primary(&[(ZONE, &records)]);
    takes_over("zones-import-bind", &server, server.key());
}

#[test]
fn what_a_document_cannot_say_is_named_and_stays() {
    let records = [BY_HAND.as_slice(), &BEYOND].concat().join("\n");
    let server = Bind::primary(&[(ZONE, &records)]);
    let room = room("zones-import-beyond", (server.address(), server.key()));
    let before = seen(&server, server.key());
    let imported = room.run(&["import", "zone", ZONE]).ends(1);
    for words in ["left out: sip NAPTR", "left out: odd TYPE65280", "policy: share"] {
        assert!(imported.errors.contains(words), "{}", imported.errors);
    }
    assert!(imported.output.contains("policy: share"), "{}", imported.output);
    adopt(&room, &imported.output);
    room.apply();
    let mut after = seen(&server, server.key());
    after.retain(|record| !record.starts_with("_campanile."));
    assert_eq!(after, before);
}

#[test]
fn what_cannot_be_imported_is_said_in_a_sentence() {
    let server = Bind::primary(&[(ZONE, "")]);
    let room = room("zones-import-refused", (server.address(), server.key()));
    room.run(&["import", "zone", "comune.other.test"]).ends(1).says("does not have the zone");
    room.run(&["import", "zone", "casargo"]).ends(64).says("is not a domain name");
    room.write("zone", "$INCLUDE more.zone\n");
    let file = room.path("fleet/zone");
    let from_file = room.run(&["import", "zone", ZONE, "--file", file.to_str().unwrap()]).ends(1);
    from_file.says("line 1: $INCLUDE is not followed");
}

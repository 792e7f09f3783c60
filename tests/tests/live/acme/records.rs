//! Certificates by dns-01: records in real zones, seen by the real Pebble through a resolver.

use std::process::Command;
use std::time::{Duration, Instant};

use super::Names;
use super::killed::kill_at;
use super::renewing::{serial, suggest_renewal};
use crate::engine::until;
use crate::room::{Room, title};
use crate::servers::holding::Holding;
use crate::servers::pebble::{Options, Pebble};
use crate::servers::{Bind, Knot, Server, Unbound, ask, free_address};
use crate::zones::{Dns, settled};

/// What the issuer's entry says beside what every one does.
const BY_RECORD: &str = "      challenge: dns-01\n      caa: pebble.test\n";

/// The names in a member's certificate.
fn names(room: &Room, member: &str) -> Vec<String> {
    let run = Command::new("openssl")
        .args(["x509", "-noout", "-ext", "subjectAltName", "-in"])
        .arg(room.path("state/certificates").join(format!("{member}.pem")))
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    let names = text.split([',', '\n']).filter_map(|name| name.trim().strip_prefix("DNS:"));
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort();
    names
}

/// A member without site, whose certificate has just the name of its domain.
fn write_plain(room: &Room, name: &str, certificate: &str, domain: &str) {
    let text = format!(
        "\
apiVersion: campanile.it/v1alpha1
kind: Member
metadata: {{name: {name}}}
spec:
  title: Comune di {name}
  domain: {{name: comune.{name}.test{domain}}}
  certificate: {{issuer: {certificate}}}
"
    );
    room.write(&format!("members/{name}.yaml"), text);
}

#[test]
fn a_name_and_all_below_it_now_and_when_renewed() {
    let room = Room::new("acme-wild");
    let servers = Names::start(&room, "acme-wild", &["barzago"], &[]);
    servers.tell(&room, BY_RECORD);
    room.write_certified("barzago", ", wildcard: true");
    room.apply();
    room.trust(&servers.pebble);
    room.serves("barzago", &title("barzago"));
    assert_eq!(names(&room, "barzago"), ["*.comune.barzago.test", "comune.barzago.test"]);
    assert_eq!(servers.proofs("comune.barzago.test"), Vec::<String>::new(), "nothing is left");
    settled(&room);
    room.apply();
    assert_eq!(servers.pebble.orders(), 1, "a second apply orders nothing");

    let before = serial(&room, "www.comune.barzago.test");
    suggest_renewal(&room, &servers.pebble, "barzago");
    until("the certificate is another", || {
        room.apply();
        serial(&room, "www.comune.barzago.test") != before
    });
    assert_eq!((servers.pebble.orders(), servers.pebble.certificates()), (2, 2));
    assert_eq!(servers.proofs("comune.barzago.test"), Vec::<String>::new());
    settled(&room);
}

#[test]
fn a_cname_leads_into_another_zone_of_ours() {
    let room = Room::new("acme-led");
    let foreign =
        Bind::primary(&[("provider.test", "_acme-challenge.www CNAME provider.comune.lecco.test.")]);
    let zones = [("provider.test", foreign.address())];
    let servers = Names::start(&room, "acme-led", &["barzago", "lecco"], &zones);
    let dns = Dns::of(&servers.knot);
    let more = format!("{}    resolver: {}\n", dns.more, servers.resolver.address());
    let platform = Dns { more, ..dns }.platform(&room, "127.0.0.1");
    room.write("platform.yaml", format!("{platform}{}", servers.pebble.issuer(BY_RECORD)));
    let led = ", records: [{name: _acme-challenge, type: CNAME, value: proof.comune.lecco.test.}]";
    let certificate = "pebble, wildcard: true, names: [comune.barzago.test, www.provider.test]";
    write_plain(&room, "lecco", "internal", "");
    write_plain(&room, "barzago", certificate, led);
    // their zones are signed, and nobody has told the resolver so
    room.run(&["apply"]).ends(1).says("DelegationSecure");
    let expected = ["*.comune.barzago.test", "comune.barzago.test", "www.provider.test"];
    assert_eq!(names(&room, "barzago"), expected);
    assert_eq!(servers.proofs("comune.lecco.test"), Vec::<String>::new());
    settled(&room);

    // one that leads nowhere of ours costs no order
    let lost = led.replace("proof.comune.lecco.test.", "proof.provider.test.");
    write_plain(&room, "barzago", &certificate.replace("www.", "albo."), &lost);
    room.run(&["apply"]).ends(1).says("is in no zone that is kept here");
    assert_eq!(servers.pebble.orders(), 1);
}

#[test]
fn a_bind_takes_the_records_too() {
    let room = Room::new("acme-bind");
    let zone = "comune.barzago.test";
    let bind = Bind::primary(&[(zone, "_acme-challenge 60 TXT \"of another program\"")]);
    let resolver = Unbound::new(&[], &[(zone, bind.address())]);
    let pebble = Pebble::start(&room, &Options { resolver: Some(resolver.address()), ..Options::default() });
    let dns =
        Dns { server: bind.address(), key: bind.key(), asked: vec![bind.address()], more: String::new() };
    let platform = dns.platform(&room, "127.0.0.1");
    room.write("platform.yaml", format!("{platform}{}", pebble.issuer(BY_RECORD)));
    write_plain(&room, "barzago", "pebble, wildcard: true, names: [comune.barzago.test]", ", policy: own");
    // the zone's own name servers are held
    room.run(&["apply"]);
    assert_eq!(names(&room, "barzago"), ["*.comune.barzago.test", zone]);
    let texts = crate::zones::data(bind.address(), &format!("_acme-challenge.{zone}"), "TXT");
    assert_eq!(texts, ["\"of another program\""]);
    assert_eq!((pebble.orders(), pebble.certificates()), (1, 1));
}

#[test]
fn a_zone_that_is_only_looked_at_is_left_alone() {
    let room = Room::new("acme-observed");
    let servers = Names::start(&room, "acme-observed", &["barzago"], &[]);
    servers.tell(&room, BY_RECORD);
    servers.knot.create("comune.barzago.test");
    write_plain(&room, "barzago", "pebble, names: [comune.barzago.test]", ", policy: observe");
    room.run(&["apply"]).ends(1).says("cannot be set by us: its policy is observe");
    let [status, _, message] = room.condition("barzago", "CertificateReady");
    assert!(status == "False" && message.contains("share or own"), "{message}");
    assert_eq!(servers.pebble.orders(), 0);
    // in a shared one there is room for it
    write_plain(&room, "barzago", "pebble, names: [comune.barzago.test]", ", policy: share");
    room.apply();
    assert_eq!(names(&room, "barzago"), ["comune.barzago.test"]);
    assert_eq!(servers.proofs("comune.barzago.test"), Vec::<String>::new());
    settled(&room);
}

#[test]
fn the_issuer_is_told_when_every_name_server_shows_the_record() {
    let room = Room::new("acme-lagging");
    let second = free_address();
    let knot = Knot::primary("acme-lagging", &[second]);
    let bind = Bind::consumer(second, &knot);
    let servers = Names::on(knot, &room, &["barzago"], &[]);
    let dns = Dns { asked: vec![servers.knot.address(), second], ..Dns::of(&servers.knot) };
    let platform = dns.platform(&room, "127.0.0.1");
    room.write("platform.yaml", format!("{platform}{}", servers.pebble.issuer(BY_RECORD)));
    write_plain(&room, "barzago", "internal", "");
    room.apply();
    until("the second one has the zone too", || {
        ask(second, "comune.barzago.test", "SOA").status == "NOERROR"
    });
    bind.freeze();
    write_plain(&room, "barzago", "pebble, names: [comune.barzago.test]", "");
    room.run(&["apply"])
        .ends(1)
        .says("until the name server ns2.dns.test shows _acme-challenge.comune.barzago.test TXT");
    let [status, _, message] = room.condition("barzago", "CertificateReady");
    assert!(status == "False" && message.contains("ns2.dns.test"), "{message}");
    assert_eq!((servers.pebble.orders(), servers.pebble.certificates()), (1, 0));
    assert_eq!(servers.proofs("comune.barzago.test").len(), 1, "the record waits");
    bind.thaw();
    room.apply();
    assert_eq!((servers.pebble.orders(), servers.pebble.certificates()), (1, 1));
    assert_eq!(servers.proofs("comune.barzago.test"), Vec::<String>::new());
}

/// Kills an apply as soon as something is so; false if it came to its end before.
fn kill_when(room: &Room, is_so: impl Fn() -> bool) -> bool {
    let mut apply = room.command(&["apply"]).spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(100);
    let ended = loop {
        if apply.try_wait().unwrap().is_some() {
            break true;
        }
        if is_so() {
            break false;
        }
        assert!(Instant::now() < end, "neither ended nor so");
        std::thread::sleep(Duration::from_millis(2));
    };
    apply.kill().unwrap();
    apply.wait().unwrap();
    !ended
}

#[test]
fn killed_in_mid_order_there_is_one_and_no_record_is_left() {
    let room = Room::new("acme-records-killed");
    let members: Vec<String> = (0..40).map(|number| format!("m{number}")).collect();
    let all: Vec<&str> = members.iter().map(String::as_str).collect();
    let servers = Names::start(&room, "acme-records-killed", &all, &[]);
    let way = Holding::before(servers.pebble.port());
    let platform = Dns::of(&servers.knot).platform(&room, "127.0.0.1").replace(&room.range, "10.92.0.0/20");
    room.write("platform.yaml", format!("{platform}{}", servers.pebble.issuer_at(way.port(), BY_RECORD)));
    let write = |name: &str| {
        let certificate = format!("pebble, wildcard: true, names: [comune.{name}.test]");
        write_plain(&room, name, &certificate, "");
    };
    let mut orders = 0;
    let mut whole = |name: &str, when: &str| {
        orders += 1;
        room.apply();
        assert_eq!(servers.pebble.orders(), orders, "a second order of {name}, killed {when}");
        assert_eq!(names(&room, name).len(), 2, "{name}, killed {when}");
        assert_eq!(servers.proofs(&format!("comune.{name}.test")), Vec::<String>::new(), "killed {when}");
        let noted = room.path("state/acme/proofs").join(format!("{name}.json"));
        assert!(!noted.exists(), "{name}, killed {when}");
    };
    write("m0");
    whole("m0", "never");
    let mut numbers = 1..;
    let mut next = || format!("m{}", numbers.next().unwrap());

    let name = next();
    write(&name);
    let noted = room.path("state/acme/proofs").join(format!("{name}.json"));
    assert!(kill_when(&room, || noted.exists()));
    whole(&name, "when the records were noted");

    let name = next();
    write(&name);
    let owner = format!("_acme-challenge.comune.{name}.test");
    assert!(kill_when(&room, || !ask(servers.knot.address(), &owner, "TXT").records.is_empty()));
    whole(&name, "when the records were set");

    // the certificate is there, and the name server takes no change
    let name = next();
    write(&name);
    let issued = servers.pebble.certificates() + 1;
    assert!(kill_when(&room, || {
        if servers.pebble.certificates() == issued {
            servers.knot.freeze();
            return true;
        }
        false
    }));
    servers.knot.thaw();
    whole(&name, "when the certificate was issued");

    // every third request to the issuer, its answer kept back
    for request in (1..).step_by(3) {
        let name = next();
        write(&name);
        let was_killed = kill_at(&room, &way, request);
        whole(&name, &format!("at request {request}"));
        if !was_killed {
            assert!(request > 10, "an order takes more requests than {request}");
            break;
        }
    }
    settled(&room);
}

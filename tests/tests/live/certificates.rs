//! Certificates of the platform's own authority, as visitors are shown them.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use campanile::state::State;
use campanile_plan::document::KeyType;
use jiff::{SignedDuration, Timestamp};
use x509_parser::pem::Pem;

use crate::room::{Room, title};

/// The certificate that a visitor of a host is shown, in DER.
#[track_caller]
fn shown(room: &Room, host: &str) -> Vec<u8> {
    let run = Command::new("openssl")
        .args([
            "s_client",
            "-connect",
            &format!("127.0.0.1:{}", room.https),
            "-servername",
            host,
            "-showcerts",
        ])
        .args(["-verify_return_error", "-verify_hostname", host, "-CAfile"])
        .arg(room.path("state/ca/ca.pem"))
        .stdin(Stdio::null())
        .output()
        .expect("this test needs the program openssl: install Debian's package openssl");
    assert!(run.status.success(), "{host}: {run:?}");
    let mut blocks = Pem::iter_from_buffer(&run.stdout).map(Result::unwrap);
    blocks.next().unwrap().contents
}

/// The span of a certificate, in days from now: since when and until when.
fn days(der: &[u8]) -> [i64; 2] {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).unwrap();
    let validity = certificate.validity();
    [validity.not_before, validity.not_after]
        .map(|time| (time.timestamp() - Timestamp::now().as_second() + 43_200).div_euclid(86_400))
}

#[test]
fn the_chain_holds_for_every_host_and_for_no_other() {
    let room = Room::with_members("chain", &["barzago", "calco"]);
    room.apply();
    let [one, two] = ["www.comune.barzago.test", "comune.barzago.test"].map(|host| shown(&room, host));
    assert_eq!(one, two, "one certificate a member");
    assert_eq!(days(&one), [0, 90]);
    let (_, certificate) = x509_parser::parse_x509_certificate(&one).unwrap();
    let names = certificate.subject_alternative_name().unwrap().unwrap();
    assert_eq!(names.value.general_names.len(), 2);
    assert!(!certificate.is_ca());
    assert_ne!(one, shown(&room, "www.comune.calco.test"));
}

#[test]
fn a_certificate_is_renewed_when_a_third_of_its_life_is_left() {
    let room = Room::with_members("renewed", &["barzago", "calco"]);
    room.apply();
    let host = "www.comune.barzago.test";
    let other = shown(&room, "www.comune.calco.test");

    issued(&room, 59);
    room.apply();
    let old = shown(&room, host);
    assert_eq!(days(&old), [-59, 31], "a day before its time, it stays");
    room.run(&["plan", "--detailed-exitcode"]).ends(0);

    issued(&room, 61);
    room.run(&["plan", "--detailed-exitcode"]).ends(2).says("a third of its life is left");
    room.apply();
    assert_eq!(days(&shown(&room, host)), [0, 90]);
    assert_eq!(shown(&room, "www.comune.calco.test"), other);
    room.serves("barzago", &title("barzago"));
    room.run(&["plan", "--detailed-exitcode"]).ends(0);
}

/// Has barzago's certificate issued so many days ago.
fn issued(room: &Room, days: i64) {
    let hosts: BTreeSet<_> =
        ["www.comune.barzago.test", "comune.barzago.test"].iter().map(|host| host.parse().unwrap()).collect();
    let then = Timestamp::now() - SignedDuration::from_hours(days * 24);
    let state = State::open(&room.path("state")).unwrap();
    state.issue(&"barzago".parse().unwrap(), &hosts, KeyType::EcdsaP256, then).unwrap();
}

#[test]
fn a_new_host_is_in_the_certificate_before_visitors_come() {
    let room = Room::with_members("host", &["barzago"]);
    room.apply();
    let text = std::fs::read_to_string(room.path("fleet/members/barzago.yaml")).unwrap();
    let text = text.replace("hosts: [", "hosts: [albo.comune.barzago.test, ");
    room.write("members/barzago.yaml", text);
    room.run(&["plan"]).says("+albo.comune.barzago.test");
    room.apply();
    shown(&room, "albo.comune.barzago.test");
    assert!(room.shows("albo.comune.barzago.test", &title("barzago")));
    room.serves("barzago", &title("barzago"));
}

#[test]
fn a_damaged_certificate_is_told_and_issued_anew() {
    let room = Room::with_members("spoiled", &["barzago"]);
    room.apply();
    std::fs::write(room.path("state/certificates/barzago.pem"), "spoiled").unwrap();
    room.run(&["plan"]).ends(0).says("left out").says("barzago.pem");
    room.apply();
    room.serves("barzago", &title("barzago"));
}

#[test]
fn keys_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::with_members("keys", &["barzago"]);
    room.apply();
    for (file, mode) in [("", 0o700), ("ca/ca.key", 0o600), ("certificates/barzago.pem", 0o600)] {
        let there = std::fs::metadata(room.path("state").join(file)).unwrap().permissions().mode();
        assert_eq!(there & 0o777, mode, "{file}");
    }
    let ingress = room.ingress();
    let list = "cd /etc/campanile/certificates; find . -type f -exec stat -c '%a %u' {} +";
    let modes = crate::engine::docker(&["exec", &ingress, "sh", "-c", list]);
    assert!(modes.lines().all(|line| line == "400 0"), "{modes}");
}

//! What a document can ask of an issuer: kinds of keys, other chains, names beside the hosts, an account of a person's.

use std::process::Command;

use crate::room::Room;
use crate::servers::pebble::{Options, Pebble};

fn openssl(room: &Room, member: &str, arguments: &[&str]) -> String {
    let run = Command::new("openssl")
        .args(["x509", "-in"])
        .arg(room.path("state/certificates").join(format!("{member}.pem")))
        .arg("-noout")
        .args(arguments)
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    String::from_utf8(run.stdout).unwrap()
}

#[test]
fn keys_names_and_profiles() {
    let room = Room::new("acme-kinds");
    let short = r#"{"short": {"description": "an hour", "validityPeriod": 3600}}"#;
    let configuration = [("profiles", short)];
    let pebble = Pebble::start(&room, &Options { configuration: &configuration, ..Options::default() });
    room.name_issuer(&pebble, "      profile: short\n");
    room.write_certified("barzago", ", keyType: rsa-2048, names: [autoconfig.comune.barzago.test]");
    room.apply();
    let text = openssl(&room, "barzago", &["-text"]);
    assert!(text.contains("Public-Key: (2048 bit)"), "{text}");
    assert!(text.contains("DNS:autoconfig.comune.barzago.test"), "{text}");
    let run = Command::new("openssl")
        .args(["x509", "-noout", "-checkend", "7200", "-in"])
        .arg(room.path("state/certificates/barzago.pem"))
        .output()
        .unwrap();
    assert!(!run.status.success(), "it ends within two hours: {run:?}");
    room.write_certified("barzago", ", keyType: ecdsa-p256");
    room.apply();
    let text = openssl(&room, "barzago", &["-text"]);
    assert!(text.contains("Public-Key: (256 bit)") && !text.contains("autoconfig"), "{text}");
    assert_eq!(pebble.orders(), 2);
}

#[test]
fn another_chain_is_preferred() {
    let room = Room::new("acme-chain");
    let environment = [("PEBBLE_ALTERNATE_ROOTS", "2")];
    let pebble = Pebble::start(&room, &Options { environment: &environment, ..Options::default() });
    let other = pebble.get("/roots/2");
    std::fs::write(room.path("other.pem"), &other).unwrap();
    let subject = Command::new("openssl")
        .args(["x509", "-noout", "-subject", "-nameopt", "multiline", "-in"])
        .arg(room.path("other.pem"))
        .output()
        .unwrap();
    let subject = String::from_utf8(subject.stdout).unwrap();
    let name = subject.lines().find_map(|line| line.trim().strip_prefix("commonName")).unwrap();
    let name = name.trim_start_matches([' ', '=']).to_owned();
    std::fs::write(pebble.roots(), other).unwrap();
    room.name_issuer(&pebble, &format!("      preferredChain: {name}\n"));
    room.write_certified("barzago", "");
    room.apply();
    room.trust(&pebble);
    room.serves("barzago", &crate::room::title("barzago"));
}

#[test]
fn an_account_that_is_bound_to_a_persons() {
    let room = Room::new("acme-bound");
    let key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
    let keys = format!("{{\"kid-1\": \"{key}\"}}");
    let configuration =
        [("externalAccountBindingRequired", "true"), ("externalAccountMACKeys", keys.as_str())];
    let pebble = Pebble::start(&room, &Options { configuration: &configuration, ..Options::default() });
    room.name_issuer(&pebble, "");
    room.write_certified("barzago", "");
    room.run(&["apply"]).ends(1).says("externalAccountRequired");
    std::fs::write(room.path("eab.key"), format!("{key}\n")).unwrap();
    let eab = format!("      eab: {{keyId: kid-1, keyFile: {}}}\n", room.path("eab.key").display());
    room.name_issuer(&pebble, &eab);
    let run = room.apply();
    assert!(!format!("{run:?}").contains(key));
    assert_eq!(pebble.orders(), 1);
}

//! `campanile certificate`: rollover and revoke, at the real Pebble.

use crate::room::{Room, title};
use crate::servers::pebble::{Options, Pebble};

#[test]
fn a_new_key_and_a_certificate_that_ends_before_its_time() {
    let room = Room::new("acme-commands");
    let pebble = Pebble::start(&room, &Options::default());
    room.name_issuer(&pebble, "");
    room.write_certified("barzago", "");
    room.apply();
    let account = || {
        let folder = std::fs::read_dir(room.path("state/acme/accounts")).unwrap();
        std::fs::read_to_string(folder.map(|entry| entry.unwrap().path()).next().unwrap()).unwrap()
    };
    let before = account();
    room.run(&["certificate", "rollover", "pebble"]).ends(0).says("has a new key");
    assert_ne!(account(), before);
    let url = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["url"].clone();
    assert_eq!(url(&account()), url(&before), "the same account");

    let bundle = || std::fs::read_to_string(room.path("state/certificates/barzago.pem")).unwrap();
    let first = bundle();
    std::fs::write(room.path("first.pem"), &first).unwrap();
    room.run(&["certificate", "revoke", "barzago", "--reason", "key-compromise"]).ends(0).says("is revoked");
    let run = std::process::Command::new("openssl")
        .args(["x509", "-noout", "-serial", "-in"])
        .arg(room.path("first.pem"))
        .output()
        .unwrap();
    let serial = String::from_utf8(run.stdout).unwrap();
    let status = pebble.status(&serial.trim().trim_start_matches("serial=").to_lowercase());
    assert_eq!((status["Status"].as_str(), status["Reason"].as_u64()), (Some("Revoked"), Some(1)));
    room.trust(&pebble);
    room.serves("barzago", &title("barzago"));
    // the new key of the account is good for the next order
    room.apply();
    assert_ne!(bundle(), first);
    assert_eq!(pebble.orders(), 2);
    room.run(&["certificate", "rollover", "nobody"]).ends(1).says("it has pebble");
}

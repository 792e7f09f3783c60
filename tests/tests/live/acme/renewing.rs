//! Certificates that are renewed while visitors come.

use std::process::Command;

use serde_json::json;

use crate::engine::{docker, until};
use crate::load::Load;
use crate::room::{Room, title};
use crate::servers::pebble::{Options, Pebble};

/// The serial number of the certificate that a host shows, in hexadecimal.
pub(super) fn serial(room: &Room, host: &str) -> String {
    let line = format!(
        "openssl s_client -connect 127.0.0.1:{} -servername {host} </dev/null 2>/dev/null | openssl x509 -noout -serial",
        room.https
    );
    let run = Command::new("sh").args(["-c", &line]).output().unwrap();
    String::from_utf8(run.stdout).unwrap().trim().trim_start_matches("serial=").to_lowercase()
}

/// Has Pebble say that a member's certificate should have been renewed yesterday.
pub(super) fn suggest_renewal(room: &Room, pebble: &Pebble, member: &str) {
    let bundle =
        std::fs::read_to_string(room.path("state/certificates").join(format!("{member}.pem"))).unwrap();
    let begin = bundle.find("-----BEGIN").unwrap();
    let end = "-----END CERTIFICATE-----\n";
    let leaf = &bundle[begin..bundle.find(end).unwrap() + end.len()];
    let window = json!({"suggestedWindow": {"start": "2020-01-01T00:00:00Z", "end": "2020-01-02T00:00:00Z"}});
    let body = json!({"Certificate": leaf, "ARIResponse": window.to_string()});
    pebble.post("/set-renewal-info/", &body.to_string());
    // as if the time had come to ask again
    let _ = std::fs::remove_file(room.path("state/acme/windows").join(format!("{member}.json")));
}

#[test]
fn a_renewal_that_the_issuer_wants_fails_no_request() {
    let room = Room::new("acme-renew");
    let pebble = Pebble::start(&room, &Options::default());
    room.name_issuer(&pebble, "");
    for name in ["barzago", "calco"] {
        room.write_certified(name, "");
    }
    room.apply();
    room.trust(&pebble);
    let host = "www.comune.barzago.test";
    let before = serial(&room, host);
    let other = serial(&room, "www.comune.calco.test");
    let key = |text: &str| text[text.find("-----BEGIN PRIVATE").unwrap()..].to_owned();
    let bundle = || std::fs::read_to_string(room.path("state/certificates/barzago.pem")).unwrap();
    let key_before = key(&bundle());

    room.apply();
    suggest_renewal(&room, &pebble, "barzago");
    let load = Load::begin(&room, &[host], 4);
    // the first look asks when to renew, and the next one goes by it
    until("the certificate is another", || {
        room.apply();
        serial(&room, host) != before
    });
    let tally = load.end();
    assert!(tally.failures.is_empty() && tally.answered > 50, "{tally:?}");
    assert_eq!(pebble.orders(), 3);
    assert_ne!(key(&bundle()), key_before, "a new key for each certificate");
    assert_eq!(serial(&room, "www.comune.calco.test"), other);
    assert_eq!(room.condition("barzago", "CertificateServed")[0], "True");
    let status = pebble.status(&before);
    assert_eq!(status["Status"], "Valid");
    room.apply();
    assert_eq!(pebble.orders(), 3, "it is renewed once");
}

#[test]
fn what_is_lost_on_the_engine_costs_no_order() {
    let room = Room::new("acme-lost");
    let pebble = Pebble::start(&room, &Options::default());
    room.name_issuer(&pebble, "");
    room.write_certified("barzago", "");
    room.apply();
    room.trust(&pebble);
    let before = serial(&room, "www.comune.barzago.test");
    let mut remove = vec!["rm".to_owned(), "--force".to_owned()];
    remove.extend(room.containers().into_keys());
    docker(&remove.iter().map(String::as_str).collect::<Vec<_>>());
    for volume in room.volumes() {
        docker(&["volume", "rm", &volume]);
    }
    room.apply();
    room.serves("barzago", &title("barzago"));
    assert_eq!(serial(&room, "www.comune.barzago.test"), before);
    assert_eq!(pebble.orders(), 1);
}

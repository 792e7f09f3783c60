//! The nightly audit: once a night, told beside the rest, and not again after a restart.

use std::net::UdpSocket;

use jiff::{SignedDuration, Timestamp};

use crate::engine::until;
use crate::room::Room;

/// A resolver for which every name is on this machine, on a port of its own.
fn resolver() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut bytes = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut bytes) {
            if let Some(answer) = answer(&bytes[..length]) {
                let _ = socket.send_to(&answer, from);
            }
        }
    });
    port
}

/// RFC 1035: the question again, and for an address 127.0.0.1.
fn answer(question: &[u8]) -> Option<Vec<u8>> {
    let name = question.get(12..)?.iter().position(|byte| *byte == 0)?;
    let end = 12 + name + 5;
    let is_address = question.get(end - 4..end)? == [0, 1, 0, 1];
    let mut answer = question[..2].to_vec();
    answer.extend([0x81, 0x80, 0, 1, 0, u8::from(is_address), 0, 0, 0, 0]);
    answer.extend(&question[12..end]);
    if is_address {
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
    }
    Some(answer)
}

/// The platform with an audit that was due a minute ago.
fn audited(room: &Room) {
    let platform = std::fs::read_to_string(room.path("fleet/platform.yaml")).unwrap();
    let due = Timestamp::now() - SignedDuration::from_mins(1);
    let audit = format!(
        "  audit: {{schedule: \"{}\", jitter: 1s, allowPrivate: true, rate: 1000/1s, resolver: '127.0.0.1:{}', httpsPort: {}, \
         httpPort: {}, extraRoots: [{}]}}\n",
        due.strftime("%H:%M"),
        resolver(),
        room.https,
        room.http,
        room.path("state/ca/ca.pem").display()
    );
    room.write("platform.yaml", platform.trim_end().to_owned() + "\n" + &audit);
}

fn runs(room: &Room) -> usize {
    room.run(&["audit", "trend", "--json"]).ends(0).json()["runs"].as_array().unwrap().len()
}

#[test]
fn a_night_has_one_audit_which_makes_nobody_unready() {
    let room = Room::with_members("daemon-audit", &["barzago", "calco"]);
    room.write_member("calco", "Comune di calco", "  audit: {enabled: false}\n");
    audited(&room);
    let commit = room.commit();
    room.apply().ends(0);
    let mut daemon = room.daemon();
    room.will_be("barzago", "HttpsSecure", ["True", "Secure"]);
    room.will_be("barzago", "CertificateTrusted", ["True", "Trusted"]);
    daemon.converges(&commit);
    assert_eq!(daemon.metric("campanile_audit_class", &["member=\"barzago\"", "class=\"secure\""]), 1);
    assert_eq!(daemon.metric("campanile_audit_class", &["member=\"calco\""]), 0);
    until("the report is written", || room.path("state/audit/report.html").exists());
    let report = std::fs::read_to_string(room.path("state/audit/report.html")).unwrap();
    assert!(report.contains("Comune di barzago") && !report.contains("Comune di calco"));
    assert_eq!(daemon.troubles(), "[]");
    daemon.ends();

    let daemon = room.daemon();
    room.will_be("barzago", "HttpsSecure", ["True", "Secure"]);
    daemon.converges(&commit);
    assert_eq!(daemon.metric("campanile_audit_class", &["member=\"barzago\"", "class=\"secure\""]), 1);
    assert_eq!(runs(&room), 1);
    room.run(&["log", "barzago"]).ends(0).says("HttpsSecure");
}

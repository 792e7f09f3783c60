//! Name servers in trouble: said clearly, nothing is lost, and everything else goes on.

use std::fs::File;
use std::io::Write;

use super::{Dns, content, data, records, settled, write_member};
use crate::room::{Room, title};
use crate::servers::{Bind, Key, Knot, Server, update};

/// What `apply` says while the sites go on all the same.
#[track_caller]
fn says(room: &Room, words: &str) {
    room.run(&["apply"]).ends(1).says(words);
    room.serves("barzago", &title("barzago"));
}

#[test]
fn a_name_server_that_is_gone_slow_or_does_not_know_the_key() {
    let mut knot = Knot::primary("zones-away", &[]);
    let room = Room::with_members("zones-away", &["barzago"]);
    Dns::of(&knot).tell(&room);
    room.apply();
    write_member(&room, "calco", &records(&[("albo", "A", "192.0.2.1")]));

    knot.freeze();
    says(&room, "has not answered for 5 s");
    knot.thaw();
    let folder = tempfile::tempdir().unwrap();
    let wrong = Key::new(folder.path(), &knot.key().name);
    Dns { key: &wrong, ..Dns::of(&knot) }.tell(&room);
    says(&room, "has another secret or algorithm for the TSIG key");
    let unknown = Key::new(folder.path(), "nobody");
    Dns { key: &unknown, ..Dns::of(&knot) }.tell(&room);
    says(&room, "or does not know the key");
    File::create(&unknown.file).unwrap().write_all(b"not base64!").unwrap();
    says(&room, "its secret is not base64");
    std::fs::remove_file(&unknown.file).unwrap();
    says(&room, "reading the secret of the TSIG key in");
    Dns::of(&knot).tell(&room);
    knot.stop();
    says(&room, "Connection refused");
    knot.start();
    room.apply();
    settled(&room);
    assert_eq!(data(knot.address(), "albo.comune.calco.test", "A"), ["192.0.2.1"]);
}

#[test]
fn clocks_that_are_apart_are_told_with_the_difference() {
    let knot = Knot::primary("zones-clock", &[]);
    let room = Room::new("zones-clock");
    Dns::of(&knot).tell(&room);
    write_member(&room, "calco", "");
    let mut late = std::process::Command::new("faketime");
    let run = room.command(&["apply"]);
    late.args(["-f", "+1h"]).arg(run.get_program()).args(run.get_args());
    for (name, value) in run.get_envs() {
        late.env(name, value.unwrap_or_default());
    }
    let said =
        late.output().expect("this test needs the program faketime: install Debian's package faketime");
    let said = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    assert!(said.contains("s apart, and it refuses what we sign"), "{said}");
    room.apply();
    settled(&room);
}

#[test]
fn a_server_that_lets_nobody_transfer_or_has_no_zone() {
    let bind = Bind::primary(&[("comune.calco.test", "www A 192.0.2.1\n")]);
    let room = Room::new("zones-refused");
    let dns =
        Dns { server: bind.address(), key: bind.key(), asked: vec![bind.address()], more: String::new() };
    dns.tell(&room);
    write_member(&room, "dervio", "");
    room.run(&["apply"]).ends(1).says("make it there, or name a catalog zone in spec.dns.catalog");
    assert_eq!(room.condition("dervio", "ZoneServed")[1], "Missing");
}

#[test]
fn a_zone_with_thousands_of_records_is_changed_by_one_of_them() {
    let knot = Knot::primary("zones-large", &[]);
    let room = Room::new("zones-large");
    Dns::of(&knot).tell(&room);
    write_member(&room, "calco", "    policy: share\n");
    room.apply();
    let lines: Vec<String> =
        (0..5000).map(|n| format!("add h{n}.comune.calco.test 3600 A 192.0.2.{}", n % 250)).collect();
    for part in lines.chunks(500) {
        let part: Vec<&str> = part.iter().map(String::as_str).collect();
        update(knot.address(), Some(knot.key()), "comune.calco.test", &part).unwrap();
    }
    settled(&room);
    write_member(&room, "calco", &format!("    policy: share\n{}", records(&[("albo", "A", "192.0.2.1")])));
    room.apply();
    settled(&room);
    let there = content(knot.address(), knot.key(), "comune.calco.test");
    assert_eq!(there.iter().filter(|record| record.contains(" A ")).count(), 5001);
}

#[test]
fn records_that_nobody_knows_stay_in_a_shared_zone() {
    let knot = Knot::primary("zones-unknown", &[]);
    let room = Room::new("zones-unknown");
    Dns::of(&knot).tell(&room);
    write_member(&room, "calco", "    policy: share\n");
    room.apply();
    let odd = [
        "add odd.comune.calco.test 60 TYPE65280 \\# 3 010203",
        "add x.comune.calco.test 60 LOC 45 0 0.000 N 9 0 0.000 E 200.00m 1m 10000m 10m",
    ];
    update(knot.address(), Some(knot.key()), "comune.calco.test", &odd).unwrap();
    let long = "v=DKIM1; p=".to_owned() + &"A".repeat(600);
    write_member(
        &room,
        "calco",
        &format!("    policy: share\n{}", records(&[("k._domainkey", "TXT", &long)])),
    );
    room.apply();
    settled(&room);
    let there = content(knot.address(), knot.key(), "comune.calco.test").join("\n");
    assert!(there.contains("TYPE65280 \\# 3 010203") && there.contains("LOC"), "{there}");
    let text = data(knot.address(), "k._domainkey.comune.calco.test", "TXT").join("");
    assert_eq!(text.replace("\" \"", "").replace("\\;", ";"), format!("\"{long}\""));
}

//! What is done in a zone: everything in one that we made, nothing in one that was there, our own part in one that is shared.

use super::{Dns, content, data, records, settled, write_member};
use crate::room::Room;
use crate::servers::{Bind, Knot, Server, ask, update};

#[test]
fn zones_are_made_signed_and_changed_record_by_record() {
    let knot = Knot::primary("zones-made", &[]);
    let room = Room::with_members("zones-made", &["barzago"]);
    Dns::of(&knot).tell(&room);
    let two = records(&[("albo", "A", "192.0.2.1"), ("posta", "CNAME", "www")]);
    write_member(&room, "calco", &two);
    room.apply();
    settled(&room);
    let www = ask(knot.address(), "www.comune.barzago.test", "A");
    assert!(www.signed && www.data() == ["192.0.2.10"], "{www:?}");
    let begun = content(knot.address(), knot.key(), "comune.calco.test");
    let expected = [
        " NS ns1.dns.test.",
        "_campanile. TXT \"platform=livetest-zones-made\"",
        "albo. A 192.0.2.1",
        "posta. CNAME www.comune.calco.test.",
    ];
    assert_eq!(begun, expected);

    write_member(&room, "calco", &records(&[("albo", "A", "192.0.2.1")]));
    room.run(&["plan"]).ends(0).says("posta CNAME (no document asks for it): - www.comune.calco.test.");
    room.apply();
    settled(&room);
    let left = content(knot.address(), knot.key(), "comune.calco.test");
    assert_eq!(left, begun[..begun.len() - 1], "one record is gone, and nothing else changed");
    room.remove_member("calco");
    room.apply();
    assert_eq!(
        content(knot.address(), knot.key(), "comune.calco.test"),
        left,
        "a member that left keeps its zone"
    );
}

#[test]
fn many_deletions_at_once_are_held_until_they_are_released() {
    let knot = Knot::primary("zones-held", &[]);
    let room = Room::new("zones-held");
    Dns::of(&knot).tell(&room);
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let all: Vec<(&str, &str, &str)> = names.iter().map(|name| (*name, "A", "192.0.2.1")).collect();
    write_member(&room, "calco", &records(&all));
    room.apply();
    settled(&room);
    write_member(&room, "calco", &records(&[&all[..4], &[("i", "A", "192.0.2.2")]].concat()));
    room.run(&["apply"]).ends(1).says("4 of 11 records of comune.calco.test would go at once, and 3 may");
    assert_eq!(data(knot.address(), "e.comune.calco.test", "A"), ["192.0.2.1"]);
    assert_eq!(data(knot.address(), "i.comune.calco.test", "A"), ["192.0.2.2"], "what comes is not held");
    let plan = room.run(&["plan", "--output", "json"]).json();
    room.run(&["apply", "--release", plan["digest"].as_str().unwrap()]).ends(0);
    assert_eq!(ask(knot.address(), "e.comune.calco.test", "A").status, "NXDOMAIN");
    assert_eq!(data(knot.address(), "d.comune.calco.test", "A"), ["192.0.2.1"]);
    settled(&room);
}

#[test]
fn a_zone_that_was_there_is_looked_at_shared_and_taken_over() {
    let old = "www A 192.0.2.99\nalbo CNAME www\nmail A 192.0.2.98\n@ MX 10 mail\n";
    let bind = Bind::primary(&[("comune.calco.test", old)]);
    let room = Room::new("zones-there");
    let dns =
        Dns { server: bind.address(), key: bind.key(), asked: vec![bind.address(); 2], more: String::new() };
    dns.tell(&room);
    let before = content(bind.address(), bind.key(), "comune.calco.test");

    write_member(&room, "calco", "");
    room.run(&["apply"]).ends(1).says("own would delete albo CNAME, @ MX, mail A, www A");
    write_member(&room, "calco", "    policy: observe\n");
    room.apply();
    assert_eq!(content(bind.address(), bind.key(), "comune.calco.test"), before, "nothing was touched");

    let new = records(&[("nuovo", "A", "192.0.2.5"), ("www", "A", "192.0.2.6")]);
    write_member(&room, "calco", &format!("    policy: share\n{new}"));
    room.run(&["apply"]).ends(1).says("what stands there is not ours: 192.0.2.99");
    assert_eq!(data(bind.address(), "nuovo.comune.calco.test", "A"), ["192.0.2.5"]);
    write_member(&room, "calco", "    policy: share\n");
    room.apply();
    let shared = content(bind.address(), bind.key(), "comune.calco.test");
    assert_eq!(
        shared.iter().filter(|record| !record.contains("_campanile")).cloned().collect::<Vec<_>>(),
        before
    );

    let keep = [("www", "A", "192.0.2.99"), ("mail", "A", "192.0.2.98"), ("@", "MX", "10 mail")];
    write_member(&room, "calco", &format!("    policy: own\n{}", records(&keep)));
    room.apply();
    settled(&room);
    assert_eq!(ask(bind.address(), "albo.comune.calco.test", "CNAME").status, "NXDOMAIN");
    assert_eq!(data(bind.address(), "www.comune.calco.test", "A"), ["192.0.2.99"]);
}

#[test]
fn a_plan_that_somebody_overtook_is_refused() {
    let knot = Knot::primary("zones-moved", &[]);
    let room = Room::new("zones-moved");
    Dns::of(&knot).tell(&room);
    write_member(&room, "calco", &records(&[("albo", "A", "192.0.2.1")]));
    room.apply();
    write_member(&room, "calco", &records(&[("albo", "A", "192.0.2.2")]));
    let plan = room.path("plan.json");
    room.run(&["plan", "--out", plan.to_str().unwrap()]).ends(0);
    let by_hand = ["del albo.comune.calco.test A", "add albo.comune.calco.test 60 A 192.0.2.7"];
    update(knot.address(), Some(knot.key()), "comune.calco.test", &by_hand).unwrap();
    room.run(&["apply", plan.to_str().unwrap()]).ends(1).says("moved since the plan");
    assert_eq!(data(knot.address(), "albo.comune.calco.test", "A"), ["192.0.2.7"]);
    room.apply();
    assert_eq!(
        data(knot.address(), "albo.comune.calco.test", "A"),
        ["192.0.2.2"],
        "the zone is ours: it is put back"
    );
}

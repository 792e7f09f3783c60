//! An apply that is killed while it makes and changes many zones: the next one ends it, and nothing is lost or doubled.

use super::{Dns, content, data, records, settled, transfer, write_member};
use crate::engine::until;
use crate::room::Room;
use crate::servers::{Knot, Server};

const ZONES: usize = 30;
const KILLS: usize = 6;

fn name(number: usize) -> String {
    format!("m{number}")
}

/// Gives every zone records that say a version: some stay, one comes, one goes, one changes.
fn write(room: &Room, version: usize) {
    for number in 0..ZONES {
        let changing = format!("192.0.2.{version}");
        let coming = format!("v{version}");
        let all =
            [("albo", "A", "192.0.2.200"), ("www", "A", changing.as_str()), (&coming, "TXT", "versione")];
        write_member(room, &name(number), &records(&all));
    }
}

fn expected(room: &Room, version: usize) -> Vec<String> {
    let mut expected = vec![
        " NS ns1.dns.test.".to_owned(),
        format!("_campanile. TXT \"platform={}\"", room.platform),
        "albo. A 192.0.2.200".to_owned(),
        format!("v{version}. TXT \"versione\""),
        format!("www. A 192.0.2.{version}"),
    ];
    expected.sort();
    expected
}

/// How many of the zones are as a version says.
fn done(knot: &Knot, room: &Room, version: usize) -> usize {
    let is_done = |number: &usize| {
        let zone = format!("comune.{}.test", name(*number));
        // one that is not there yet gives nothing
        transfer(knot.address(), Some(knot.key()), &zone).is_ok()
            && content(knot.address(), knot.key(), &zone) == expected(room, version)
    };
    (0..ZONES).filter(is_done).count()
}

/// Begins an apply, ends it on the spot when one of the zones has what the version says, and says how many have then.
fn kill(knot: &Knot, room: &Room, version: usize, zone: &str) -> usize {
    let mut apply = room.command(&["apply", "--parallel", "1"]).spawn().unwrap();
    let record = format!("v{version}.{zone}");
    until("that zone has it", || !data(knot.address(), &record, "TXT").is_empty());
    apply.kill().unwrap();
    apply.wait().unwrap();
    done(knot, room, version)
}

#[test]
fn an_apply_killed_among_many_zones_loses_and_doubles_nothing() {
    let knot = Knot::primary("zones-killed", &[]);
    let mut room = Room::new("zones-killed");
    // each member has a network
    room.range = "10.92.0.0/20".to_owned();
    Dns::of(&knot).tell(&room);
    // lanes are begun in the order of their names
    let mut zones: Vec<String> = (0..ZONES).map(|number| format!("comune.{}.test", name(number))).collect();
    zones.sort();
    let chosen = zones.iter().step_by(ZONES / KILLS);

    write(&room, 0);
    let made: Vec<usize> = chosen.clone().map(|zone| kill(&knot, &room, 0, zone)).collect();
    room.apply();
    settled(&room);
    assert_eq!(done(&knot, &room, 0), ZONES);
    let mut changed = Vec::new();
    for (version, zone) in (1..).zip(chosen) {
        write(&room, version);
        changed.push(kill(&knot, &room, version, zone));
    }
    eprintln!("of {ZONES} zones {made:?} were made and {changed:?} changed when it was killed");
    let middle = |counts: &[usize]| counts.iter().filter(|count| (1..ZONES).contains(*count)).count();
    assert!(middle(&made) > 1 && middle(&changed) > 1, "seldom in the middle: {made:?} {changed:?}");
    room.apply();
    settled(&room);
    assert_eq!(done(&knot, &room, changed.len()), ZONES);
    let entries = transfer(knot.address(), Some(knot.key()), knot.catalog()).unwrap();
    let entries = entries.iter().filter(|record| record.contains(" PTR ")).count();
    assert_eq!(entries, ZONES, "each zone is in the catalog once");
}

//! Changes that concern everybody at once, and changes that cannot succeed.

use crate::room::{Room, title};

#[test]
fn a_change_to_every_member_at_once_converges_in_one_apply() {
    let names: Vec<String> = (0..14).map(|n| format!("rione{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let room = Room::with_members("rolling", &names);
    room.write_member(names[0], &title(names[0]), "    volumes: [{name: content, path: /srv/content}]\n");
    room.apply();

    for name in &names {
        let more =
            if *name == names[0] { "    volumes: [{name: content, path: /srv/content}]\n" } else { "" };
        room.write_member(name, &format!("Nuova {name}"), more);
    }
    // one lane at a time: as many waves of routes as there can be
    room.run(&["apply", "--parallel", "1"]).ends(0).says("14 of 14 members are ready");
    for name in &names {
        room.serves(name, &format!("Nuova {name}"));
    }
    room.apply().says("Nothing to do");
}

#[test]
fn a_new_network_waits_until_nothing_is_missing() {
    let room = Room::with_members("missing", &["barzago"]);
    room.apply();
    let before = room.containers();

    room.write_member("barzago", &title("barzago"), "    secrets: [{name: token}]\n  egress: true\n");
    room.run(&["plan"]).says("secret token").says("chmod 600");
    room.run(&["apply"]).ends(1).says("secret token");
    assert_eq!(room.containers(), before, "the old version goes on");
    room.serves("barzago", &title("barzago"));
}

//! Images that do not exist, crash or do not listen, and ranges without room: one member's trouble, told with its reason.

use crate::documents::{BASE, SITE, member, with_site};
use crate::room::{Room, title};

/// A member with another image in the place of the site's.
fn with_image(name: &str, image: &str, more: &str) -> String {
    member(name, &title(name), more).replace(SITE, image)
}

/// Nothing can be fetched from here: nobody listens on that port.
const NOWHERE: &str = "127.0.0.1:9/comune-site:1";

#[test]
fn an_image_that_does_not_exist_stops_its_member_alone() {
    let room = Room::with_members("noimage", &["calco"]);
    room.write("members/barzago.yaml", with_image("barzago", NOWHERE, ""));
    room.run(&["apply"]).ends(1).says("failed: main/barzago: pull image 127.0.0.1:9/comune-site:1");
    room.serves("calco", &title("calco"));
    let [status, reason, _] = room.condition("barzago", "WorkloadsReady");
    assert_eq!((status.as_str(), reason.as_str()), ("False", "NotReady"));
}

#[test]
fn the_old_version_serves_while_the_new_image_cannot_be_fetched() {
    let room = Room::with_members("oldimage", &["barzago"]);
    room.apply();
    let before = room.containers();
    room.write("members/barzago.yaml", with_image("barzago", NOWHERE, ""));
    room.run(&["apply"]).ends(1).says("pull image");
    room.serves("barzago", &title("barzago"));
    assert_eq!(room.containers(), before);
}

#[test]
fn the_old_version_serves_while_the_new_one_crashes() {
    let room = Room::with_members("crash", &["barzago", "calco"]);
    room.apply();
    let crashing = "    command: [sh, -c, 'echo the archive is locked >&2; exit 3']\n";
    room.write("members/barzago.yaml", with_image("barzago", BASE, crashing));
    room.run(&["apply"]).ends(1).says("ends again and again").says("the archive is locked");
    room.serves("barzago", &title("barzago"));
    room.serves("calco", &title("calco"));
    room.run(&["status"]).ends(0).says("the version before serves").says("the archive is locked");
    let [status, reason, _] = room.condition("barzago", "WorkloadsReady");
    assert_eq!((status.as_str(), reason.as_str()), ("True", "OlderServes"), "visitors are served");
    let [status, reason, message] = room.condition("barzago", "Progressing");
    assert_eq!((status.as_str(), reason.as_str()), ("False", "NewVersionFails"));
    assert!(message.contains("it last said: the archive is locked"), "{message}");

    room.write_member("barzago", "Comune riparato di Barzago", "");
    room.apply();
    room.serves("barzago", "Comune riparato di Barzago");
    room.container("barzago", "site");
}

#[test]
fn a_first_version_that_crashes_shows_its_last_words() {
    let room = Room::with_members("words", &["calco"]);
    let crashing = "    command: [sh, -c, 'echo no database >&2; exit 1']\n";
    room.write("members/barzago.yaml", with_image("barzago", BASE, crashing));
    room.run(&["apply"]).ends(1);
    room.run(&["status", "barzago"]).ends(0).says("it last said: ").says("no database");
    room.serves("calco", &title("calco"));
}

#[test]
fn a_port_that_nobody_listens_on_is_named() {
    let room = Room::with_members("port", &["calco"]);
    let site = format!("    image: {SITE}\n    hosts: [www.comune.barzago.test]\n    port: 8081\n");
    room.write("members/barzago.yaml", with_site("barzago", &site));
    room.run(&["apply", "--timeout", "5"]).ends(1).says(":8081/ does not answer");
    room.serves("calco", &title("calco"));
}

#[test]
fn a_range_without_room_blocks_the_member_that_has_none() {
    let mut room = Room::with_members("range", &["barzago", "calco"]);
    room.range = room.range.replace("/24", "/28");
    room.write("platform.yaml", room.platform_at(&crate::engine::endpoint()));
    let said = room.run(&["apply"]).ends(1).says("give the engine a wider range in platform.yaml");
    assert!(said.output.contains("1 of 2 members are ready"), "{said:?}");
    assert_eq!(room.networks().len(), 1);

    room.range = room.range.replace("/28", "/24");
    room.write("platform.yaml", room.platform_at(&crate::engine::endpoint()));
    room.apply();
    room.serves("barzago", &title("barzago"));
    room.serves("calco", &title("calco"));
}

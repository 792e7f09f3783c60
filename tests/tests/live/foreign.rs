//! What is not ours stays as it is, whatever its name or address.

use crate::documents::BASE;
use crate::engine::{docker, try_docker};
use crate::room::{Room, title};

/// Something of somebody else's, removed at the end.
struct Foreign {
    remove: Vec<String>,
}

impl Foreign {
    fn new(create: &[&str], remove: &[&str]) -> Self {
        let _ = try_docker(remove);
        docker(create);
        Self { remove: remove.iter().map(|&word| word.to_owned()).collect() }
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let words: Vec<&str> = self.remove.iter().map(String::as_str).collect();
        let _ = try_docker(&words);
    }
}

/// Applies barzago with a foreign object in its way, and calco beside it; the foreign one stays.
#[track_caller]
fn check(room: &Room, kind: &str, name: &str, create: &[&str], remove: &[&str]) {
    let foreign = Foreign::new(create, remove);
    let inspect = || docker(&[kind, "inspect", name]);
    let before = inspect();
    room.run(&["apply"])
        .ends(1)
        .says(&format!("a {kind} of this name is there, and it is not ours"))
        .says(&format!("docker {kind} inspect {name}"));
    room.serves("calco", &title("calco"));
    assert_eq!(inspect(), before);
    drop(foreign);
    room.apply();
    room.serves("barzago", &title("barzago"));
}

#[test]
fn a_foreign_container_with_our_name() {
    let room = Room::with_members("container", &["barzago", "calco"]);
    room.apply();
    let name = room.container("barzago", "site");
    docker(&["rm", "--force", &name]);
    check(
        &room,
        "container",
        &name,
        &["create", "--name", &name, "--network", "none", BASE],
        &["rm", "--force", &name],
    );
}

#[test]
fn a_foreign_network_with_our_name() {
    let room = Room::with_members("network", &["barzago", "calco"]);
    let name = format!("{}.barzago", room.platform);
    let create = ["network", "create", "--subnet", "10.79.200.0/28", &name];
    check(&room, "network", &name, &create, &["network", "rm", &name]);
}

#[test]
fn a_foreign_volume_with_our_name() {
    let room = Room::with_members("data", &["calco"]);
    room.write_member("barzago", &title("barzago"), "    volumes: [{name: content, path: /srv/content}]\n");
    let name = format!("{}.barzago.content", room.platform);
    check(&room, "volume", &name, &["volume", "create", &name], &["volume", "rm", &name]);
}

#[test]
fn a_foreign_ingress_with_our_name() {
    let room = Room::with_members("gate", &["barzago"]);
    room.apply();
    let name = room.ingress();
    docker(&["rm", "--force", &name]);
    let foreign =
        Foreign::new(&["create", "--name", &name, "--network", "none", BASE], &["rm", "--force", &name]);
    room.run(&["apply", "--timeout", "3"])
        .ends(1)
        .says("a container of this name is there, and it is not ours");
    drop(foreign);
    room.apply();
    room.serves("barzago", &title("barzago"));
}

#[test]
fn addresses_of_a_foreign_network_are_left_to_it() {
    let room = Room::with_members("addresses", &["barzago", "calco"]);
    let name = format!("{}-foreign", room.platform);
    let half = room.range.replace("/24", "/25");
    let _foreign = Foreign::new(&["network", "create", "--subnet", &half, &name], &["network", "rm", &name]);
    room.apply();
    let below = room.range.replace(".0/24", ".");
    for network in room.networks() {
        let subnet =
            docker(&["network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", &network]);
        let last = subnet.strip_prefix(&below).and_then(|rest| rest.split('/').next()).unwrap_or("0");
        assert!(last.parse::<u8>().unwrap() >= 128, "{network} has {subnet}");
    }
}

#[test]
fn another_platform_on_the_same_engine_is_not_touched() {
    let [one, two] = ["one", "two"].map(|name| Room::with_members(name, &["barzago"]));
    one.apply();
    let before = one.containers();
    two.apply();
    two.remove_member("barzago");
    two.write_member("calco", &title("calco"), "");
    two.apply();
    assert_eq!(one.containers(), before);
    one.serves("barzago", &title("barzago"));
    one.apply().says("Nothing to do");
}

//! The hard faults of a daemon: its engine stopped, frozen and killed, itself killed, registries, a full disk, a clock that
//! jumps, a history that is damaged under its hands. Each is the real thing.

mod clock;
mod corrupted;
mod dockerd;
mod folder;
mod killed;
mod own_engine;
mod pulls;
mod registry;

use crate::room::Room;

/// Every member shows its title, and there is no object more or less than it takes.
#[track_caller]
fn is_whole(room: &Room, members: &[(&str, &str)]) {
    for (member, title) in members {
        room.will_serve(member, title);
        room.container(member, "site");
    }
    assert_eq!(room.containers().len(), members.len() + 1, "{:?}", room.containers());
    let networks: Vec<String> =
        members.iter().map(|(member, _)| format!("{}.{member}", room.platform)).collect();
    assert_eq!(room.networks(), networks);
    assert_eq!(room.volumes(), [format!("{}.ingress", room.platform)]);
    room.run(&["plan", "--detailed-exitcode"]).ends(0);
}

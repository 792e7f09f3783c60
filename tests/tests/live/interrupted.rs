//! Applies that are killed, doubled, or lose their engine on the way; engines that are not there.

use std::collections::BTreeSet;
use std::process::Child;

use crate::documents::{engine, platform};
use crate::engine::{endpoint, until};
use crate::proxy::{Mode, Proxy};
use crate::room::{Room, Run, free_port, title};

/// Enough members for a pass that takes a while.
pub const MEMBERS: [&str; 6] = ["barzago", "calco", "dervio", "erve", "lierna", "perledo"];

/// A room whose engine is reached through a proxy.
pub fn behind_proxy(topic: &str, members: &[&str]) -> (Room, Proxy) {
    let room = Room::with_members(topic, members);
    let proxy = Proxy::new(room.path("engine.sock"));
    room.write("platform.yaml", room.platform_at(&proxy.endpoint()));
    (room, proxy)
}

fn start(room: &Room) -> Child {
    room.command(&["apply"]).spawn().unwrap()
}

fn end(apply: Child) -> Run {
    apply.wait_with_output().unwrap().into()
}

/// Every member is served, and there is no object more or less than it takes.
#[track_caller]
pub fn is_whole(room: &Room, members: &[&str]) {
    for member in members {
        room.serves(member, &title(member));
        room.container(member, "site");
    }
    assert_eq!(room.containers().len(), members.len() + 1);
    let networks: Vec<String> = members.iter().map(|member| format!("{}.{member}", room.platform)).collect();
    assert_eq!(room.networks(), networks);
    assert_eq!(room.volumes(), [format!("{}.ingress", room.platform)]);
    room.run(&["plan", "--detailed-exitcode"]).ends(0);
}

#[test]
fn a_second_apply_at_once_says_who_is_at_work() {
    let (room, proxy) = behind_proxy("twice", &["barzago"]);
    proxy.set(Mode::Frozen);
    let first = start(&room);
    until("the first apply asks the engine", || proxy.turned_away() > 0);
    let holder = format!("process {}, since", first.id());
    room.run(&["apply", "--wait", "0"]).ends(1).says(&holder);
    proxy.set(Mode::Open);
    end(first).ends(0);
    is_whole(&room, &["barzago"]);
}

#[test]
fn an_apply_killed_again_and_again_converges_and_nothing_is_doubled() {
    let room = Room::with_members("killed", &MEMBERS);
    let objects = || room.networks().len() + room.volumes().len() + room.containers().len();
    let mut reached = BTreeSet::new();
    for enough in [1, 3, 6, 9, 12, 14] {
        let mut apply = start(&room);
        until("the apply has made more objects", || {
            objects() >= enough || apply.try_wait().unwrap().is_some()
        });
        apply.kill().unwrap();
        end(apply);
        reached.insert(objects());
    }
    assert!(reached.len() >= 3, "it was killed at {reached:?} objects alone");
    room.apply();
    is_whole(&room, &MEMBERS);
}

#[test]
fn an_apply_killed_while_a_version_is_replaced_converges() {
    let room = Room::with_members("swapped", &["barzago"]);
    room.apply();
    room.write_member("barzago", "Comune nuovo di Barzago", "");
    let mut apply = start(&room);
    until("both versions are there", || room.containers().len() == 3 || apply.try_wait().unwrap().is_some());
    apply.kill().unwrap();
    end(apply);
    let page = room.get("www.comune.barzago.test", "/");
    assert_eq!(page.status, 200, "one of the two serves");
    room.apply();
    room.serves("barzago", "Comune nuovo di Barzago");
    assert_eq!(room.containers().len(), 2);
}

#[test]
fn an_engine_that_goes_away_in_mid_apply_and_comes_back_is_waited_for() {
    let (room, proxy) = behind_proxy("away", &MEMBERS);
    let apply = start(&room);
    until("the first containers are made", || proxy.created() >= 2);
    proxy.set(Mode::Cut);
    until("the apply has noticed", || proxy.turned_away() >= 3);
    proxy.set(Mode::Open);
    end(apply).ends(0);
    is_whole(&room, &MEMBERS);
}

#[test]
fn an_engine_that_freezes_in_mid_apply_and_thaws_is_waited_for() {
    let (room, proxy) = behind_proxy("frozen", &["barzago", "calco"]);
    let apply = start(&room);
    until("the first container is made", || proxy.created() >= 1);
    proxy.set(Mode::Frozen);
    until("something waits", || proxy.turned_away() > 0);
    proxy.set(Mode::Open);
    end(apply).ends(0);
    is_whole(&room, &["barzago", "calco"]);
}

#[test]
fn an_engine_that_stays_away_fails_the_apply_and_the_next_one_converges() {
    let (room, proxy) = behind_proxy("gone", &["barzago", "calco"]);
    let apply = start(&room);
    until("the first container is made", || proxy.created() >= 1);
    proxy.set(Mode::Cut);
    end(apply).ends(1).says("cannot be reached");
    proxy.set(Mode::Open);
    room.apply();
    is_whole(&room, &["barzago", "calco"]);
}

#[test]
fn an_engine_that_answers_with_errors_is_quoted_and_nothing_is_lost() {
    let (room, proxy) = behind_proxy("failing", &["barzago"]);
    room.apply();
    let before = room.containers();
    proxy.set(Mode::Failing);
    room.run(&["apply"]).ends(1).says("the disk of the engine is full");
    room.run(&["status"]).ends(0).says("the engine main cannot be reached");
    room.serves("barzago", &title("barzago"));
    assert_eq!(room.containers(), before);
    proxy.set(Mode::Open);
    room.apply().says("Nothing to do");
}

#[test]
fn an_unreachable_second_engine_costs_the_members_of_the_first_nothing() {
    let room = Room::with_members("second", &["barzago"]);
    let socket = room.path("nobody.sock");
    let nobody = format!("unix://{}", socket.display());
    let ports = (free_port(), free_port());
    let main = engine("main", &endpoint(), &room.range, (room.http, room.https));
    let own = engine("own", &nobody, "10.79.224.0/24", ports);
    room.write("platform.yaml", platform(&room.platform, &[main, own]));
    room.write_member("calco", &title("calco"), "    engine: own\n");
    let path = socket.to_str().unwrap();
    room.run(&["apply"]).ends(1).says("engine own: it cannot be reached, and 1 members run on it").says(path);
    room.serves("barzago", &title("barzago"));
    room.run(&["status"]).ends(0).says("1 of 2 members are ready").says("the engine own cannot be reached");
}

#[test]
fn a_state_that_cannot_be_noted_is_said_after_the_work_and_beside_its_summary() {
    let room = Room::with_members("unnoted", &["barzago"]);
    std::fs::create_dir_all(room.path("state/history.sqlite")).unwrap();
    let run = room.run(&["apply"]).ends(1).says("not noted in the state folder: ");
    run.says("1 of 1 members are ready");
    room.serves("barzago", &title("barzago"));
}

#[test]
fn two_names_of_one_engine_are_refused_and_nothing_is_touched() {
    let room = Room::with_members("twins", &["barzago"]);
    room.apply();
    let before = room.containers();
    let other = Proxy::new(room.path("other.sock"));
    let main = engine("main", &endpoint(), &room.range, (room.http, room.https));
    let twin = engine("twin", &other.endpoint(), "10.79.225.0/24", (free_port(), free_port()));
    room.write("platform.yaml", platform(&room.platform, &[main, twin]));
    room.write_member("calco", &title("calco"), "    engine: twin\n");
    room.run(&["apply"])
        .ends(1)
        .says("the engines main and twin are the same Docker Engine; keep one of them");
    assert_eq!(room.containers(), before);
    room.serves("barzago", &title("barzago"));
}

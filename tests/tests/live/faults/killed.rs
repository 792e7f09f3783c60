//! A daemon that is killed at fifty moments, each time with something to add, change, remove or bring back.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::documents::BASE;
use crate::engine::{docker, until};
use crate::room::Room;

const MEMBERS: [&str; 5] = ["barzago", "calco", "dervio", "erve", "lierna"];
/// Those who have a volume; more than two who are away at once would have their removals held.
const KEEPING: [&str; 2] = ["barzago", "calco"];
const AWAY: usize = 2;
const VOLUME: &str = "    volumes: [{name: content, path: /srv/content}]\n";
const KILLS: usize = 50;

/// Numbers that look like chance and come again with their seed.
struct Chance(u64);

impl Chance {
    /// Below a bound, by xorshift.
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

/// The fleet as its folder has it: the titles of the members that are not away.
struct Fleet<'r> {
    room: &'r Room,
    titles: BTreeMap<&'static str, String>,
}

impl Fleet<'_> {
    fn write(&mut self, member: &'static str, title: String) {
        self.room.write_member(member, &title, if KEEPING.contains(&member) { VOLUME } else { "" });
        self.titles.insert(member, title);
    }

    fn remove(&mut self, member: &'static str) {
        self.room.remove_member(member);
        self.titles.remove(member);
    }

    /// Something for the next start to do: somebody comes back, leaves, or changes.
    fn change(&mut self, turn: usize, chance: &mut Chance) {
        let member = MEMBERS[chance.below(MEMBERS.len())];
        let is_here = self.titles.contains_key(member);
        if is_here && chance.below(2) == 0 && MEMBERS.len() - self.titles.len() < AWAY {
            self.remove(member);
        } else {
            self.write(member, format!("Comune di {member} {turn}"));
        }
    }
}

/// The names of a room's objects of one member, without what differs from version to version.
fn objects(room: &Room) -> BTreeSet<String> {
    let containers = room.containers().into_keys().map(|name| {
        let mut parts: Vec<&str> = name.split('.').skip(1).collect();
        parts.truncate(2);
        format!("container {}", parts.join("."))
    });
    let of = |kind: &'static str, names: Vec<String>| {
        names.into_iter().map(move |name| format!("{kind} {}", name.split_once('.').unwrap().1))
    };
    let all: Vec<String> =
        containers.chain(of("network", room.networks())).chain(of("volume", room.volumes())).collect();
    let names: BTreeSet<String> = all.iter().cloned().collect();
    assert_eq!(names.len(), all.len(), "something is there twice: {all:?}");
    names
}

/// What there has to be for this fleet, each once.
fn expected(fleet: &Fleet) -> BTreeSet<String> {
    let ingress = fleet.room.ingress();
    let (_, ingress) = ingress.split_once('.').unwrap();
    let mut names: BTreeSet<String> = [format!("container {ingress}"), "volume ingress".to_owned()].into();
    for member in MEMBERS {
        let is_here = fleet.titles.contains_key(member);
        if is_here {
            names.extend([format!("container {member}.site"), format!("network {member}")]);
        }
        if KEEPING.contains(&member) {
            names.insert(format!("volume {member}.content"));
            if !is_here {
                names.insert(format!("container {member}.retired"));
            }
        }
    }
    names
}

/// What a script says of a member's volume.
fn content(room: &Room, member: &str, script: &str) -> String {
    let volume = format!("{}.{member}.content:/content", room.platform);
    docker(&["run", "--rm", "--network", "none", "--volume", &volume, BASE, "sh", "-c", script])
}

#[test]
fn a_daemon_killed_at_fifty_moments_converges_and_nothing_is_doubled_or_lost() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()) << 20 | 1);
    eprintln!("SEED={seed} begins the same changes and delays");
    let mut chance = Chance(seed);
    let room = Room::new("fifty");
    let mut fleet = Fleet { room: &room, titles: BTreeMap::new() };
    for member in MEMBERS {
        fleet.write(member, format!("Comune di {member}"));
    }
    let begun = Instant::now();
    let mut daemon = room.daemon();
    until("all are served", || MEMBERS.iter().all(|member| room.is_served(member, "Comune di")));
    let pass = begun.elapsed().min(Duration::from_secs(3));
    for member in KEEPING {
        content(&room, member, &format!("echo 'di {member}' > /content/atto"));
    }
    daemon.ends();

    let mut reached = BTreeSet::new();
    let mut steps = 0;
    for turn in 0..KILLS {
        fleet.change(turn, &mut chance);
        let daemon = room.daemon_with(86_400, |_| {});
        let thousandths = u32::try_from(chance.below(1000)).unwrap();
        std::thread::sleep(pass * thousandths / 1000);
        daemon.signal("KILL");
        drop(daemon);
        let log = std::fs::read_to_string(room.path("daemon.log")).unwrap();
        let done = log.matches("step done").count();
        reached.insert(done - steps);
        steps = done;
    }
    eprintln!("{steps} steps were done by those that were killed; in one life {reached:?}");
    assert!(reached.len() >= 5, "they were killed after {reached:?} steps");

    for member in MEMBERS {
        if ["calco", "erve"].contains(&member) {
            if fleet.titles.contains_key(member) {
                fleet.remove(member);
            }
        } else {
            fleet.write(member, format!("Comune finale di {member}"));
        }
    }
    let mut daemon = room.daemon();
    let expected = || expected(&fleet);
    until("all is as it should be", || {
        fleet.titles.iter().all(|(member, title)| room.is_served(member, title))
            && room.ingresses().len() == 1
    });
    until("what left is gone", || room.containers().len() == 5 && room.networks().len() == 3);
    assert_eq!(objects(&room), expected());
    until("it is known that all is well", || {
        let known = daemon.json("/api/v1/members");
        let members = known["members"].as_array().unwrap();
        members.len() == fleet.titles.len()
            && members.iter().all(|member| member["ready"] == true)
            && daemon.troubles() == "[]"
    });
    for member in KEEPING {
        assert_eq!(content(&room, member, "cat /content/atto"), format!("di {member}"));
    }
    daemon.ends();
    room.run(&["plan", "--detailed-exitcode"]).ends(0);
    room.run(&["log", "--limit", "10000"]).ends(0).says("start_container").says("remove_network");
    let state = std::fs::read_dir(room.path("state")).unwrap().flatten();
    let left: Vec<_> = state.map(|file| file.file_name().into_string().unwrap()).collect();
    assert!(!left.iter().any(|name| name.contains("broken") || name.contains(".new")), "{left:?}");
}

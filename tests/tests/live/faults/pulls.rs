//! Images from a registry that says 429, and from one that is slow.

use std::time::{Duration, Instant};

use super::registry::{Door, Registry};
use crate::documents::{SITE, member};
use crate::engine::{docker, until};
use crate::room::{Room, title};

/// Commits that barzago's site is to have this image.
fn with_image(room: &Room, image: &str) -> String {
    room.write("members/barzago.yaml", member("barzago", &title("barzago"), "").replace(SITE, image));
    room.commit()
}

#[test]
fn a_registry_that_turns_us_away_is_asked_again_later_and_costs_nobody_else_anything() {
    let mut registry = Registry::start();
    let image = registry.fill();
    let room = Room::with_members("busy", &["calco"]);
    registry.set(Door::Busy);
    with_image(&room, &image);
    let daemon = room.daemon();
    room.will_serve("calco", &title("calco"));
    let backoff = || daemon.json("/api/v1/daemon")["backoff"].clone();
    until("the lane waits", || backoff()[0]["lane"] == "main/barzago");
    assert!(daemon.metric("campanile_lanes_backoff", &[]) > 0);
    until("it is tried again, and waits longer", || backoff()[0]["attempts"].as_u64() >= Some(2));
    // the engine itself asks a few times for each pull
    let asked = registry.turned_away();
    assert!((2..20).contains(&asked), "the registry was asked {asked} times");
    let [status, _, message] = room.condition("barzago", "WorkloadsReady");
    assert!(status == "False" && !message.is_empty(), "{message}");
    assert!(daemon.log().contains("pull rate limit"), "the registry is quoted");

    registry.set(Door::Open);
    room.will_serve("barzago", &title("barzago"));
    until("nothing waits any more", || backoff().as_array().is_some_and(Vec::is_empty));
}

#[test]
fn an_image_that_comes_slowly_holds_up_no_other_commit_and_no_end() {
    let mut registry = Registry::start();
    let image = registry.fill();
    let room = Room::with_members("slow", &["barzago", "calco"]);
    let commit = room.commit();
    let mut daemon = room.daemon();
    daemon.converges(&commit);

    registry.set(Door::Slow);
    with_image(&room, &image);
    daemon.webhook();
    until("the image trickles", || registry.trickled() > 4000);
    room.write_member("calco", "Comune nuovo di Calco", "");
    room.commit();
    let begun = Instant::now();
    daemon.webhook();
    room.will_serve("calco", "Comune nuovo di Calco");
    assert!(begun.elapsed() < Duration::from_secs(10), "it took {:?}", begun.elapsed());
    room.serves("barzago", &title("barzago"));
    assert!(
        !docker(&["images", "--format", "{{.Repository}}:{{.Tag}}"]).contains(&image),
        "it trickles still"
    );
    daemon.ends();

    let daemon = room.daemon_with(86_400, |_| {});
    until("the image trickles again", || daemon.log().matches("campanile runs").count() == 2);
    registry.set(Door::Open);
    until("the new image serves", || {
        let of = |name: &String| docker(&["inspect", "--format", "{{.Config.Image}}", name]);
        let mut names = room.containers().into_keys().filter(|name| name.contains(".barzago.site."));
        names.any(|name| of(&name) == image)
    });
    room.will_serve("barzago", &title("barzago"));
}

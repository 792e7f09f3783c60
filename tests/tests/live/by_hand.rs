//! What somebody changes by hand on networks: put back without a restart where that is possible.

use crate::documents::BASE;
use crate::engine::{docker, try_docker};
use crate::room::{Room, title};

const DATA: &str = "    volumes: [{name: content, path: /srv/content}]\n";

/// Since when a container runs.
fn started(container: &str) -> String {
    docker(&["inspect", "--format", "{{.State.StartedAt}}", container])
}

fn addresses(container: &str) -> String {
    docker(&["inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", container])
}

/// Two members, of which something happens to the first; afterwards both are served as before.
#[track_caller]
fn check(topic: &str, restarts: bool, happens: impl FnOnce(&str, &str)) {
    let room = Room::new(topic);
    room.write_member("barzago", &title("barzago"), DATA);
    room.write_member("calco", &title("calco"), "");
    room.apply();
    let (container, network) = (room.container("barzago", "site"), format!("{}.barzago", room.platform));
    let before = (room.containers(), started(&container), addresses(&container), room.volumes());

    happens(&container, &network);
    assert!(!room.try_get("www.comune.barzago.test", "/").is_ok_and(|answer| answer.status == 200));
    room.apply();
    room.serves("barzago", &title("barzago"));
    room.serves("calco", &title("calco"));
    let (containers, start, address, volumes) = before;
    assert_eq!((room.containers(), addresses(&container), room.volumes()), (containers, address, volumes));
    assert_eq!(started(&container) != start, restarts, "started anew");
    room.apply().says("Nothing to do");
}

#[test]
fn a_container_taken_off_its_network() {
    check("disconnect", false, |container, network| {
        docker(&["network", "disconnect", network, container]);
    });
}

#[test]
fn a_container_at_another_address() {
    check("elsewhere", false, |container, network| {
        let there: std::net::Ipv4Addr = addresses(container).trim().parse().unwrap();
        docker(&["network", "disconnect", network, container]);
        let other = std::net::Ipv4Addr::from(u32::from(there) + 5).to_string();
        docker(&["network", "connect", "--ip", &other, network, container]);
    });
}

#[test]
fn a_network_removed_by_force() {
    check("netgone", false, |container, network| {
        docker(&["network", "disconnect", "--force", network, container]);
        docker(&["network", "rm", network]);
    });
}

#[test]
fn a_stopped_container_whose_network_was_removed() {
    check("netstopped", true, |container, network| {
        docker(&["stop", "--time", "1", container]);
        docker(&["network", "rm", network]);
    });
}

#[test]
fn a_stopped_container_taken_off_its_network() {
    check("offstopped", true, |container, network| {
        docker(&["stop", "--time", "1", container]);
        docker(&["network", "disconnect", network, container]);
    });
}

#[test]
fn an_address_that_a_stranger_took() {
    let room = Room::with_members("robbed", &["barzago"]);
    room.apply();
    let (container, network) = (room.container("barzago", "site"), format!("{}.barzago", room.platform));
    let address = addresses(&container).trim().to_owned();
    docker(&["network", "disconnect", &network, &container]);
    let stranger = "livetest-robbed-stranger";
    let _ = try_docker(&["rm", "--force", stranger]);
    docker(&[
        "run",
        "--detach",
        "--name",
        stranger,
        "--network",
        &network,
        "--ip",
        &address,
        BASE,
        "sleep",
        "600",
    ]);
    let applied = room.run(&["apply"]);
    let there = addresses(stranger);
    docker(&["rm", "--force", stranger]);
    applied.ends(0).says("another container has its address now");
    assert_eq!(there.trim(), address, "the stranger is not touched");
    room.serves("barzago", &title("barzago"));
    assert_ne!(addresses(&room.container("barzago", "site")).trim(), address);
}

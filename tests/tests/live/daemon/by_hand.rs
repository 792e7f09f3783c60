//! What somebody does by hand while the daemon runs is undone: at once where the engine tells, at the next look at
//! everything where it does not.

use std::process::Command;

use crate::engine::{docker, until};
use crate::room::{Room, title};

#[test]
fn an_ingress_that_was_removed() {
    let room = Room::with_members("daemon-gate", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let ingress = room.ingress();
    let sites = || {
        let mut containers = room.containers();
        containers.retain(|name, _| name.contains(".site."));
        containers
    };
    let before = sites();
    docker(&["rm", "--force", &ingress]);
    room.will_serve("barzago", &title("barzago"));
    room.will_serve("calco", &title("calco"));
    daemon.converges(&commit);
    assert_eq!(sites(), before);
    assert_eq!(room.ingresses().len(), 1);
}

#[test]
fn files_of_the_ingress_that_were_edited() {
    let room = Room::with_members("daemon-files", &["barzago"]);
    let commit = room.commit();
    let daemon = room.daemon_every(2);
    daemon.converges(&commit);
    let ingress = room.ingress();
    let run = |script: &str| docker(&["exec", &ingress, "sh", "-c", script]);
    run("cd /etc/campanile/routes && for route in $(find . -type f); do echo spoiled >$route; done");
    until("the routes are repaired", || {
        run("find /etc/campanile/routes -type f -exec grep -l spoiled {} + || true").is_empty()
    });
    daemon.converges(&commit);
    room.serves("barzago", &title("barzago"));
}

#[test]
fn a_site_that_was_disconnected_from_its_network() {
    let room = Room::with_members("daemon-cable", &["barzago"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let network = format!("{}.barzago", room.platform);
    docker(&["network", "disconnect", &network, &room.container("barzago", "site")]);
    until("it is connected again", || {
        let members = docker(&["network", "inspect", "--format", "{{len .Containers}}", &network]);
        members == "1" && room.is_served("barzago", &title("barzago"))
    });
    daemon.converges(&commit);
}

#[test]
fn limits_that_were_changed() {
    let room = Room::with_members("daemon-limits", &["barzago"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let site = room.container("barzago", "site");
    let limits = || docker(&["inspect", "--format", "{{.Id}} {{.HostConfig.Memory}}", &site]);
    let before = limits();
    docker(&["update", "--memory", "128m", "--memory-swap", "128m", &site]);
    until("the limits are as declared", || limits() == before);
    daemon.converges(&commit);
}

#[test]
fn a_network_in_use_that_was_removed() {
    let room = Room::with_members("daemon-network", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let network = format!("{}.barzago", room.platform);
    // the daemon may be quicker than two commands: it connects what the first one cut off
    let script = format!(
        "until docker network rm {network}; do docker network disconnect --force {network} {}; done",
        room.container("barzago", "site")
    );
    assert!(Command::new("timeout").args(["60", "sh", "-c", &script]).output().unwrap().status.success());
    until("the network is there again", || room.networks().contains(&network));
    daemon.converges(&commit);
    room.serves("barzago", &title("barzago"));
    room.serves("calco", &title("calco"));
    assert_eq!(room.containers().len(), 3);
}

#[test]
fn a_certificate_that_was_corrupted() {
    let room = Room::with_members("daemon-cert", &["barzago"]);
    let commit = room.commit();
    let daemon = room.daemon_every(2);
    daemon.converges(&commit);
    let file = room.path("state/certificates/barzago.pem");
    assert!(file.exists());
    let before = std::fs::read_to_string(&file).unwrap();
    let first = before.lines().nth(1).unwrap();
    std::fs::write(&file, "questo non è un certificato").unwrap();
    until("a new certificate is issued", || {
        std::fs::read_to_string(&file)
            .is_ok_and(|now| now.contains("BEGIN CERTIFICATE") && !now.contains(first))
    });
    // the visitor trusts the authority alone: what it is shown is sound
    until("the new one is served", || {
        let now = std::fs::read_to_string(&file).unwrap();
        let shown = Command::new("openssl")
            .args(["s_client", "-servername", "www.comune.barzago.test", "-connect"])
            .arg(format!("127.0.0.1:{}", room.https))
            .stdin(std::process::Stdio::null())
            .output()
            .expect("this test needs the program openssl: install Debian's package openssl");
        String::from_utf8_lossy(&shown.stdout).contains(now.lines().nth(1).unwrap())
    });
    room.serves("barzago", &title("barzago"));
}

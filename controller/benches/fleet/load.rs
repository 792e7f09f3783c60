//! A steady load through the ingress, while sites are swapped, the ingress reloads, and is replaced itself.

mod visits;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::containers::{Tag, ours};
use crate::daemon::{Room, until};
use crate::documents::{ENDPOINT, INGRESS, SITE};
use crate::figures::output;
use crate::visitor::Visitor;
use visits::{Tally, visit};

/// Hosts that are asked; their members are swapped.
const HOSTS: usize = 10;
/// Visitors of each host, half of whom keep their connections.
const VISITORS: usize = 4;
/// Requests of each visitor a second.
const RATE: u32 = 10;

pub async fn measure() {
    let migrates = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_migrate_req").unwrap_or_default();
    println!("net.ipv4.tcp_migrate_req = {}", migrates.trim());
    let (site, ingress) =
        (Tag::new(SITE, "campanile-bench/site:2"), Tag::new(INGRESS, "campanile-bench/ingress:2"));
    let mut room = Room::new();
    room.start(60).await;
    let before = room.scrape();

    let ends = Arc::new(AtomicBool::new(false));
    let visitor = Visitor::new(&room.authority());
    let members: Vec<_> = room.documents.members().into_iter().take(HOSTS).collect();
    let mut visits = Vec::new();
    for number in 0..HOSTS * VISITORS {
        let (visitor, host) = (visitor.clone(), members[number % HOSTS].1.clone());
        let keeps = (number / HOSTS).is_multiple_of(2);
        let pause = Duration::from_secs(1) / RATE;
        visits.push(tokio::spawn(visit(visitor, host, keeps, pause, Arc::clone(&ends))));
    }
    let begun = std::time::Instant::now();
    tokio::time::sleep(Duration::from_secs(3)).await;
    for (member, _) in &members {
        room.documents.replace(member, SITE, site.0);
        room.commit();
        room.webhook();
        let name = format!("{}.{member}.site.", crate::documents::PLATFORM);
        until("only the new image runs", || running(&name) == [site.0]).await;
    }
    room.documents.put_platform(ENDPOINT, ingress.0);
    room.commit();
    room.webhook();
    let name = format!("{}.ingress.", crate::documents::PLATFORM);
    until("only the new ingress runs", || running(&name) == [ingress.0]).await;
    room.settled().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let took = begun.elapsed();
    ends.store(true, Ordering::Relaxed);
    let mut tally = Tally::default();
    for visits in visits {
        tally.add(visits.await.expect("the visitor ends"));
    }
    tally.print(took);
    let after = room.scrape();
    for action in ["activate_ingress", "create_container", "drain_container", "retire_ingress"] {
        let name = format!("campanile_steps_total{{action=\"{action}\",result=\"ok\"}}");
        let count = after.get(&name).unwrap_or(&0.0) - before.get(&name).unwrap_or(&0.0);
        println!("{action}: {count}");
    }
}

/// The images of the running containers whose names begin so.
fn running(name: &str) -> Vec<String> {
    let (label, name) = (format!("label={}", ours()), format!("name={name}"));
    let list = ["ps", "--filter", &label, "--filter", &name, "--format", "{{.Image}}"];
    output("docker", &list).lines().map(str::to_owned).collect()
}

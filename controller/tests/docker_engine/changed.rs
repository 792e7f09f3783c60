//! Containers whose limits or networks somebody changed by hand.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use campanile::scope::Part;
use campanile_plan::docker::{Attachment, Limits, Network, ObservedContainer};
use campanile_plan::plan::Action;

use crate::fixture::{Stage, docker};

/// The first address for a container; each test has a range of its own.
fn address(stage: &Stage) -> Ipv4Addr {
    let third = match stage.platform.as_str() {
        "campanile-livetest-limits" => 21,
        "campanile-livetest-offnetwork" => 22,
        _ => 23,
    };
    Ipv4Addr::new(10, 79, third, 2)
}

async fn create_network(stage: &Stage) {
    let network = Network {
        name: stage.name("network"),
        subnet: format!("{}/28", Ipv4Addr::from(u32::from(address(stage)) - 2)).parse().unwrap(),
        internal: true,
        labels: stage.labels(),
    };
    stage.apply(Action::CreateNetwork(network)).await.unwrap();
}

/// A site that runs on its network, with limits.
async fn running(stage: &Stage) {
    create_network(stage).await;
    let attachment = Attachment::Bridge {
        name: stage.name("network"),
        address: address(stage),
        aliases: vec!["site".to_owned()],
    };
    let mut site = stage.container("site", attachment);
    site.declaration.tmpfs = [("/tmp".to_owned(), "size=16m,mode=1777".to_owned())].into();
    site.declaration.memory_bytes = 64 << 20;
    site.declaration.cpu_nano = 250_000_000;
    site.declaration.pids = 64;
    stage.apply(Action::CreateContainer(Box::new(site))).await.unwrap();
    stage.start("site").await;
}

async fn observe(stage: &Stage, inspect: &[&str]) -> ObservedContainer {
    let inspect: BTreeSet<String> = inspect.iter().map(|what| stage.name(what)).collect();
    let seen = stage.engine.observe(None, &Part { limits: inspect, ..Part::everything() }).await.unwrap();
    seen.containers[&stage.name("site")].clone()
}

fn connect(stage: &Stage) -> Action {
    Action::ConnectNetwork {
        network: stage.name("network"),
        container: stage.name("site"),
        address: address(stage),
        aliases: vec!["site".to_owned()],
    }
}

#[tokio::test]
async fn limits_are_seen_where_somebody_asks_and_put_back_while_it_runs() {
    let stage = Stage::new("limits").await;
    running(&stage).await;
    let declared = Limits { memory_bytes: 64 << 20, cpu_nano: 250_000_000, pids: 64 };
    let seen = observe(&stage, &[]).await;
    assert_eq!(seen.limits, None);
    assert!(
        seen.created.is_some_and(|created| created.duration_until(jiff::Timestamp::now()).as_secs() < 60)
    );
    assert_eq!(observe(&stage, &["site", "nobody"]).await.limits, Some(declared));

    let name = stage.name("site");
    docker(&[
        "update",
        "--memory",
        "96m",
        "--memory-swap",
        "192m",
        "--cpus",
        "2",
        "--pids-limit",
        "-1",
        &name,
    ]);
    let changed = Limits { memory_bytes: 96 << 20, cpu_nano: 2_000_000_000, pids: 0 };
    assert_eq!(observe(&stage, &["site"]).await.limits, Some(changed));

    let before = docker(&["inspect", "--format", "{{.State.StartedAt}}", &name]);
    stage.apply(Action::UpdateLimits { name: name.clone(), limits: declared }).await.unwrap();
    assert_eq!(observe(&stage, &["site"]).await.limits, Some(declared));
    let settings = "{{.State.StartedAt}} {{.HostConfig.MemorySwap}} {{.HostConfig.RestartPolicy.Name}}";
    let after = docker(&["inspect", "--format", settings, &name]);
    assert_eq!(after, format!("{before} 67108864 unless-stopped"));
}

#[tokio::test]
async fn a_container_is_seen_off_its_network_and_put_back() {
    let stage = Stage::new("offnetwork").await;
    running(&stage).await;
    let (name, network) = (stage.name("site"), stage.name("network"));
    let right = [(network.clone(), address(&stage))].into();
    assert_eq!(observe(&stage, &[]).await.addresses, right);

    for _ in 0..2 {
        let (network, container) = (network.clone(), name.clone());
        stage.apply(Action::DisconnectNetwork { network, container }).await.unwrap();
    }
    assert!(observe(&stage, &[]).await.addresses.is_empty());
    stage.apply(connect(&stage)).await.unwrap();
    assert_eq!(observe(&stage, &[]).await.addresses, right);
    let aliases =
        docker(&["inspect", "--format", "{{range .NetworkSettings.Networks}}{{.Aliases}}{{end}}", &name]);
    assert!(aliases.starts_with("[site"), "{aliases}");

    // it asks for its address while it is stopped, but not on a network that was made anew
    stage.apply(Action::StopContainer { name: name.clone(), seconds: 1 }).await.unwrap();
    assert_eq!(observe(&stage, &[]).await.addresses, right);
    stage.apply(Action::RemoveNetwork { name: network }).await.unwrap();
    create_network(&stage).await;
    assert!(observe(&stage, &[]).await.addresses.is_empty());
    assert!(
        stage.apply(Action::StartContainer { name }).await.is_err(),
        "the engine looks for the old network"
    );
    stage.apply(connect(&stage)).await.unwrap();
    stage.start("site").await;
    assert_eq!(observe(&stage, &[]).await.addresses, right);
}

#[tokio::test]
async fn what_is_not_ours_is_neither_connected_nor_limited() {
    let stage = Stage::new("notours").await;
    create_network(&stage).await;
    let mut foreign = stage.container("site", Attachment::None);
    foreign.labels.clear();
    stage.apply(Action::CreateContainer(Box::new(foreign))).await.unwrap();
    let (name, limits) = (stage.name("site"), Limits { memory_bytes: 64 << 20, cpu_nano: 0, pids: 0 });
    let refused = [
        stage.apply(Action::UpdateLimits { name: name.clone(), limits }).await,
        stage.apply(connect(&stage)).await,
        stage
            .apply(Action::DisconnectNetwork { network: stage.name("network"), container: name.clone() })
            .await,
    ];
    let limits = observe(&stage, &["site"]).await.limits;
    docker(&["rm", "--force", &name]);
    assert!(
        refused.iter().all(|done| done.as_ref().is_err_and(|why| why.to_string().contains("is not ours")))
    );
    assert_eq!(limits, None);
}

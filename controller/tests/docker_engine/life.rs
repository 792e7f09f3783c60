//! The life of a member's objects from the first step to the last.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use campanile::scope::Part;
use campanile_plan::docker::{
    Answer, Attachment, Container, ContainerState, HealthState, Mount, Network, ObservedEngine, Volume, label,
};
use campanile_plan::plan::Action;

use crate::fixture::{SITE, Stage, declaration, docker};

const ADDRESS: &str = "10.79.1.2";
const PAGE: &str = "http://10.79.1.2:8080/health";
const SILENT: &str = "http://10.79.1.2:8081/";

/// Looks until what is expected is seen, or for half a minute.
async fn seen(stage: &Stage, expected: impl Fn(&ObservedEngine) -> bool) -> ObservedEngine {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let observed = stage.engine.observe(None, &Part::everything()).await.unwrap();
        if expected(&observed) {
            return observed;
        }
        assert!(Instant::now() < end, "never seen; the last was {observed:#?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn site(stage: &Stage) -> Container {
    let mut declaration = declaration(SITE);
    declaration.user = Some("65534:65534".to_owned());
    declaration.environment = [("SITE_TITLE".to_owned(), "Comune di Barzago".to_owned())].into();
    declaration.secrets = [("token".to_owned(), "fingerprint".to_owned())].into();
    let mount = |what: &str, read_only| Mount { volume: stage.name(what), read_only };
    declaration.mounts = [
        ("/run/secrets".to_owned(), mount("secrets", false)),
        ("/srv/content".to_owned(), mount("content", true)),
    ]
    .into();
    declaration.tmpfs = [("/tmp".to_owned(), "size=16m,mode=1777".to_owned())].into();
    declaration.cpu_nano = 250_000_000;
    declaration.memory_bytes = 64 << 20;
    declaration.pids = 64;
    declaration.health_command = Some(vec!["true".to_owned()]);
    let mut labels = stage.labels();
    labels.insert(label::ASK.to_owned(), PAGE.to_owned());
    Container {
        name: stage.name("site"),
        attachment: Attachment::Bridge {
            name: stage.name("network"),
            address: ADDRESS.parse().unwrap(),
            aliases: vec!["site".to_owned()],
        },
        declaration,
        labels,
    }
}

/// Nobody listens at the page that its label names.
fn silent(stage: &Stage) -> Container {
    let mut container = stage.container("silent", Attachment::None);
    container.declaration.tmpfs = [("/tmp".to_owned(), "size=16m,mode=1777".to_owned())].into();
    let mut page = BTreeMap::from([(label::ASK.to_owned(), SILENT.to_owned())]);
    container.labels.append(&mut page);
    container
}

async fn create_all(stage: &Stage) {
    for what in ["content", "secrets", "ingress"] {
        let volume = Volume { name: stage.name(what), labels: stage.labels() };
        stage.apply(Action::CreateVolume(volume)).await.unwrap();
    }
    let network = Network {
        name: stage.name("network"),
        subnet: "10.79.1.0/28".parse().unwrap(),
        internal: true,
        labels: stage.labels(),
    };
    stage.apply(Action::CreateNetwork(network)).await.unwrap();
    for container in [site(stage), silent(stage), stage.ingress()] {
        let create = Action::CreateContainer(Box::new(container));
        stage.apply(create).await.unwrap();
    }
}

#[tokio::test]
async fn a_site_from_its_first_step_to_its_last() {
    let stage = Stage::new("life").await;
    create_all(&stage).await;
    let write = Action::WriteSecrets {
        container: stage.name("site"),
        files: [("token".to_owned(), "token".parse().unwrap())].into(),
    };
    stage.apply(write).await.unwrap();

    let made = seen(&stage, |_| true).await;
    assert_eq!(made.networks[&stage.name("network")].subnets, ["10.79.1.0/28".parse().unwrap()]);
    assert_eq!(made.volumes[&stage.name("content")].labels, stage.labels());
    assert_eq!(made.containers[&stage.name("site")].state, ContainerState::Created);
    assert!(made.images.contains(SITE), "{:?}", made.images);
    assert!(!made.images.iter().any(|name| name.contains("<none>")));

    stage.start("site").await;
    stage.start("silent").await;
    stage.start("site").await;
    let unasked = seen(&stage, |_| true).await;
    let nobody = Answer::Nothing("the ingress does not run, so nobody could ask".to_owned());
    assert_eq!(unasked.containers[&stage.name("site")].answer, Some(nobody));

    stage.start("ingress").await;
    let name = stage.name("site");
    let running = seen(&stage, |observed| observed.containers[&name].is_ready()).await;
    let site = &running.containers[&name];
    assert_eq!(site.answer, Some(Answer::Status(200)));
    assert_eq!(site.health, Some(HealthState::Healthy));
    assert_eq!(site.addresses[&stage.name("network")], ADDRESS.parse::<std::net::Ipv4Addr>().unwrap());
    let silent = running.containers[&stage.name("silent")].answer.clone();
    assert!(matches!(silent, Some(Answer::Nothing(_))), "{silent:?}");

    let secret =
        docker(&["exec", &name, "sh", "-c", "cat /run/secrets/token; stat -c ' %a %u' /run/secrets/token"]);
    assert_eq!(secret, "barzago/token 444 0");
    let settings = "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.LogConfig.Type}}";
    assert_eq!(
        docker(&["inspect", "--format", settings, &name]),
        "true [ALL] [no-new-privileges] 67108864 250000000 64 unless-stopped local"
    );

    for what in ["site", "silent", "ingress"] {
        let name = stage.name(what);
        for _ in 0..2 {
            let name = name.clone();
            stage.apply(Action::StopContainer { name, seconds: 1 }).await.unwrap();
        }
        for _ in 0..2 {
            let name = name.clone();
            stage.apply(Action::RemoveContainer { name }).await.unwrap();
        }
    }
    for _ in 0..2 {
        let name = stage.name("network");
        stage.apply(Action::RemoveNetwork { name }).await.unwrap();
    }
    let left = seen(&stage, |_| true).await;
    assert!(left.ingress.is_none());
    let names = |name: &&String| name.starts_with(stage.platform.as_str());
    assert_eq!(left.containers.keys().chain(left.networks.keys()).filter(names).count(), 0);
    assert_eq!(left.volumes.keys().filter(names).count(), 3, "volumes stay");
}

#[tokio::test]
async fn the_last_words_of_a_container_that_fails() {
    let stage = Stage::new("words").await;
    let container = stage.container("words", Attachment::None);
    // With a root that cannot be written to and no /tmp it cannot start.
    let create = Action::CreateContainer(Box::new(container));
    stage.apply(create).await.unwrap();
    docker(&["start", &stage.name("words")]);
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let words = stage.engine.last_lines(&stage.name("words"), 20).await.unwrap();
        if !words.is_empty() {
            assert!(words.len() <= 4096 && !words.contains('\u{1b}'));
            break;
        }
        assert!(Instant::now() < end, "it said nothing");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

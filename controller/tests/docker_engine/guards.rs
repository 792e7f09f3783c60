//! What lacks our label is not touched, and names that are taken are said.

use std::collections::BTreeMap;

use campanile::docker::StepError;
use campanile_plan::docker::{Attachment, IngressContent, IngressFile, Network, Volume, label};
use campanile_plan::plan::Action;

use crate::fixture::{Stage, docker};

#[tokio::test]
async fn a_container_without_our_label_is_refused() {
    let stage = Stage::new("foreign").await;
    let mut other = stage.container("container", Attachment::None);
    // Ours to clean up by another label, and not ours to touch.
    other.labels = BTreeMap::from([(label::PLATFORM.to_owned(), "campanile-livetest-other".to_owned())]);
    let name = other.name.clone();
    docker(&["rm", "--force", &name]);
    stage.apply(Action::CreateContainer(Box::new(other))).await.unwrap();

    let container = || name.clone();
    let actions = [
        Action::StartContainer { name: container() },
        Action::StopContainer { name: container(), seconds: 1 },
        Action::RemoveContainer { name: container() },
        Action::WriteSecrets { container: container(), files: BTreeMap::new() },
        Action::UploadIngress { container: container(), files: Vec::new() },
        Action::ActivateIngress { container: container(), digest: "0".to_owned() },
        Action::RemoveIngressFiles { container: container(), paths: vec!["a".to_owned()] },
    ];
    let mut refused = Vec::new();
    for action in actions {
        refused.push(stage.apply(action).await);
    }
    let status = docker(&["inspect", "--format", "{{.State.Status}}", &name]);
    docker(&["rm", "--force", &name]);
    assert_eq!(status, "created");
    for refusal in refused {
        assert!(matches!(refusal, Err(StepError::Foreign { .. })), "{refusal:?}");
    }
}

#[tokio::test]
async fn names_that_are_taken() {
    let stage = Stage::new("taken").await;
    let network = |subnet: &str| {
        Action::CreateNetwork(Network {
            name: stage.name("network"),
            subnet: subnet.parse().unwrap(),
            internal: false,
            labels: stage.labels(),
        })
    };
    let volume = |labels| Action::CreateVolume(Volume { name: stage.name("volume"), labels });
    let container = || Action::CreateContainer(Box::new(stage.container("box", Attachment::None)));
    let mut another = stage.labels();
    another.insert(label::MEMBER.to_owned(), "barzago".to_owned());

    for (first, second, object) in [
        (network("10.79.2.0/28"), network("10.79.2.16/28"), "network"),
        (volume(stage.labels()), volume(another), "volume"),
        (container(), container(), "container"),
    ] {
        stage.apply(first).await.unwrap();
        match stage.apply(second).await {
            Err(error @ StepError::Exists { .. }) => {
                let text = error.to_string();
                assert!(text.starts_with(&format!("{object} campanile-livetest-taken-")), "{text}");
                assert!(text.ends_with(" exists already"), "{text}");
            }
            other => panic!("{object}: {other:?}"),
        }
    }
    stage.apply(volume(stage.labels())).await.unwrap();
}

#[tokio::test]
async fn a_network_of_somebody_else_stays() {
    let stage = Stage::new("network").await;
    let name = stage.name("foreign");
    docker(&["network", "rm", &name]);
    docker(&["network", "create", "--subnet", "10.79.3.0/28", &name]);
    let refused = stage.apply(Action::RemoveNetwork { name: name.clone() }).await;
    let removed = docker(&["network", "rm", &name]);
    assert!(matches!(refused, Err(StepError::Foreign { .. })), "{refused:?}");
    assert_eq!(removed, name);
}

#[tokio::test]
async fn paths_that_lead_out_and_images_that_are_not_there() {
    let stage = Stage::new("wrong").await;
    let create = Action::CreateContainer(Box::new(stage.container("box", Attachment::None)));
    stage.apply(create).await.unwrap();
    for path in ["../etc/passwd", "/etc/passwd", "routes/../../x"] {
        let container = || stage.name("box");
        let file = IngressFile { path: path.to_owned(), content: IngressContent::Text(String::new()) };
        for action in [
            Action::UploadIngress { container: container(), files: vec![file] },
            Action::RemoveIngressFiles { container: container(), paths: vec![path.to_owned()] },
        ] {
            let refused = stage.apply(action).await;
            assert!(matches!(refused, Err(StepError::Path { .. })), "{refused:?}");
        }
    }

    let mut imageless = stage.container("imageless", Attachment::None);
    imageless.declaration.image = "campanile/nothing:0".to_owned();
    let refused = stage.apply(Action::CreateContainer(Box::new(imageless))).await;
    assert!(matches!(refused, Err(StepError::NoImage { .. })), "{refused:?}");
    let name = stage.name("nothing");
    let missing = stage.apply(Action::StartContainer { name }).await;
    assert!(matches!(missing, Err(StepError::Missing { .. })), "{missing:?}");
    let foreign_step = stage.apply(Action::CreateAuthority).await;
    assert!(matches!(foreign_step, Err(StepError::NotForEngines { .. })), "{foreign_step:?}");
}

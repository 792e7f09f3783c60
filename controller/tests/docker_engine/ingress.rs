//! The ingress takes files, serves by them, and keeps serving when the next ones are wrong.

use std::time::{Duration, Instant};

use campanile::docker::StepError;
use campanile::scope::Part;
use campanile_plan::docker::{
    Configuration, INGRESS_REVISION, IngressContent, IngressFile, Volume, label, sha256,
};
use campanile_plan::plan::Action;

use crate::fixture::{Stage, docker};

const DIGEST: &str = "00112233445566778899aabbccddeeff";

const INDEX: &str = "user www-data;
worker_processes 1;
pid /run/nginx.pid;
error_log /dev/stderr warn;
events {}
http {
  access_log off;
  client_body_temp_path /tmp/client_body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  include /etc/campanile/routes/barzago-1.conf;
}
";

#[tokio::test]
async fn the_ingress_takes_files_and_serves_by_them() {
    let stage = Stage::new("ingress").await;
    stage.create_ingress().await;

    let route = "server { listen 127.0.0.1:7981; return 204; }\n";
    let text = |path: &str, text: &str| IngressFile {
        path: path.to_owned(),
        content: IngressContent::Text(text.to_owned()),
    };
    let upload = Action::UploadIngress {
        container: stage.name("ingress"),
        files: vec![
            text("routes/barzago-1.conf", route),
            text("routes/old.conf", "old"),
            IngressFile {
                path: "certificates/barzago-1.pem".to_owned(),
                content: IngressContent::Certificate("barzago".parse().unwrap()),
            },
            text(&format!("index/{DIGEST}.conf"), INDEX),
            text("index/badbadbad.conf", "no such directive;"),
        ],
    };
    // Stopped or not: files go in before the first start, and are seen.
    stage.apply(upload).await.unwrap();
    let files = stage.engine.ingress_files(&stage.name("ingress")).await.unwrap().unwrap();
    assert_eq!(files.files["routes/barzago-1.conf"], sha256(route.as_bytes()));
    assert_eq!(files.files["certificates/barzago-1.pem"], sha256(b"bundle of barzago"));
    assert_ne!(files.revisions[""].begins.as_deref(), Some(DIGEST));

    stage.start("ingress").await;
    let activate = |digest: &str| Action::ActivateIngress {
        container: stage.name("ingress"),
        digest: digest.to_owned(),
    };
    stage.apply(activate(DIGEST)).await.unwrap();
    let answer = std::process::Command::new("curl").args(["-si", "http://127.0.0.1:7981/"]).output().unwrap();
    assert!(answer.stdout.starts_with(b"HTTP/1.1 204"), "{answer:?}");

    match stage.apply(activate("badbadbad")).await {
        Err(StepError::Program { said, .. }) => assert!(said.contains("directive"), "{said}"),
        other => panic!("{other:?}"),
    }
    let remove = Action::RemoveIngressFiles {
        container: stage.name("ingress"),
        paths: vec!["routes/old.conf".to_owned(), "routes/never.conf".to_owned()],
    };
    stage.apply(remove).await.unwrap();

    let files = stage.engine.ingress_files(&stage.name("ingress")).await.unwrap().unwrap();
    let noted = |digest: &str| Some(digest.to_owned());
    assert_eq!(files.revisions[""], Configuration { begins: noted(DIGEST), loaded: noted(DIGEST) });
    assert_eq!(files.routes[DIGEST], ["routes/barzago-1.conf".to_owned()].into());
    assert!(!files.files.contains_key("routes/old.conf"));
    let modes = docker(&[
        "exec",
        &stage.name("ingress"),
        "stat",
        "-c",
        "%a %u",
        "/etc/campanile/certificates",
        "/etc/campanile/certificates/barzago-1.pem",
        "/etc/campanile/routes/barzago-1.conf",
    ]);
    assert_eq!(modes, "700 0\n400 0\n644 0");
    assert_eq!(stage.engine.ingress_files("campanile-livetest-nothing").await.unwrap(), None);
}

/// Two containers on one volume, each with its own link and note; both listen on one port.
#[tokio::test]
async fn one_ingress_takes_over_from_another() {
    let stage = Stage::new("pair").await;
    let volume = Volume { name: stage.name("ingress"), labels: stage.labels() };
    stage.apply(Action::CreateVolume(volume)).await.unwrap();
    for revision in ["0a", "0b"] {
        let mut ingress = stage.ingress();
        ingress.name = stage.name(revision);
        ingress.declaration.environment.insert(INGRESS_REVISION.to_owned(), revision.to_owned());
        ingress.labels.insert(label::REVISION.to_owned(), revision.to_owned());
        stage.apply(Action::CreateContainer(Box::new(ingress))).await.unwrap();
        stage.start(revision).await;
    }
    // an answer of three seconds, from an address that nobody else uses
    let slow = format!(
        "server {{ listen 127.0.0.1:7985 reuseport; location / {{ proxy_pass http://127.0.0.77:7986; }} }}
         server {{ listen 127.0.0.77:7986 reuseport; limit_rate 1k; location / {{ return 200 {}; }} }}",
        "x".repeat(3000)
    );
    let index = INDEX.replace("include /etc/campanile/routes/barzago-1.conf;", &slow);
    let path = format!("index/{DIGEST}.conf");
    let files = vec![IngressFile { path, content: IngressContent::Text(index) }];
    stage.apply(Action::UploadIngress { container: stage.name("0a"), files }).await.unwrap();
    for revision in ["0a", "0b"] {
        let container = stage.name(revision);
        stage.apply(Action::ActivateIngress { container, digest: DIGEST.to_owned() }).await.unwrap();
    }
    let seen = stage.engine.observe(None, &Part::everything()).await.unwrap().ingress.unwrap();
    let both = Configuration { begins: Some(DIGEST.to_owned()), loaded: Some(DIGEST.to_owned()) };
    assert_eq!([&seen.revisions["0a"], &seen.revisions["0b"]], [&both, &both]);

    let mut curl = std::process::Command::new("curl");
    curl.args(["-s", "http://127.0.0.1:7985/"]).stdout(std::process::Stdio::piped());
    let curl = curl.spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(5);
    // 127.0.0.77:7986, as the kernel shows it
    let connected =
        || docker(&["exec", &stage.name("0b"), "cat", "/proc/net/tcp"]).contains(" 4D00007F:1F32 01 ");
    while !connected() {
        assert!(Instant::now() < end, "curl never asked");
    }
    let drain = || {
        let (ingress, address) = (stage.name("0b"), "127.0.0.77".parse().unwrap());
        stage.apply(Action::DrainContainer { ingress, address, seconds: 30 })
    };
    stage.apply(Action::RetireIngress { container: stage.name("0a") }).await.unwrap();
    let seen = stage.engine.observe(None, &Part::everything()).await.unwrap().ingress.unwrap();
    assert_eq!(seen.revisions["0a"], Configuration { begins: None, loaded: Some("retired".to_owned()) });
    drain().await.unwrap();
    assert!(!connected(), "the slow answer is over");
    let answer = curl.wait_with_output().unwrap();
    assert_eq!(answer.stdout.len(), 3000, "{answer:?}");
    let begun = Instant::now();
    drain().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "nothing was left to wait for: {:?}", begun.elapsed());
}

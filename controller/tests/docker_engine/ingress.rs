//! The ingress takes files, serves by them, and keeps serving when the next ones are wrong.

use campanile::docker::StepError;
use campanile_plan::docker::{IngressContent, IngressFile, sha256};
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
    assert_ne!(files.current.as_deref(), Some(DIGEST));

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
    assert_eq!(files.current.as_deref(), Some(DIGEST));
    assert_eq!(files.loaded.as_deref(), Some(DIGEST));
    assert_eq!(files.routes, ["routes/barzago-1.conf".to_owned()].into());
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

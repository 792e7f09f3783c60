//! Servers that hang or send too much, repositories of others, and what a killed fetch leaves behind.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::fleet::{PLAIN, Place, processes_with, read, show};
use campanile::git::FetchError;

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut fetcher = place.fetcher();
    fetcher.limits.time = Duration::from_millis(700);
    for scheme in ["https", "ssh"] {
        let start = Instant::now();
        let source = format!("{scheme}://{address}/fleet.git#main");
        let error = read(&fetcher, &source).await.unwrap_err().to_string();
        let expected = format!("reading {source} took longer than 0.7 s; the server hangs or is too slow");
        assert_eq!(error, expected);
        assert!(start.elapsed() < Duration::from_secs(5));
        while processes_with(&fetcher.folder) > 0 {
            assert!(start.elapsed() < Duration::from_secs(20), "a git goes on");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn a_repository_without_end_is_given_up() {
    let place = Place::new();
    let origin = place.fleet();
    let mut noise = vec![0; 3_000_000];
    getrandom::fill(&mut noise).unwrap();
    origin.write("film.mp4", noise);
    origin.commit();
    let mut fetcher = place.fetcher();
    fetcher.limits.repository_bytes = 1_000_000;
    let error = read(&fetcher, &origin.source("")).await.unwrap_err();
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error}");
    assert!(!fetcher.folder.join("fleet.git").exists());
    fetcher.limits.repository_bytes = 10_000_000;
    assert_eq!(show(&read(&fetcher, &origin.source("")).await.unwrap()), PLAIN);
}

#[tokio::test]
async fn what_a_killed_fetch_left_behind_stops_nobody() {
    let place = Place::new();
    let origin = place.fleet();
    let fetcher = place.fetcher();
    read(&fetcher, &origin.source("")).await.unwrap();
    let repository = fetcher.folder.join("fleet.git");
    for name in ["refs/campanile/fetched.lock", "config.lock", "objects/pack/tmp_pack_x"] {
        std::fs::write(repository.join(name), "").unwrap();
    }
    origin.write("members/barzago.yaml", "two");
    origin.commit();
    let snapshot = read(&fetcher, &origin.source("")).await.unwrap();
    assert_eq!(snapshot.files["members/barzago.yaml"], Ok("two".to_owned()));
    assert!(!repository.join("objects/pack/tmp_pack_x").exists());
}

#[tokio::test]
async fn two_at_once_wait_for_each_other() {
    let place = Place::new();
    let source = place.fleet().source("");
    let (a, b) = tokio::join!(place.read(&source), place.read(&source));
    assert_eq!(a.unwrap(), b.unwrap());
}

#[tokio::test]
async fn a_repository_of_another_user_is_read() {
    let place = Place::new();
    let origin = place.fleet();
    let chown =
        std::process::Command::new("chown").args(["--recursive", "65534:65534"]).arg(&origin.path).status();
    assert!(chown.unwrap().success(), "this test gives a folder to another user: run it as root");
    let snapshot = place.read(&origin.source("")).await.unwrap();
    assert_eq!(show(&snapshot), PLAIN);
}

#[tokio::test]
async fn hooks_and_helpers_of_a_repository_never_run() {
    let place = Place::new();
    let origin = place.fleet();
    let mark = place.path("mark");
    let script = format!("#!/bin/sh\ntouch {}\n", mark.display());
    origin.write(".git/hooks/reference-transaction", &script);
    origin.write("helper", &script);
    let helper = origin.path.join("helper");
    for path in [&origin.path.join(".git/hooks/reference-transaction"), &helper] {
        std::process::Command::new("chmod").arg("755").arg(path).status().unwrap();
    }
    for key in ["uploadpack.packObjectsHook", "core.fsmonitor", "core.sshCommand"] {
        origin.git(&["config", key, helper.to_str().unwrap()]);
    }
    assert_eq!(show(&place.read(&origin.source("")).await.unwrap()), PLAIN);
    assert!(!mark.exists());
}

//! The webhook: whose calls are taken, and what they do.

use std::fmt::Write;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::daemon::{Daemon, Options, SECRET, daemon};

const BODY: &[u8] = b"{\"ref\": \"refs/heads/main\"}";

/// HMAC-SHA256 in hexadecimal digits.
pub fn signed(secret: &str, body: &[u8]) -> String {
    let code = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body).finalize();
    code.into_bytes().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Whether the loop would be woken now; takes the wish away.
fn woken(daemon: &Daemon) -> bool {
    let wish = async { tokio::time::timeout(Duration::from_millis(50), daemon.board.fetch_wanted()).await };
    daemon.runtime.block_on(wish).is_ok()
}

#[test]
fn the_signature_is_the_one_that_github_documents() {
    // "Testing the webhook payload validation" in GitHub's documentation of webhooks
    let code = signed("It's a Secret to Everybody", b"Hello, World!");
    assert_eq!(code, "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
}

#[test]
fn every_forge_is_taken_by_its_signature_alone() {
    let daemon = daemon();
    let right = signed(SECRET, BODY);
    let wrong = signed("another secret of 16", BODY);
    let other_body = signed(SECRET, b"{}");
    for (header, status) in [
        (format!("X-Hub-Signature-256: sha256={right}"), 202),
        (format!("x-hub-signature-256: sha256={}", right.to_uppercase()), 202),
        (format!("X-Gitea-Signature: {right}"), 202),
        (format!("X-Forgejo-Signature: {right}"), 202),
        (format!("X-Gitlab-Token: {SECRET}"), 202),
        (format!("X-Gitea-Signature: {right}\r\nX-Hub-Signature-256: sha256={right}"), 202),
        (format!("X-Hub-Signature-256: sha256={wrong}"), 401),
        (format!("X-Hub-Signature-256: sha256={other_body}"), 401),
        (format!("X-Hub-Signature-256: {right}"), 401),
        ("X-Hub-Signature-256: sha256=".to_owned(), 401),
        (format!("X-Hub-Signature-256: sha256={}", &right[..62]), 401),
        (format!("X-Hub-Signature: sha1={}", &right[..40]), 401),
        (format!("X-Gitea-Signature: {wrong}"), 401),
        (format!("X-Forgejo-Signature: {wrong}"), 401),
        ("X-Gitea-Signature: \u{e0}".to_owned(), 401),
        ("X-Gitlab-Token: another secret of 16".to_owned(), 401),
        ("X-Gitlab-Token:".to_owned(), 401),
        (format!("X-Gitlab-Token: {right}"), 401),
        (format!("Authorization: {}", daemon.authorization), 401),
        ("X-Nothing: 1".to_owned(), 401),
    ] {
        let reply = daemon.ask("POST /hooks/git", &format!("{header}\r\n"), BODY);
        assert_eq!(reply.status, status, "{header}: {reply:?}");
        assert_eq!(woken(&daemon), status == 202, "{header}");
        if status == 202 {
            assert_eq!(reply.json(), serde_json::json!({"accepted": true}));
        } else {
            assert!(!reply.body.contains(SECRET) && !reply.body.contains(&right), "{reply:?}");
        }
    }
    let metrics = daemon.get("/metrics").body;
    for line in [
        "campanile_webhooks_total{result=\"accepted\"} 6",
        "campanile_webhooks_total{result=\"unsigned\"} 4",
        "campanile_webhooks_total{result=\"wrong_signature\"} 10",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[test]
fn without_a_secret_there_is_no_webhook() {
    let daemon = Options { webhook: false, ..Options::default() }.start();
    let header = format!("X-Hub-Signature-256: sha256={}\r\n", signed("", BODY));
    let reply = daemon.ask("POST /hooks/git", &header, BODY);
    assert_eq!(reply.status, 404);
    assert!(reply.body.contains("--webhook-secret-file"), "{reply:?}");
    assert!(!woken(&daemon));
}

#[test]
fn a_flood_is_few_fetches() {
    let daemon = daemon();
    let board = daemon.board.clone();
    let (note, noted) = std::sync::mpsc::channel();
    daemon.runtime.spawn(async move {
        loop {
            board.fetch_wanted().await;
            note.send(()).unwrap();
            // what a fetch takes
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    });
    let header = format!("X-Forgejo-Signature: {}\r\n", signed(SECRET, BODY));
    let begun = std::time::Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..125 {
                    assert_eq!(daemon.ask("POST /hooks/git", &header, BODY).status, 202);
                }
            });
        }
    });
    let possible = begun.elapsed().as_millis() / 250 + 2;
    std::thread::sleep(Duration::from_millis(600));
    let fetches = noted.try_iter().count();
    assert!((1..=possible).contains(&(fetches as u128)), "{fetches} fetches, {possible} possible");
}

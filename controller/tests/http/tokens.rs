//! Who may ask.

use crate::daemon::{Options, daemon, published};

/// What is told to everybody.
const OPEN: &[&str] = &["/healthz", "/readyz", "/api/v1/openapi.json"];
/// What is told to those with the token alone.
const CLOSED: &[&str] =
    &["/metrics", "/api/v1/members", "/api/v1/members/calco", "/api/v1/plan", "/api/v1/daemon"];

#[test]
fn only_the_token_opens() {
    let daemon = daemon();
    for path in OPEN {
        assert_eq!(daemon.ask(&format!("GET {path}"), "", &[]).status, 200, "{path}");
    }
    let last = daemon.authorization.chars().last().unwrap();
    let other = if last == '0' { '1' } else { '0' };
    let nearly = format!("{}{other}", daemon.authorization.strip_suffix(last).unwrap());
    for path in CLOSED {
        let request = format!("GET {path}");
        let missing = daemon.ask(&request, "", &[]);
        assert_eq!(missing.status, 401, "{path}");
        assert_eq!(missing.header("www-authenticate"), Some("bearer realm=\"campanile\""));
        for wrong in [nearly.as_str(), "Bearer", "Basic YTpi", "Bearer \u{e0}"] {
            let wrong = daemon.ask(&request, &format!("Authorization: {wrong}\r\n"), &[]);
            assert_eq!((wrong.status, wrong.header("content-type")), (401, Some("application/problem+json")));
            assert!(!wrong.body.contains("c0ffee"), "{wrong:?}");
        }
        assert_eq!(daemon.get(path).status, 200, "{path}");
    }
}

#[test]
fn another_method_does_not_go_around_the_token() {
    let daemon = daemon();
    for method in ["HEAD", "POST", "OPTIONS", "TRACE", "BREW"] {
        assert_eq!(daemon.ask(&format!("{method} /api/v1/members"), "", &[]).status, 401, "{method}");
    }
}

#[test]
fn metrics_are_open_by_choice() {
    let daemon = Options { metrics_open: true, ..Options::default() }.start();
    daemon.board.publish(published());
    assert_eq!(daemon.ask("GET /metrics", "", &[]).status, 200);
    assert_eq!(daemon.ask("GET /api/v1/members", "", &[]).status, 401);
}

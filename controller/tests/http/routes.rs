//! What each route answers.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::Reply;
use crate::daemon::{Options, daemon, published};

#[track_caller]
fn is(reply: &Reply, status: u16, kind: &str) {
    assert_eq!((reply.status, reply.header("content-type")), (status, Some(kind)), "{reply:?}");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{reply:?}");
    assert_eq!(reply.header("cache-control"), Some("no-store"), "{reply:?}");
    if kind == "application/problem+json" {
        let problem = reply.json();
        assert_eq!(problem["status"], status);
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{problem}");
    }
}

#[test]
fn every_route_answers() {
    let daemon = daemon();
    let json = "application/json";
    let text = "text/plain; charset=utf-8";
    for (path, status, kind) in [
        ("/healthz", 200, text),
        ("/readyz", 200, text),
        ("/metrics", 200, "text/plain; version=0.0.4; charset=utf-8"),
        ("/api/v1/members", 200, json),
        ("/api/v1/members/calco", 200, json),
        ("/api/v1/plan", 200, json),
        ("/api/v1/daemon", 200, json),
        ("/api/v1/openapi.json", 200, json),
        ("/api/v1/members/nobody", 404, "application/problem+json"),
        ("/api/v1/members/%22%3Cscript%3E", 404, "application/problem+json"),
        ("/api/v1/members/%ff", 404, "application/problem+json"),
        ("/api/v1/members?ready=perhaps", 400, "application/problem+json"),
        ("/", 404, "application/problem+json"),
        ("/api/v1/", 404, "application/problem+json"),
        ("/hooks/git", 405, "application/problem+json"),
    ] {
        is(&daemon.get(path), status, kind);
    }
}

#[test]
fn the_members_are_what_status_prints() {
    let daemon = daemon();
    let known = serde_json::to_value(&*published().known).unwrap();
    assert_eq!(daemon.get("/api/v1/members").json(), known);
    assert_eq!(daemon.get("/api/v1/members/lecco").json(), known["members"][1]);
    let names = |query: &str| {
        let reply = daemon.get(&format!("/api/v1/members?{query}")).json();
        let members = reply["members"].as_array().unwrap().clone();
        members.into_iter().map(|member| member["name"].clone()).collect::<Value>()
    };
    assert_eq!(names("ready=false"), json!(["lecco", "varenna"]));
    assert_eq!(names("ready=true"), json!(["calco"]));
}

#[test]
fn the_plan_says_how_to_release_what_is_held() {
    let daemon = daemon();
    let plan = daemon.get("/api/v1/plan").json();
    let digest = plan["digest"].as_str().unwrap();
    assert_eq!(plan["release"], format!("campanile apply --release {digest}"));
    assert_eq!(plan["held"][0]["member"], "erve");
    daemon.board.publish(campanile::board::Published { held: Vec::new(), ..published() });
    assert_eq!(daemon.get("/api/v1/plan").json()["release"], Value::Null);
}

/// The fields of an object, or those that a schema knows.
fn fields(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_answers_have_the_fields_that_the_description_names() {
    let daemon = daemon();
    let described = daemon.get("/api/v1/openapi.json").json();
    let members = daemon.get("/api/v1/members").json();
    let state = daemon.get("/api/v1/daemon").json();
    let plan = daemon.get("/api/v1/plan").json();
    for (schema, answer) in [
        ("Members", &members),
        ("Member", &members["members"][0]),
        ("Condition", &members["members"][0]["conditions"][0]),
        ("Retired", &members["retired"][0]),
        ("Plan", &plan),
        ("Held", &plan["held"][0]),
        ("Daemon", &state),
        ("Problem", &daemon.get("/").json()),
    ] {
        assert_eq!(
            fields(answer),
            fields(&described["components"]["schemas"][schema]["properties"]),
            "{schema}"
        );
    }
}

#[test]
fn the_daemon_says_what_is_wrong_with_it() {
    let state = daemon().get("/api/v1/daemon").json();
    assert_eq!(state["troubles"], json!(["the state folder cannot be written"]));
    assert_eq!(state["engines"], json!({"local": true, "valle": false}));
    assert_eq!(state["fetched"]["error"], "gone");
    assert_eq!(state["backoff"][0]["attempts"], 4);
}

#[test]
fn before_the_first_look_nothing_is_told() {
    let daemon = Options::default().start();
    assert_eq!((daemon.get("/healthz").status, daemon.get("/readyz").status), (200, 503));
    for path in ["/api/v1/members", "/api/v1/members/calco", "/api/v1/plan"] {
        let reply = daemon.get(path);
        is(&reply, 503, "application/problem+json");
        assert_eq!(reply.header("retry-after"), Some("2"), "{path}");
    }
}

#[test]
fn a_loop_that_stands_still_is_not_healthy() {
    let daemon = Options { patience: Duration::ZERO, ..Options::default() }.start();
    let reply = daemon.get("/healthz");
    assert_eq!((reply.status, reply.body.as_str()), (503, "the loop has not turned for 0 s\n"));
}

#[test]
fn another_method_is_told_which_there_are() {
    let daemon = daemon();
    let authorization = format!("Authorization: {}\r\n", daemon.authorization);
    let reply = daemon.ask("DELETE /api/v1/members/calco", &authorization, &[]);
    is(&reply, 405, "application/problem+json");
    assert_eq!(reply.header("allow"), Some("get,head"));
    let reply = daemon.ask("PUT /hooks/git", "", &[]);
    assert_eq!((reply.status, reply.header("allow")), (405, Some("post")));
}

#[test]
fn a_head_is_an_answer_without_its_body() {
    let daemon = daemon();
    let authorization = format!("Authorization: {}\r\n", daemon.authorization);
    for path in ["/healthz", "/readyz", "/api/v1/members", "/api/v1/members/calco", "/api/v1/openapi.json"] {
        let head = daemon.ask(&format!("HEAD {path}"), &authorization, &[]);
        let get = daemon.get(path);
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
        assert_eq!(head.header("content-length"), get.header("content-length"), "{path}");
    }
}

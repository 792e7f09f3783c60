//! A first apply, and what visitors then get.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::documents::{BASE, ECHO, with_site};
use crate::engine::{docker, until};
use crate::room::{Room, title};
use crate::visitor::answer;

#[test]
fn a_first_apply_serves_every_member_and_the_next_finds_nothing_to_do() {
    let room = Room::with_members("first", &["barzago", "calco", "dervio"]);
    room.run(&["plan", "--detailed-exitcode"]).ends(2).says("barzago has no network");
    assert!(room.containers().is_empty(), "a plan changes nothing");

    room.apply().says("3 of 3 members are ready");
    for name in ["barzago", "calco", "dervio"] {
        room.serves(name, &title(name));
        assert!(room.shows(&format!("comune.{name}.test"), &title(name)), "the host without www");
    }

    let before = started(&room);
    room.apply().says("Nothing to do; 3 of 3 members are ready");
    room.run(&["plan", "--detailed-exitcode"]).ends(0).says("Nothing to do");
    room.run(&["status"]).ends(0).says("3 of 3 members are ready");
    assert_eq!(started(&room), before, "not a container was touched");
}

/// Every container with the moment it was started.
fn started(room: &Room) -> String {
    let names: Vec<String> = room.containers().into_keys().collect();
    let names = names.iter().map(String::as_str);
    let format = ["inspect", "--format", "{{.Name}} {{.Id}} {{.State.StartedAt}} {{.RestartCount}}"];
    docker(&format.into_iter().chain(names).collect::<Vec<_>>())
}

#[test]
fn http_leads_to_https_and_https_carries_the_security_headers() {
    let room = Room::with_members("headers", &["barzago"]);
    room.apply();
    let host = "www.comune.barzago.test";

    let plain = answer(&room.curl(host, &[&format!("http://{host}:{}/albo?page=2", room.http)])).unwrap();
    assert_eq!((plain.status, plain.header("location")), (308, room.https(host, "/albo?page=2").as_str()));

    let page = room.get(host, "/");
    assert_eq!(page.protocol, "HTTP/2");
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("x-frame-options"), "SAMEORIGIN");
    assert_eq!(page.header("referrer-policy"), "strict-origin-when-cross-origin");
    assert_eq!(page.header("server"), "nginx", "no version");
    let missing = room.get(host, "/nowhere");
    assert_eq!((missing.status, missing.header("x-content-type-options")), (404, "nosniff"));
}

#[test]
fn unknown_hosts_get_neither_answer_nor_certificate() {
    let room = Room::with_members("unknown", &["barzago"]);
    room.apply();
    let host = "www.comune.other.test";

    let plain = room.curl(host, &[&format!("http://{host}:{}/", room.http)]);
    assert_eq!((plain.status.code(), plain.stdout.as_slice()), (Some(52), &b""[..]), "curl: empty reply");
    let refused = room.curl(host, &["--insecure", &room.https(host, "/")]);
    assert_eq!(
        (refused.status.code(), refused.stdout.as_slice()),
        (Some(35), &b""[..]),
        "curl: no handshake"
    );
    let address = format!("https://127.0.0.1:{}/", room.https);
    assert_eq!(room.curl(host, &["--insecure", &address]).status.code(), Some(35), "nor without any name");

    let shown = handshake(&room, &["-servername", host]);
    assert!(shown.contains("no peer certificate available"), "{shown}");
    // a connection for one host does not open another's site
    let crossed = room.curl(
        "www.comune.barzago.test",
        &["--header", &format!("Host: {host}"), &room.https("www.comune.barzago.test", "/")],
    );
    let crossed = answer(&crossed);
    assert!(!crossed.as_ref().is_ok_and(|answer| answer.body.contains("barzago")), "{crossed:#?}");
}

#[test]
fn tls_is_1_2_or_1_3_and_nothing_older() {
    let room = Room::with_members("tls", &["barzago"]);
    room.apply();
    let name = ["-servername", "www.comune.barzago.test", "-cipher", "ALL:@SECLEVEL=0"];
    for (version, accepted) in [("-tls1", false), ("-tls1_1", false), ("-tls1_2", true), ("-tls1_3", true)] {
        let shown = handshake(&room, &[&name[..], &[version]].concat());
        assert_eq!(shown.contains("BEGIN CERTIFICATE"), accepted, "{version}: {shown}");
    }
    let weak = ["-tls1_2", "-cipher", "AES128-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"];
    let shown = handshake(&room, &[&name[..2], &weak].concat());
    assert!(shown.contains("no peer certificate available"), "without authenticated encryption: {shown}");
}

/// What openssl says about a handshake with the ingress.
fn handshake(room: &Room, arguments: &[&str]) -> String {
    let run = Command::new("openssl")
        .args(["s_client", "-connect", &format!("127.0.0.1:{}", room.https)])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("this test needs the program openssl: install Debian's package openssl");
    String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned()
}

#[test]
fn the_client_is_named_to_the_site_and_in_the_log_of_its_member() {
    let room = Room::new("client");
    let site = format!(
        "    image: {BASE}\n    hosts: [comune.barzago.test]\n    port: 8080\n    user: '65534'\n    command: {ECHO}\n"
    );
    room.write("members/barzago.yaml", with_site("barzago", &site));
    room.apply();
    let host = "comune.barzago.test";

    let forged =
        ["--header", "X-Forwarded-For: 192.0.2.7", "--interface", "127.0.0.9", &room.https(host, "/albo")];
    let echo = answer(&room.curl(host, &forged)).unwrap().body;
    let forwarded: Vec<&str> = echo.lines().filter(|line| line.starts_with("X-Forwarded-For:")).collect();
    assert_eq!(forwarded, ["X-Forwarded-For: 127.0.0.9"], "{echo}");
    assert!(echo.contains("X-Forwarded-Proto: https") && echo.contains(&format!("Host: {host}")), "{echo}");

    let ingress = room.ingress();
    let mut line = None;
    until("the request in the access log", || {
        let log = docker(&["logs", &ingress]);
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        line = lines.into_iter().find(|line| line["path"] == "/albo");
        line.is_some()
    });
    let line = line.unwrap();
    for (field, value) in [
        ("member", "barzago"),
        ("host", host),
        ("client", "127.0.0.9"),
        ("method", "GET"),
        ("protocol", "HTTP/2.0"),
    ] {
        assert_eq!(line[field], value, "{line:#}");
    }
    assert_eq!(line["status"], 200);
}

#[test]
fn a_body_above_the_limit_is_refused() {
    let room = Room::new("body");
    room.write_member("barzago", "Barzago", "    requests: {maxBody: 1MiB}\n");
    room.apply();
    let host = "www.comune.barzago.test";
    let file = room.path("body");
    std::fs::write(&file, vec![b'x'; 2 << 20]).unwrap();
    let body = format!("@{}", file.display());
    let answer = answer(&room.curl(host, &["--data-binary", &body, &room.https(host, "/")]));
    assert_eq!(answer.unwrap().status, 413);
}

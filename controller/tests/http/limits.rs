//! What nobody can take from the daemon: its memory, its connections, its time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::client::{Reply, rest};
use crate::daemon::{Daemon, SECRET, daemon};
use crate::webhooks::signed;

const CHUNK: usize = 64 << 10;

/// Sends a body until the daemon has enough, and says how much that was.
fn pour(stream: &mut TcpStream, total: usize) -> usize {
    let chunk = vec![b'x'; CHUNK];
    let mut sent = 0;
    while sent < total && stream.write_all(&chunk).is_ok() {
        sent += chunk.len();
    }
    sent
}

fn begin(daemon: &Daemon, head: &str) -> TcpStream {
    let mut stream = daemon.connect();
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// The daemon runs in the test's own process.
fn memory() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}

#[test]
fn a_body_that_says_it_is_large_is_not_read() {
    let daemon = daemon();
    for request in ["POST /hooks/git", "GET /healthz", "POST /nothing"] {
        let head = format!(
            "{request} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\nX-Gitlab-Token: {SECRET}\r\n\r\n"
        );
        let mut stream = begin(&daemon, &head);
        let sent = pour(&mut stream, 100_000_000);
        assert!(sent < 20_000_000, "{request}: {sent} bytes were taken");
        assert_eq!(daemon.get("/healthz").status, 200);
    }
    // who waits for leave to send is told no
    let head =
        "POST /hooks/git HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\nExpect: 100-continue\r\n\r\n";
    let reply = Reply::parse(&rest(&mut begin(&daemon, head)));
    assert_eq!(reply.status, 413, "{reply:?}");
}

#[test]
fn a_body_that_hides_its_length_is_read_as_far_as_it_may_be() {
    let daemon = daemon();
    let head = format!(
        "POST /hooks/git HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX-Gitlab-Token: {SECRET}\r\n\r\n"
    );
    let mut stream = begin(&daemon, &head);
    let mut chunk = format!("{CHUNK:x}\r\n").into_bytes();
    chunk.extend(std::iter::repeat_n(b'x', CHUNK));
    chunk.extend(b"\r\n");
    let sent = (0..1600).take_while(|_| stream.write_all(&chunk).is_ok()).count() * CHUNK;
    assert!(sent < 20_000_000, "{sent} bytes were taken");
    let metrics = daemon.get("/metrics").body;
    assert!(metrics.contains("campanile_webhooks_total{result=\"too_large\"} 1"), "{metrics}");
}

#[test]
fn bodies_of_strangers_are_not_kept() {
    let daemon = daemon();
    let wrong = signed("another secret", b"");
    let head = format!(
        "POST /hooks/git HTTP/1.1\r\nHost: x\r\nContent-Length: 4194304\r\nX-Gitea-Signature: {wrong}\r\n\r\n"
    );
    let before = memory();
    let streams: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = begin(&daemon, &head);
            assert_eq!(pour(&mut stream, 4_000_000), 4_063_232, "all but the end");
            stream
        })
        .collect();
    // 200 MB were sent; other tests of this program take a little meanwhile
    let grown = memory() - before;
    assert!(grown < 60_000, "{grown} kB more");
    drop(streams);
}

#[test]
fn a_body_that_trickles_is_given_up() {
    let daemon = daemon();
    let head = format!(
        "POST /hooks/git HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nX-Gitlab-Token: {SECRET}\r\n\r\n"
    );
    let mut stream = begin(&daemon, &head);
    let begun = Instant::now();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut answer = [0; 12];
    while stream.read_exact(&mut answer).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(15), "nobody gave up");
        let _ = stream.write_all(b"x");
    }
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert!(begun.elapsed() > Duration::from_secs(9), "{:?}", begun.elapsed());
}

/// Connections on which nothing more comes, after this much of a request.
fn half_open(daemon: &Daemon, count: usize, head: &str) -> Vec<TcpStream> {
    (0..count).map(|_| begin(daemon, head)).collect()
}

#[test]
fn half_open_requests_hold_nobody_up_and_are_ended() {
    let daemon = daemon();
    let mut half_open = half_open(&daemon, 300, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    let begun = Instant::now();
    assert_eq!(daemon.get("/healthz").status, 200);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    for (number, stream) in half_open.iter_mut().enumerate() {
        // one more byte now and then does not help
        let _ = stream.write_all(b"a");
        rest(stream);
        assert!(begun.elapsed() < Duration::from_secs(8), "connection {number} is still there");
    }
}

#[test]
fn when_all_places_are_taken_the_next_waits_a_few_seconds() {
    let daemon = daemon();
    let begun = Instant::now();
    let half_open = half_open(&daemon, 600, "");
    assert_eq!(daemon.get("/healthz").status, 200);
    assert!(begun.elapsed() > Duration::from_secs(3), "more connections than there are places were taken");
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    drop(half_open);
}

#[test]
fn who_asks_and_never_reads_is_given_up() {
    let daemon = daemon();
    let begun = Instant::now();
    // far more answers than the kernel keeps for a reader
    let request = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut stream = begin(&daemon, &request.repeat(2000));
    while stream.write_all(b"x").is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(20), "its connection is still there");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(begun.elapsed() > Duration::from_secs(9), "{:?}", begun.elapsed());
}

#[test]
fn an_idle_connection_is_closed() {
    let daemon = daemon();
    let begun = Instant::now();
    let mut stream = begin(&daemon, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    let reply = Reply::parse(&rest(&mut stream));
    assert_eq!((reply.status, reply.body.as_str()), (200, "ok\n"));
    assert!(begun.elapsed() > Duration::from_secs(3) && begun.elapsed() < Duration::from_secs(8));
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let daemon = daemon();
    let long = format!("X-Long: {}\r\n", "x".repeat(20_000));
    assert_eq!(daemon.ask("GET /healthz", &long, &[]).status, 431);
    let many = "X-Many: 1\r\n".repeat(100);
    assert_eq!(daemon.ask("GET /healthz", &many, &[]).status, 431);
    assert_eq!(daemon.ask(&format!("GET /{}", "x".repeat(20_000)), "", &[]).status / 100, 4);
}

#[test]
fn garbage_after_a_request_ends_the_connection() {
    let daemon = daemon();
    let head = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\n\r\n\x16\x03\x01 garbage\r\n\r\n";
    let all = String::from_utf8(rest(&mut begin(&daemon, head))).unwrap();
    let statuses: Vec<&str> = all.lines().filter(|line| line.starts_with("HTTP/1.1 ")).collect();
    assert_eq!(statuses, ["HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "HTTP/1.1 400 Bad Request"]);
    // two lengths in one request are how requests are smuggled
    let smuggled =
        "POST /hooks/git HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde";
    assert_eq!(Reply::parse(&rest(&mut begin(&daemon, smuggled))).status, 400);
    assert_eq!(daemon.get("/healthz").status, 200);
}

#[test]
fn it_stops_within_two_seconds_whatever_is_under_way() {
    let mut daemon = daemon();
    let head = format!(
        "POST /hooks/git HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nX-Gitlab-Token: {SECRET}\r\n\r\n"
    );
    let mut under_way = half_open(&daemon, 20, &head);
    under_way.extend(half_open(&daemon, 20, ""));
    assert_eq!(daemon.get("/healthz").status, 200);
    let begun = Instant::now();
    daemon.stop.take().unwrap().send(()).unwrap();
    daemon.runtime.block_on(daemon.served.take().unwrap()).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(TcpStream::connect(daemon.address).is_err(), "it still listens");
    for stream in &mut under_way {
        rest(stream);
    }
}

//! Servers that our usual library refuses, though browsers opened them.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use campanile_audit::facts::{End, Web};
use campanile_audit::probes::http;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::real::{Running, nginx};
use super::server::{eyes, impatient};

/// A certificate with an RSA key, and the key, in PEM.
static PAPERS: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let folder = TempDir::new().unwrap();
    let [certificate, key] = ["certificate", "key"].map(|name| folder.path().join(name));
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", "/CN=comune.test"]);
    command
        .args(["-addext", "subjectAltName=DNS:comune.test", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate);
    assert!(command.stderr(Stdio::null()).status().unwrap().success());
    (std::fs::read(certificate).unwrap(), std::fs::read(key).unwrap())
});

/// A page of many records.
static PAGE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    [&b"<!doctype html><title>Comune</title><p>"[..], &b"Buongiorno. ".repeat(9_000)].concat()
});

fn old(protocols: &str, ciphers: &str) -> Running {
    let (certificate, key) = &*PAPERS;
    nginx(
        &format!(
            "server {{ listen PLAIN; return 301 https://$host$request_uri; }}
             server {{ listen SECURE ssl; ssl_protocols {protocols}; ssl_ciphers {ciphers}:@SECLEVEL=0;
               ssl_certificate FOLDER/rsa.pem; ssl_certificate_key FOLDER/rsa.key; }}"
        ),
        &[("rsa.pem", certificate), ("rsa.key", key), ("site/index.html", &PAGE)],
    )
}

/// The way by HTTPS is one page, with the certificate that it came with.
fn opened(web: &Web) -> bool {
    let Some(visit) = web.secure.known() else { return false };
    let [hop] = visit.hops.as_slice() else { return false };
    let certificate = hop.certificate.as_ref().unwrap();
    hop.status == 200
        && visit.end == End::Page
        && certificate.sha256.len() == 64
        && certificate.trusted.is_no()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_older_browsers_open_is_seen() {
    for (protocols, ciphers) in [
        ("TLSv1", "AES128-SHA"),
        ("TLSv1", "ECDHE-RSA-AES256-SHA"),
        ("TLSv1 TLSv1.1", "ALL"),
        ("TLSv1.1", "AES256-SHA"),
        ("TLSv1.1", "ECDHE-RSA-AES128-SHA"),
        ("TLSv1.2", "ECDHE-RSA-AES128-SHA"),
        ("TLSv1.2", "ECDHE-RSA-AES128-SHA256"),
        ("TLSv1.2", "ECDHE-RSA-AES256-SHA384"),
        ("TLSv1.2", "AES256-SHA256"),
        ("TLSv1.2", "AES128-GCM-SHA256"),
        ("TLSv1.2", "AES256-GCM-SHA384"),
    ] {
        let (web, body) = old(protocols, ciphers).visit().await;
        assert!(opened(&web), "{protocols} {ciphers}: {:?}", web.secure);
        assert!(
            body.as_ref() == Some(&*PAGE),
            "{protocols} {ciphers}: {:?} bytes",
            body.map(|body| body.len())
        );
        assert!(web.says_not_found.is_yes() && web.plain.known().unwrap().hops.len() == 2);
    }
}

/// `openssl s_server`, until it is dropped.
struct OpenSsl {
    port: u16,
    child: Child,
    _folder: TempDir,
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn openssl(arguments: &[&str]) -> OpenSsl {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("cert"), &PAPERS.0).unwrap();
    std::fs::write(folder.path().join("key"), &PAPERS.1).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new("openssl");
    command.current_dir(folder.path()).args(["s_server", "-quiet", "-www", "-cert", "cert", "-key", "key"]);
    command.args(["-accept", &format!("127.0.0.1:{port}")]).args(arguments);
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begin = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(begin.elapsed() < Duration::from_secs(20), "openssl does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    OpenSsl { port, child, _folder: folder }
}

#[tokio::test(flavor = "multi_thread")]
async fn diffie_hellman_of_old_is_known_and_clients_may_stay_nameless() {
    for arguments in [
        &["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"][..],
        &["-tls1_1", "-cipher", "DHE-RSA-AES256-SHA:@SECLEVEL=0"],
        &["-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0", "-verify", "1"],
    ] {
        let server = openssl(arguments);
        let (web, _) = http::visit(&eyes("comune.test"), "comune.test", server.port, 1).await;
        assert!(opened(&web), "{arguments:?}: {:?}", web.secure);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_browser_speaks_stays_unknown() {
    let (web, _) = old("TLSv1.2", "CAMELLIA128-SHA").visit().await;
    let why = web.secure.why_unknown().unwrap();
    assert!(
        why.contains("HandshakeFailure") && why.ends_with("by an older one: it answers alert 40"),
        "{why}"
    );
}

/// What a server does with a connection, by its number from 0.
type Does = fn(usize) -> (&'static [u8], Then);

/// What it does after it said something.
#[derive(Clone, Copy)]
enum Then {
    Closes,
    Waits,
    SaysAgain(&'static [u8]),
}

/// Visits a server that reads a hello and does this; how many connections it took.
async fn visit_of(does: Does) -> (Web, usize) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (answer, then) = does(counted.fetch_add(1, Ordering::SeqCst));
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(answer).await;
                match then {
                    Then::Closes => drop(stream.shutdown().await),
                    Then::Waits => tokio::time::sleep(Duration::from_mins(1)).await,
                    Then::SaysAgain(more) => while stream.write_all(more).await.is_ok() {},
                }
            });
        }
    });
    let (web, _) = http::visit(&impatient("comune.test"), "comune.test", port, 1).await;
    (web, connections.load(Ordering::SeqCst))
}

#[tokio::test(flavor = "multi_thread")]
async fn ssl3_alone_is_for_no_browser() {
    // random bytes, no session, RC4, no compression
    const HELLO: &[u8] =
        b"\x16\x03\x00\x00\x2a\x02\x00\x00\x26\x03\x00................................\x00\x00\x05\x00";
    let (web, _) = visit_of(|_| (HELLO, Then::Closes)).await;
    let why = "no browser opens it: it speaks nothing newer than SSL 3".to_owned();
    assert_eq!(web.secure.known().unwrap().end, End::Failed { why });
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_hangs_up_is_asked_twice_and_who_speaks_something_else_once() {
    let (web, connections) = visit_of(|_| (b"", Then::Closes)).await;
    assert!(web.secure.why_unknown().is_some());
    assert_eq!(connections, 2);
    let (web, connections) = visit_of(|_| (b"220 mail.comune.test ESMTP\r\n", Then::Closes)).await;
    assert!(matches!(web.secure.known().unwrap().end, End::Failed { .. }));
    assert_eq!(connections, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_handshake_has_an_end_in_time_and_bytes() {
    // a server hello by TLS 1.0 with RSA and AES, then messages that nobody waits for
    const HELLO: &[u8] =
        b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01................................\x00\x00\x2f\x00";
    const NOISE: &[u8] = b"\x16\x03\x01\x00\x08\x16\x00\x00\x04....";
    let cases: [(Does, &str); 2] = [
        (|number| if number == 0 { (b"", Then::Closes) } else { (HELLO, Then::Waits) }, "no answer in time"),
        (|_| (HELLO, Then::SaysAgain(NOISE)), "its handshake does not end"),
    ];
    for (does, expected) in cases {
        let begin = Instant::now();
        let (web, connections) = visit_of(does).await;
        let why = web.secure.why_unknown().unwrap();
        assert!(why.ends_with(expected) && connections == 2, "{why}, {connections} connections");
        assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    }
}

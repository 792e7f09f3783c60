//! A server that misbehaves: every look at it ends, within bounds, and says what happened.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use campanile_audit::facts::{End, Visit, Web};
use campanile_audit::probes::http::visit;

use super::server::{Reply, Request, Server, answer, eyes, impatient, page, redirect};

/// What is seen, without much patience, of a server that answers all the same, and how long the look took.
async fn seen(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> (Web, Duration) {
    let server = Server::start(reply).await;
    let begin = Instant::now();
    let (web, _) = visit(&impatient("comune.test"), "comune.test", server.secure, server.plain).await;
    (web, begin.elapsed())
}

fn ends(web: &Web) -> (&End, usize) {
    let Visit { hops, end } = web.secure.known().unwrap();
    (end, hops.len())
}

fn refused(why: &str) -> End {
    End::Refused { why: why.to_owned() }
}

fn failed(why: &str) -> End {
    End::Failed { why: why.to_owned() }
}

#[tokio::test]
async fn redirects_that_never_end() {
    let (web, _) = seen(|_| redirect("/")).await;
    assert_eq!(ends(&web), (&End::TooManyRedirects, 1));
    let (web, _) = seen(|request| redirect(if request.path == "/a" { "/b" } else { "/a" })).await;
    assert_eq!(ends(&web), (&End::TooManyRedirects, 3));
    let (web, _) = seen(|request| redirect(&format!("{}a", request.path))).await;
    assert_eq!(ends(&web), (&End::TooManyRedirects, 11));
    let (web, _) = seen(|_| page("<meta http-equiv=refresh content='0;url=/'>")).await;
    assert_eq!(ends(&web), (&End::TooManyRedirects, 1));
    assert!(web.page.known().is_none());
}

#[tokio::test]
async fn redirects_to_where_no_probe_goes() {
    let inner = Server::start_at("127.0.0.9".parse().unwrap(), |_| page("segreto")).await;
    for (to, why) in [
        ("file:///etc/passwd", "file: is no address of a site"),
        ("gopher://altro.test/_x", "gopher: is no address of a site"),
        ("http://altro.test:25/", "no site is expected at port 25"),
        ("http://127.0.0.9/", "127.0.0.9 is this machine's own address, and the targets do not name it"),
        ("http://2130706441/", "127.0.0.9 is this machine's own address, and the targets do not name it"),
        (
            "//[::ffff:127.0.0.9]/",
            "::ffff:127.0.0.9 is this machine's own address, and the targets do not name it",
        ),
        (
            "http://169.254.169.254/latest/",
            "169.254.169.254 is a link-local address, and the targets do not name it",
        ),
        ("http://10.0.0.1:8080/", "10.0.0.1 is a private address, and the targets do not name it"),
        ("https://interno.test/", "127.0.0.1 is this machine's own address, and the targets do not name it"),
    ] {
        let (web, _) = seen(move |_| redirect(to)).await;
        assert_eq!(ends(&web), (&refused(why), 1), "{to}");
    }
    assert_eq!(inner.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn redirects_that_lead_somewhere_oddly() {
    let (web, _) = seen(|request| match request.path.as_str() {
        "/" => redirect(" sito/../sito/?q=a b#c "),
        _ => page("<title>Sito</title>"),
    })
    .await;
    let shown = web.page.known().unwrap();
    assert_eq!((shown.url.as_str(), shown.title.as_str()), ("https://comune.test/sito/?q=a%20b", "Sito"));
    let (web, _) =
        seen(
            |request| {
                if request.get("host") == "altro.test" { page("là") } else { redirect("//altro.test") }
            },
        )
        .await;
    assert_eq!(web.page.known().unwrap().url, "https://altro.test/");
    let (web, _) = seen(|_| redirect("http://")).await;
    assert_eq!(ends(&web), (&failed("it leads to something that is no address"), 1));
    let (web, _) = seen(|_| answer("301 Moved Permanently", &[], b"")).await;
    assert_eq!(ends(&web), (&End::Page, 1));
}

#[tokio::test]
async fn a_header_that_would_be_two_of_ours() {
    let server = Server::start(|request| match request.path.as_str() {
        "/" => redirect("/x%0d%0aX-Injected:%201\tX-Injected: 1"),
        // a request with a header that nobody meant is a failure of this test
        _ => page(if request.headers.contains_key("x-injected") { "injected" } else { "clean" }),
    })
    .await;
    let (_, body) = server.visit("comune.test").await;
    assert_eq!(body.unwrap(), b"clean");
}

#[tokio::test]
async fn bodies_that_never_end() {
    let limit = 2 * 1024 * 1024;
    let server = Server::start(|_| {
        Reply::Forever(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n".to_vec(), vec![b'.'; 65_536])
    })
    .await;
    let begin = Instant::now();
    let (web, body) = server.visit("comune.test").await;
    assert_eq!((body.unwrap().len(), web.page.known().unwrap().cut), (limit, true));
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());

    let endless = |_: &Request| {
        Reply::Forever(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(),
            b"4\r\nciao\r\n".repeat(1000),
        )
    };
    // of ten bytes that come four are body: the limit of all bytes is reached first
    let (web, body) = Server::start(endless).await.visit("comune.test").await;
    assert!(body.unwrap().len() <= limit && web.page.known().unwrap().cut);

    let bomb = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, &vec![b' '; 200_000_000]).unwrap();
        encoder.finish().unwrap()
    };
    assert!(bomb.len() < 300_000);
    let server = Server::start(move |_| answer("200 OK", &["Content-Encoding: gzip"], &bomb)).await;
    let (web, body) = server.visit("comune.test").await;
    assert_eq!((body.unwrap().len(), web.page.known().unwrap().cut), (limit, true));
    assert_eq!(web.compression.known().unwrap().as_deref(), Some("gzip"));
}

#[tokio::test]
async fn heads_that_never_end() {
    let long = "its headers are longer than 64 KiB";
    let (web, took) = seen(|_| Reply::Forever(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-A: b\r\n".to_vec())).await;
    let End::Failed { why } = ends(&web).0 else { panic!("{web:?}") };
    assert!([long, "it has more than 128 headers"].contains(&why.as_str()), "{why}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    let (web, _) =
        seen(|_| Reply::Forever(b"HTTP/1.1 200 OK\r\nX-A: ".to_vec(), b"aaaaaaaaaaaaaaaa".to_vec())).await;
    assert_eq!(ends(&web), (&failed(long), 0));
    let (web, _) = seen(|_| Reply::Forever(Vec::new(), b"HTTP/1.1 100 Continue\r\n\r\n".to_vec())).await;
    assert_eq!(ends(&web), (&failed("it answers again and again that an answer comes"), 0));
}

#[tokio::test]
async fn slowness() {
    let slow = |_: &Request| {
        Reply::Drip(b"HTTP/1.1 200 OK\r\nServer: slowloris and more of it and more\r\n".repeat(9))
    };
    let (web, took) = seen(slow).await;
    assert_eq!(ends(&web), (&failed("its headers do not end: no answer in time"), 0));
    assert!(took < Duration::from_secs(6), "{took:?}");

    let body = |_: &Request| Reply::Drip([b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &[b'.'; 500]].concat());
    let (web, took) = seen(body).await;
    let page = web.page.known().unwrap();
    assert_eq!(
        (page.cut, page.oddities.as_slice()),
        (true, &["its body does not end: no answer in time".to_owned()][..])
    );
    assert!(took < Duration::from_secs(20), "{took:?}");

    let (web, took) = seen(|_| Reply::Silence).await;
    assert_eq!(web.secure.why_unknown(), Some("no answer in time"), "silence is not no");
    assert!(took < Duration::from_secs(4), "both ports are waited for at once: {took:?}");
}

#[tokio::test]
async fn what_is_not_http() {
    for (bytes, why) in [
        (&b"<html><p>HTTP/0.9 has no head"[..], "it answers something that is not HTTP"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "it answers something that is not HTTP"),
        (b"HTTP/1.1 007 Bond\r\n\r\n", "it answers with the status 7"),
        (b"HTTP/1.1 200 OK\r\nServer: x\r\n", "its answer ends within its headers"),
    ] {
        let (web, _) = seen(move |_| Reply::Last(bytes.to_vec())).await;
        assert_eq!(ends(&web), (&failed(why), 0));
    }
    let (web, _) = seen(|_| Reply::Last(Vec::new())).await;
    assert_eq!(web.secure.why_unknown(), Some("the connection was closed without an answer"));
}

#[tokio::test]
async fn bodies_that_are_nonsense() {
    for (bytes, oddity) in [
        (
            &b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nciao ciao\r\n"[..],
            "its chunks are nonsense",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nci", "its body ends before its end"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nci", "its body ends before its end"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nciao",
            "it has several Content-Length that contradict each other",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: text/html; charset=klingon\r\n\r\nciao",
            "it names a charset that no browser knows: klingon",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/html; charset=utf-8\r\n\r\ncitt\xe0",
            "its bytes are not of the charset utf-8 that it names",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: br\r\n\r\nciao",
            "its body is not the br that it says: Invalid Data",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: sdch\r\n\r\nciao",
            "its body has an encoding that was not asked for: sdch",
        ),
    ] {
        let (web, _) = seen(move |_| Reply::Last(bytes.to_vec())).await;
        assert_eq!(web.page.known().unwrap().oddities, [oddity]);
    }
}

#[tokio::test]
async fn http_at_the_port_of_https() {
    let server = Server::start(|_| page("")).await;
    let (web, _) = visit(&eyes("comune.test"), "comune.test", server.plain, server.plain).await;
    assert_eq!(ends(&web), (&failed("it answers something that is not TLS"), 0));
    assert_eq!(web.plain.known().unwrap().end, End::Page);
}

#[tokio::test]
async fn nobody_there() {
    let eyes = eyes("comune.test");
    let (web, _) = visit(&eyes, "comune.test", 1, 1).await;
    assert_eq!((ends(&web), &web.plain.known().unwrap().end), ((&End::Closed, 0), &End::Closed));
    let (web, _) = visit(&eyes, "assente.test", 443, 80).await;
    assert_eq!(web.secure.why_unknown(), Some("there is no resolver to ask"));
    for host in ["", "a b", "a/b", "\r\nx"] {
        let (web, _) = visit(&eyes, host, 443, 80).await;
        assert!(web.secure.why_unknown().unwrap().ends_with(" is no host"), "{host:?}: {web:?}");
    }
}

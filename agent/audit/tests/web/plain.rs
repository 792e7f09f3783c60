//! A server that behaves: what is seen of it, and how little it is asked.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use campanile_audit::chain::Roots;
use campanile_audit::facts::{CrossOrigin, End};
use campanile_audit::probes::{Budget, Limits, http};

use super::server::{Reply, Request, Server, answer, eyes, page, redirect};

const PAGE: &str = "<!doctype html><html lang=it><head><title>Comune di Barzago</title><meta name=referrer content=no-referrer>
<meta http-equiv=Content-Security-Policy content=\"img-src 'self'\">
<link rel=stylesheet href='/wp-content/themes/design-comuni-wordpress-theme/style.css?ver=6.8'>
<script src=https://cdn.test/a.js></script></head>
<body><img src=http://comune.test/stemma.png><footer>
<a data-element=privacy-policy-link href=/privacy>Privacy</a></footer></body></html>";

fn municipality(request: &Request) -> Reply {
    let text = ["Content-Type: text/plain"];
    match (request.secure, request.path.as_str()) {
        (false, path) => redirect(&format!("https://comune.test{path}")),
        (true, "/") if request.get("cookie") == "visto=1" => answer(
            "200 OK",
            &[
                "Content-Type: text/html",
                "Strict-Transport-Security: max-age=31536000",
                "Set-Cookie: PHPSESSID=segreto; path=/; HttpOnly",
            ],
            PAGE.as_bytes(),
        ),
        (true, "/") => answer("302 Found", &["Location: /", "Set-Cookie: visto=1; Secure"], b""),
        (true, "/robots.txt") => answer("200 OK", &text, b"User-agent: *\nDisallow: /wp-admin/\n"),
        (true, "/.well-known/security.txt") => {
            answer("200 OK", &text, b"Contact: mailto:sicurezza@comune.test\nExpires: 2027-06-30T00:00:00Z\n")
        }
        (true, path) if path.ends_with("style.css?ver=6.8") => answer(
            "200 OK",
            &["Content-Type: text/css"],
            b"/*!\nVersion: 1.9.2\nText Domain: design_comuni_italia\n*/",
        ),
        (true, _) => answer("404 Not Found", &text, b"non trovata"),
    }
}

#[tokio::test]
async fn what_is_seen() {
    let server = Server::start(municipality).await;
    let (web, body) = server.visit("comune.test").await;

    let secure = web.secure.known().unwrap();
    let hops: Vec<_> =
        secure.hops.iter().map(|hop| (hop.url.as_str(), hop.status, hop.leads_to.as_deref())).collect();
    let root = "https://comune.test/";
    assert_eq!(hops, [(root, 302, Some(root)), (root, 200, None)]);
    let certificate = secure.hops[0].certificate.as_ref().unwrap();
    assert!(certificate.sha256.len() == 64 && certificate.trusted.is_yes());
    let plain = web.plain.known().unwrap();
    assert_eq!(
        (plain.hops[0].status, plain.hops[0].leads_to.as_deref(), plain.hops.len()),
        (301, Some(root), 3)
    );
    assert!(plain.hops[0].certificate.is_none());

    let page = web.page.known().unwrap();
    assert_eq!((page.status, page.title.as_str(), page.cut), (200, "Comune di Barzago", false));
    assert_eq!(page.meta_policies, ["img-src 'self'"]);
    assert_eq!(page.meta_referrer.as_deref(), Some("no-referrer"));
    assert_eq!(page.theme_version.as_deref(), Some("1.9.2"));
    assert_eq!(
        page.marked_links,
        BTreeMap::from([("privacy-policy-link".to_owned(), format!("{root}privacy"))])
    );
    assert_eq!(page.headers["strict-transport-security"], ["max-age=31536000"]);
    assert_eq!(page.headers["set-cookie"], ["PHPSESSID=…; path=/; HttpOnly"]);
    let cookies: Vec<_> =
        page.cookies.iter().map(|c| (c.name.as_str(), c.secure, c.http_only, c.session)).collect();
    assert_eq!(cookies, [("visto", true, false, false), ("PHPSESSID", false, true, true)]);
    let references: Vec<_> =
        page.references.iter().map(|one| (one.kind.as_str(), one.url.as_str())).collect();
    assert_eq!(
        references,
        [
            (
                "style",
                "https://comune.test/wp-content/themes/design-comuni-wordpress-theme/style.css?ver=6.8"
            ),
            ("script", "https://cdn.test/a.js"),
            ("image", "http://comune.test/stemma.png"),
        ]
    );
    assert_eq!(body.unwrap(), PAGE.as_bytes());

    assert!(web.says_not_found.is_yes() && web.robots_allows.is_yes());
    let contact = web.security_txt.known().unwrap().as_ref().unwrap();
    assert_eq!(
        (contact.contacts.as_slice(), contact.problems.len()),
        (&["mailto:sicurezza@comune.test".to_owned()][..], 0)
    );
    assert_eq!(web.compression.known().unwrap(), &None);
    assert_eq!(web.cross_origin.known().unwrap(), &CrossOrigin::Closed);
    assert_eq!(web.http_versions, ["http/1.1"]);
    assert!(web.preloaded.why_unknown().is_some());
    assert!(!format!("{web:?}").contains("segreto"), "what a cookie holds is nobody's business");
}

#[tokio::test]
async fn how_little_is_asked() {
    let server = Server::start(municipality).await;
    server.visit("comune.test").await;
    let (connections, requests) =
        (server.connections.load(Ordering::SeqCst), server.requests.load(Ordering::SeqCst));
    // port 80; twice the page for its cookie; the same from port 80 on; security.txt, robots.txt, no page, style, origin
    assert!(connections <= 3 && requests <= 9, "{connections} connections, {requests} requests");
}

#[tokio::test]
async fn who_asks_and_for_what() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = asked.clone();
    let server = Server::start(move |request| {
        noted.lock().unwrap().push(request.clone());
        match request.path.as_str() {
            "/robots.txt" => answer("200 OK", &[], b"User-agent: campanile-audit\nDisallow: /\n"),
            _ => page("<link rel=stylesheet href=/style.css>"),
        }
    })
    .await;
    let (web, _) = server.visit("comune.test").await;
    assert!(web.robots_allows.is_no());
    assert_eq!(web.says_not_found.why_unknown(), Some("robots.txt forbids to ask"));
    let asked = asked.lock().unwrap();
    let mut paths: Vec<&str> = asked.iter().map(|request| request.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths, ["/", "/.well-known/security.txt", "/robots.txt"]);
    for request in asked.iter() {
        assert_eq!(request.get("user-agent"), "campanile-audit/0 (+mailto:ced@provincia.example)");
        assert_eq!(request.get("host"), "comune.test");
    }
}

#[tokio::test]
async fn who_may_read_from_elsewhere() {
    for (headers, expected) in [
        (&["Access-Control-Allow-Origin: *"][..], CrossOrigin::Public),
        (&["Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true"], CrossOrigin::Public),
        (
            &["Access-Control-Allow-Origin: ORIGIN", "Access-Control-Allow-Credentials: true"],
            CrossOrigin::WithCredentials,
        ),
        (&["Access-Control-Allow-Origin: ORIGIN"], CrossOrigin::Public),
        (&["Access-Control-Allow-Origin: https://altro.test"], CrossOrigin::Closed),
    ] {
        let server = Server::start(move |request| {
            let lines: Vec<String> =
                headers.iter().map(|line| line.replace("ORIGIN", request.get("origin"))).collect();
            answer("200 OK", &lines.iter().map(String::as_str).collect::<Vec<_>>(), b"")
        });
        let (web, _) = server.await.visit("comune.test").await;
        assert_eq!(web.cross_origin.known().unwrap(), &expected, "{headers:?}");
    }
}

#[tokio::test]
async fn answers_that_say_nothing_sure() {
    let server = Server::start(|request| match request.path.as_str() {
        "/" => page(""),
        "/robots.txt" => answer("503 Busy", &[], b""),
        _ => answer("403 Forbidden", &[], b""),
    });
    let (web, _) = server.await.visit("comune.test").await;
    assert_eq!(web.robots_allows.why_unknown(), Some("robots.txt answers 503"));
    assert_eq!(web.says_not_found.why_unknown(), Some("robots.txt answers 503"));
    assert_eq!(web.security_txt.why_unknown(), Some("security.txt answers 403"));

    let everything = Server::start(|_| page("<p>Home")).await;
    let (web, _) = everything.visit("comune.test").await;
    assert!(web.says_not_found.is_no() && web.robots_allows.is_yes());
    assert_eq!(web.security_txt.known().unwrap(), &None, "a page is no security.txt");
}

#[tokio::test]
async fn the_other_name() {
    let reply = |request: &Request| match request.get("host") {
        "www.comune.test" => redirect("https://comune.test/"),
        _ => page("Home"),
    };
    let server = Server::start(reply).await;
    let mut eyes = eyes("comune.test");
    let other = http::other_name(&eyes, "comune.test", server.secure, server.plain).await;
    let other = other.known().unwrap();
    assert_eq!((other.host.as_str(), other.resolves), ("www.comune.test", true));
    assert!(other.leads_here.is_yes());
    assert!(http::other_name(&eyes, "127.0.0.1", server.secure, server.plain).await.known().is_none());
    let (web, _) = http::visit(&eyes, "www.comune.test", server.secure, server.plain).await;
    assert_eq!(web.secure.known().unwrap().end, End::Page);

    // no certificate for altro.test, though it is the same page
    let (web, _) = http::visit(&eyes, "altro.test", server.secure, server.plain).await;
    let hop = &web.secure.known().unwrap().hops[0];
    assert!(hop.status == 200 && hop.certificate.as_ref().unwrap().trusted.is_no());
    eyes.roots = Roots::public();
    let other = http::other_name(&eyes, "comune.test", server.secure, server.plain).await;
    assert!(other.known().unwrap().leads_here.is_no(), "nobody vouches for its certificate");
}

#[tokio::test]
async fn what_it_is_made_with() {
    let hides = "<script src=/wp-includes/js/jquery/jquery.min.js?ver=a1b2></script>";
    let feed = b"<rss><channel><generator>https://wordpress.org/?v=6.4.3</generator></channel></rss>";
    for (robots, version) in [("", Some("6.4.3")), ("User-agent: *\nDisallow: /feed/", None)] {
        let server = Server::start(move |request| match request.path.as_str() {
            "/robots.txt" => answer("200 OK", &[], robots.as_bytes()),
            "/feed/" => answer("200 OK", &["Content-Type: application/rss+xml"], feed),
            _ => page(hides),
        })
        .await;
        let (web, body) = server.visit("comune.test").await;
        let eyes = eyes("comune.test");
        let cms = http::cms(&eyes, &web, body.as_deref(), server.secure, server.plain).await;
        let cms = cms.known().unwrap().as_ref().unwrap();
        assert_eq!((cms.name.as_str(), cms.version.as_deref()), ("WordPress", version));
    }
}

#[tokio::test]
async fn many_looks_at_one_address_do_not_wait_for_each_other() {
    let server = Server::start(municipality).await;
    for at_once in [1, 4] {
        let mut eyes = eyes("comune.test");
        eyes.budget = Budget::new(Limits { at_once, burst: 1000.0, ..Limits::default() });
        let looks = (0..8).map(|_| http::visit(&eyes, "comune.test", server.secure, server.plain));
        let looks = futures_util::future::join_all(looks);
        let looks =
            tokio::time::timeout(Duration::from_secs(30), looks).await.expect("they wait for each other");
        assert!(looks.iter().all(|(web, _)| web.page.known().is_some() && web.says_not_found.is_yes()));
    }
}

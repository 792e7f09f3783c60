//! MDN's HTTP Observatory.

use super::*;

#[test]
fn as_computed_by_hand() {
    check(
        Scheme::Observatory,
        &[
            // CSP +10, frame-ancestors +5, Referrer-Policy +5
            ("all is well", |_| {}, "A+ 120"),
            ("no CSP", |facts| drop(headers(facts).remove("content-security-policy")), "C 55"),
            ("no HSTS", |facts| drop(headers(facts).remove("strict-transport-security")), "B+ 80"),
            (
                "HSTS of a month",
                |facts| header(facts, "strict-transport-security", "max-age=2592000"),
                "A+ 110",
            ),
            ("no nosniff", |facts| drop(headers(facts).remove("x-content-type-options")), "A+ 115"),
            ("no referrer", |facts| drop(headers(facts).remove("referrer-policy")), "A+ 115"),
            ("referrer to anybody", |facts| header(facts, "referrer-policy", "unsafe-url"), "A+ 110"),
            (
                "framed by anybody",
                |facts| header(facts, "content-security-policy", "default-src 'self'"),
                "B+ 80",
            ),
            (
                "framed by the older header",
                |facts| {
                    header(facts, "content-security-policy", "default-src 'self'");
                    header(facts, "x-frame-options", "DENY");
                },
                "A+ 110",
            ),
            (
                "no redirect",
                |facts| site(facts).web.plain = way(vec![hop("http://comune.esempio.lc.test/", 200, None)]),
                "B+ 80",
            ),
            (
                "first to www",
                |facts| {
                    let (from, to) =
                        ("http://comune.esempio.lc.test/", "https://www.comune.esempio.lc.test/");
                    site(facts).web.plain = way(vec![hop(from, 301, Some(to)), hop(to, 200, None)]);
                },
                "A+ 115",
            ),
            (
                "CORS",
                |facts| {
                    site(facts).web.cross_origin = Answer::Known(crate::facts::CrossOrigin::WithCredentials);
                },
                "C 50",
            ),
            ("a foreign script", |facts| script(facts, "https://cdn.example/a.js", false), "A+ 115"),
            ("a foreign script, checked", |facts| script(facts, "https://cdn.example/a.js", true), "A+ 125"),
            (
                "a foreign script in the clear",
                |facts| script(facts, "http://cdn.example/a.js", false),
                "C 50",
            ),
            ("a good session", |facts| cookie(facts, true, true, Some("Lax")), "A+ 125"),
            ("a session without HttpOnly", |facts| cookie(facts, true, false, Some("Lax")), "B 70"),
            ("a session without Secure, with HSTS", |facts| cookie(facts, false, true, None), "A+ 110"),
            (
                "a session without Secure or HSTS",
                |facts| {
                    cookie(facts, false, true, None);
                    headers(facts).remove("strict-transport-security");
                },
                "D+ 40",
            ),
            (
                "kept apart",
                |facts| {
                    header(facts, "cross-origin-opener-policy", "same-origin; report-to=\"a\"");
                    header(facts, "cross-origin-resource-policy", "same-site");
                },
                "A+ 140",
            ),
            ("preloaded", |facts| site(facts).web.preloaded = true.into(), "A+ 125"),
            (
                "an old list of preloaded hosts",
                |facts| site(facts).web.preloaded = Answer::default(),
                "A+ 120..125",
            ),
            ("the page was not seen", |facts| site(facts).web.page = Answer::default(), "F..A+ 0..160"),
            ("nothing was seen", |facts| site(facts).web = crate::facts::Web::default(), "none"),
        ],
    );
}

fn script(facts: &mut Facts, url: &str, integrity: bool) {
    page(facts).references.push(Reference { kind: "script".into(), url: url.into(), integrity });
}

fn cookie(facts: &mut Facts, secure: bool, http_only: bool, same_site: Option<&str>) {
    page(facts).cookies.push(crate::facts::Cookie {
        name: "PHPSESSID".into(),
        host: cases::HOST.into(),
        domain: None,
        secure,
        http_only,
        same_site: same_site.map(Into::into),
        session: true,
    });
}

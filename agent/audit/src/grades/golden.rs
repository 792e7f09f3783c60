//! Known configurations, and the grades that the published arithmetic gives them, computed by hand.

use super::*;
use crate::Answer;
use crate::facts::{DhParameters, Diagnosis, End, Intrusive, KeyKind, Reference, Revocation, Visit};
use crate::registry::{Group, Suite, Version};
use crate::rules::cases::{self, chain, good, header, headers, hop, leaf, page, site, tls, version, way};
use crate::rules::{self, OldVersions};

type Change = fn(&mut Facts);

/// `worst`, `best` and points of a scheme's first grade: `A+ 93`, `F..A 0..93`.
fn graded(change: Change, scheme: Scheme, old_versions: OldVersions) -> String {
    let mut facts = good();
    change(&mut facts);
    let all = rules::tests::with_context(|context| {
        let findings = rules::judge(&facts, context);
        grades(&facts, &findings, &Context { old_versions, ..*context })
    });
    let Some(grade) = all.iter().find(|grade| grade.scheme == scheme) else { return "none".to_owned() };
    let Grade { worst, best, points, .. } = grade;
    let name = if worst == best { worst.clone() } else { format!("{worst}..{best}") };
    match points {
        _ if scheme == Scheme::InternetNl => name,
        None => name,
        Some((worst, best)) if worst == best => format!("{name} {worst}"),
        Some((worst, best)) => format!("{name} {worst}..{best}"),
    }
}

fn check(scheme: Scheme, cases: &[(&str, Change, &str)]) {
    let mut wrong = Vec::new();
    for (name, change, expected) in cases {
        let graded = graded(*change, scheme, OldVersions::Misconfigured);
        if graded != *expected {
            wrong.push(format!("{name}: {graded}, expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn offer(facts: &mut Facts, spoken: Version, suites: &[u32]) {
    version(facts, spoken).offered = true.into();
    version(facts, spoken).suites.extend(suites.iter().copied().map(Suite));
}

fn rsa(facts: &mut Facts, bits: u32) {
    leaf(facts).key = KeyKind::Rsa;
    leaf(facts).key_bits = bits;
}

fn one_address(facts: &mut Facts) {
    let Answer::Known(endpoints) = &mut site(facts).endpoints else { panic!("the endpoints are unknown") };
    endpoints.truncate(1);
}

fn dh(facts: &mut Facts, bits: u32) {
    tls(facts).dh.push(DhParameters { bits, known_as: None, sha256: "prime".into() });
}

fn incomplete(facts: &mut Facts, would_be_trusted: Answer<bool>) {
    cases::distrust(facts, Diagnosis::Incomplete { missing: "CN=E7".into(), would_be_trusted });
}

fn without_https(facts: &mut Facts, https: Answer<bool>) {
    let Answer::Known(endpoints) = &mut site(facts).endpoints else { panic!("the endpoints are unknown") };
    for endpoint in endpoints {
        endpoint.https = https.clone();
        endpoint.tls = None;
    }
}

#[test]
fn ssl_labs() {
    check(
        Scheme::SslLabs,
        &[
            // 30 % of 100, 30 % of 90 (P-256), 40 % of (80 + 100) / 2
            ("TLS 1.2 and 1.3, P-256, HSTS", |_| {}, "A+ 93"),
            ("no HSTS", |facts| drop(first_headers(facts).remove("strict-transport-security")), "A 93"),
            (
                "HSTS of five months",
                |facts| header(facts, "strict-transport-security", "max-age=13000000"),
                "A 93",
            ),
            ("RSA 2048", |facts| rsa(facts, 2048), "A+ 93"),
            (
                "RSA 4096 and P-384 alone",
                |facts| {
                    one_address(facts);
                    rsa(facts, 4096);
                    tls(facts).groups = Answer::Known(vec![Group(24)]);
                    tls(facts).groups_tls13 = Answer::Known(vec![Group(24)]);
                },
                "A+ 96",
            ),
            ("RSA 1024", |facts| rsa(facts, 1024), "B 90"),
            ("RSA 768", |facts| rsa(facts, 768), "F 78"),
            ("DH 1024", |facts| dh(facts, 1024), "B 90"),
            ("DH 512", |facts| dh(facts, 512), "F 78"),
            (
                "no TLS 1.3",
                |facts| {
                    version(facts, Version::Tls13).offered = false.into();
                    version(facts, Version::Tls13).suites.clear();
                },
                "A- 93",
            ),
            // protocols (100 + 95) / 2
            ("TLS 1.1 too", |facts| offer(facts, Version::Tls11, &[0xc013]), "B 92"),
            ("TLS 1.0 too", |facts| offer(facts, Version::Tls10, &[0xc013]), "B 91"),
            ("SSL 3 with CBC", |facts| offer(facts, Version::Ssl3, &[0x002f]), "C 90"),
            ("SSL 2", |facts| offer(facts, Version::Ssl2, &[]), "F 78"),
            ("RC4 in TLS 1.2", |facts| offer(facts, Version::Tls12, &[0x0005]), "C 93"),
            ("RC4 in TLS 1.0 alone", |facts| offer(facts, Version::Tls10, &[0x0005]), "B 91"),
            // ciphers (20 + 100) / 2
            ("3DES in TLS 1.2", |facts| offer(facts, Version::Tls12, &[0x000a]), "C 81"),
            ("export", |facts| offer(facts, Version::Tls10, &[0x0003]), "F 64"),
            ("NULL", |facts| offer(facts, Version::Tls12, &[0x0002]), "F 77"),
            ("anonymous", |facts| offer(facts, Version::Tls12, &[0x00a6]), "F 0"),
            (
                "AES-128-GCM by RSA alone",
                |facts| {
                    version(facts, Version::Tls13).offered = false.into();
                    version(facts, Version::Tls13).suites.clear();
                    version(facts, Version::Tls12).suites = vec![Suite(0x009c)];
                },
                "B 89",
            ),
            ("compression", |facts| tls(facts).compression = true.into(), "C 93"),
            ("no secure renegotiation", |facts| tls(facts).secure_renegotiation = false.into(), "A- 93"),
            (
                "Heartbleed",
                |facts| {
                    tls(facts).intrusive =
                        Some(Intrusive { heartbleed: true.into(), ..Intrusive::default() });
                },
                "F 93",
            ),
            (
                "expired",
                |facts| {
                    cases::distrust(
                        facts,
                        Diagnosis::Expired { since: cases::day("2026-11-01"), position: 0 },
                    )
                },
                "T 93",
            ),
            ("another name", |facts| cases::distrust(facts, Diagnosis::OnlyCommonName), "M 93"),
            (
                "revoked",
                |facts| {
                    let (since, reason) = (cases::day("2026-11-01"), "keyCompromise".into());
                    chain(facts).trust.revocation = Revocation::Revoked { since, reason };
                },
                "T 93",
            ),
            ("incomplete", |facts| incomplete(facts, true.into()), "B 93"),
            ("incomplete, and who knows", |facts| incomplete(facts, Answer::default()), "T..B 93"),
            ("incomplete, and not trusted anyway", |facts| incomplete(facts, false.into()), "T 93"),
            (
                "TLS 1.0 could not be told",
                |facts| version(facts, Version::Tls10).offered = Answer::default(),
                "B..A+ 91..93",
            ),
            (
                "some suites could not be told",
                |facts| version(facts, Version::Tls12).complete = false,
                "F..A+ 0..93",
            ),
            ("HSTS could not be told", |facts| site(facts).web.secure = Answer::default(), "A..A+ 93"),
            ("no HTTPS", |facts| without_https(facts, false.into()), "none"),
        ],
    );
}

fn first_headers(facts: &mut Facts) -> &mut std::collections::BTreeMap<String, Vec<String>> {
    let Answer::Known(visit) = &mut site(facts).web.secure else { panic!("the way is unknown") };
    &mut visit.hops[0].headers
}

#[test]
fn cert_agid() {
    let (secure, misconfigured, grave) = ("sicuro", "mal configurato", "gravi problemi di sicurezza");
    let open = "gravi problemi di sicurezza..sicuro";
    check(
        Scheme::CertAgid,
        &[
            ("all is well", |_| {}, secure),
            ("no HTTPS", |facts| without_https(facts, false.into()), "senza HTTPS"),
            ("no answer", |facts| without_https(facts, Answer::default()), "senza HTTPS..sicuro"),
            ("no look-up", |facts| site(facts).endpoints = Answer::default(), "senza HTTPS..sicuro"),
            (
                "no address",
                |facts| {
                    site(facts).endpoints = Answer::Known(Vec::new());
                },
                "none",
            ),
            (
                "expired",
                |facts| {
                    cases::distrust(
                        facts,
                        Diagnosis::Expired { since: cases::day("2026-11-01"), position: 0 },
                    )
                },
                grave,
            ),
            ("self-signed", |facts| cases::distrust(facts, Diagnosis::SelfSigned), grave),
            ("incomplete", |facts| incomplete(facts, true.into()), misconfigured),
            (
                "incomplete, and who knows",
                |facts| incomplete(facts, Answer::default()),
                "gravi problemi di sicurezza..mal configurato",
            ),
            ("CBC", |facts| offer(facts, Version::Tls12, &[0xc013]), misconfigured),
            ("RC4", |facts| offer(facts, Version::Tls12, &[0x0005]), misconfigured),
            ("NULL", |facts| offer(facts, Version::Tls12, &[0x0002]), grave),
            ("export", |facts| offer(facts, Version::Tls12, &[0x0003]), grave),
            ("anonymous", |facts| offer(facts, Version::Tls12, &[0x00a6]), grave),
            (
                "TLS 1.0 and 1.1 too",
                |facts| {
                    offer(facts, Version::Tls10, &[]);
                    offer(facts, Version::Tls11, &[]);
                },
                misconfigured,
            ),
            ("SSL 3 too", |facts| offer(facts, Version::Ssl3, &[]), misconfigured),
            (
                "TLS 1.1 at most",
                |facts| {
                    offer(facts, Version::Tls11, &[]);
                    version(facts, Version::Tls12).offered = false.into();
                    version(facts, Version::Tls13).offered = false.into();
                },
                grave,
            ),
            ("TLS 1.2 at most", |facts| version(facts, Version::Tls13).offered = false.into(), secure),
            (
                "TLS 1.0 could not be told",
                |facts| version(facts, Version::Tls10).offered = Answer::default(),
                "mal configurato..sicuro",
            ),
            ("some suites could not be told", |facts| version(facts, Version::Tls12).complete = false, open),
            (
                "no redirect",
                |facts| site(facts).web.plain = way(vec![hop("http://comune.esempio.lc.test/", 200, None)]),
                grave,
            ),
            (
                "port 80 is closed",
                |facts| site(facts).web.plain = Answer::Known(Visit { hops: vec![], end: End::Closed }),
                secure,
            ),
            ("port 80 is silent", |facts| site(facts).web.plain = Answer::unknown("no answer"), open),
            (
                "a redirect to HTTP",
                |facts| {
                    let (from, to) = ("https://comune.esempio.lc.test/", "http://comune.esempio.lc.test/");
                    site(facts).web.secure = way(vec![hop(from, 302, Some(to)), hop(to, 200, None)]);
                },
                grave,
            ),
            ("DH 1024", |facts| dh(facts, 1024), misconfigured),
            ("DH 512", |facts| dh(facts, 512), grave),
            ("no HSTS and no headers", |facts| headers(facts).clear(), secure),
        ],
    );
    let old: Change = |facts| offer(facts, Version::Tls10, &[]);
    assert_eq!(graded(old, Scheme::CertAgid, OldVersions::Grave), grave);
    let secure_still: Change = |_| {};
    assert_eq!(graded(secure_still, Scheme::CertAgid, OldVersions::Grave), secure);
}

#[test]
fn observatory() {
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
                    site(facts).web.cross_origin = Answer::Known(crate::facts::CrossOrigin::WithCredentials)
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

#[test]
fn internet_nl() {
    fn mail(facts: &mut Facts) -> &mut crate::facts::Mail {
        facts.mail.as_mut().unwrap()
    }
    check(
        Scheme::InternetNl,
        &[
            ("all is well", |_| {}, "100%"),
            (
                "not signed: one of four categories",
                |facts| {
                    facts.domain.as_mut().unwrap().dnssec = Answer::Known(crate::facts::Dnssec::Insecure);
                },
                "75%",
            ),
            (
                "no DMARC: two of five checks of a quarter",
                |facts| mail(facts).dmarc = Answer::Known(Default::default()),
                "90%",
            ),
            (
                "no TLSA: two of five checks of a quarter",
                |facts| {
                    cases::exchanger(facts).dane = Answer::Known(crate::facts::Dane {
                        records: vec![],
                        secure: true,
                        fits: false.into(),
                    });
                },
                "90%",
            ),
            ("it takes no mail", |facts| mail(facts).exchangers = Answer::Known(Vec::new()), "100%"),
            (
                "a mail server without IPv6: a third of a quarter",
                |facts| cases::exchanger(facts).addresses.truncate(1),
                "91%",
            ),
            (
                "SPF was not told: two of five of a quarter",
                |facts| mail(facts).spf = Answer::default(),
                "90%..100%",
            ),
            (
                "no domain was looked at",
                |facts| {
                    facts.domain = None;
                    facts.mail = None;
                },
                "none",
            ),
        ],
    );
}

#[test]
fn modello_comuni() {
    check(
        Scheme::ModelloComuni,
        &[
            ("all is well", |_| {}, "passed"),
            ("an old theme", |facts| page(facts).theme_version = Some("0.9".into()), "failed"),
            ("the page was not seen", |facts| site(facts).web.page = Answer::default(), "failed..passed"),
            ("no comune", |facts| facts.title = "Unione dei laghi".into(), "none"),
        ],
    );
}

#[test]
fn a_body_is_as_good_as_its_worst_host() {
    let mut facts = good();
    let mut other = facts.sites[0].clone();
    other.host = "servizi.comune.esempio.lc.test".into();
    facts.sites.push(other);
    offer(&mut facts, Version::Tls10, &[]);
    let all = rules::tests::with_context(|context| grades(&facts, &[], context));
    let classes: Vec<(&str, &str)> = all
        .iter()
        .filter(|grade| grade.scheme == Scheme::CertAgid)
        .map(|grade| (grade.object.as_str(), grade.worst.as_str()))
        .collect();
    let expected = [
        (cases::HOST, "mal configurato"),
        ("servizi.comune.esempio.lc.test", "sicuro"),
        ("esempio", "mal configurato"),
    ];
    assert_eq!(classes, expected);
}

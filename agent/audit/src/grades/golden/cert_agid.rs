//! CERT-AgID's classes.

use super::*;

#[test]
fn as_computed_by_hand() {
    let (secure, misconfigured, grave) = ("sicuro", "mal configurato", "gravi problemi di sicurezza");
    let open = "gravi problemi di sicurezza..sicuro";
    check(
        Scheme::CertAgid,
        &[
            ("all is well", |_| {}, secure),
            ("no HTTPS", |facts| without_https(facts, &false.into()), "senza HTTPS"),
            ("no answer", |facts| without_https(facts, &Answer::default()), "senza HTTPS..sicuro"),
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
                    );
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
fn forward_secrecy_is_a_must() {
    let (secure, misconfigured) = ("sicuro", "mal configurato");
    let open = "gravi problemi di sicurezza..sicuro";
    check(
        Scheme::CertAgid,
        &[
            ("no forward secrecy", only_rsa, misconfigured),
            (
                "no forward secrecy, as far as suites are known",
                |facts| {
                    only_rsa(facts);
                    version(facts, Version::Tls12).complete = false;
                },
                open,
            ),
            (
                "forward secrecy with one suite of two",
                |facts| offer(facts, Version::Tls12, &[0x009c]),
                secure,
            ),
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

//! SSL Labs' rating.

use super::*;

#[test]
fn as_computed_by_hand() {
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
                    );
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
            ("no HTTPS", |facts| without_https(facts, &false.into()), "none"),
        ],
    );
}

fn first_headers(facts: &mut Facts) -> &mut std::collections::BTreeMap<String, Vec<String>> {
    let Answer::Known(visit) = &mut site(facts).web.secure else { panic!("the way is unknown") };
    &mut visit.hops[0].headers
}

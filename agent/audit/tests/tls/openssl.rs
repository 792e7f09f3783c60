//! nginx and `openssl s_server` in many set-ups.

use campanile_audit::Answer;
use campanile_audit::registry::Version;

use crate::looks::{names, suites, tls, versions};
use crate::street::{self, INTERMEDIATE};

#[tokio::test]
async fn nginx_by_mozillas_intermediate_profile() {
    let server = street::nginx(INTERMEDIATE);
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "TLS 1.2, TLS 1.3");
    let mut found = suites(&tls, Version::Tls12);
    found.sort();
    let expected = [
        "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    ];
    assert_eq!(found, expected);
    let expected13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
    assert_eq!(suites(&tls, Version::Tls13), expected13);
    for version in [Version::Tls12, Version::Tls13] {
        assert!(tls.versions[&version].server_preference.is_no(), "{version:?}");
    }
    assert_eq!(names(&tls.groups), "secp256r1 secp384r1 x25519");
    let mut groups = tls.groups_tls13.known().unwrap().clone();
    groups.sort();
    assert_eq!(names(&Answer::Known(groups)), "secp256r1 secp384r1 x25519");
    let dh: Vec<_> = tls.dh.iter().map(|prime| (prime.bits, prime.known_as.as_deref())).collect();
    assert_eq!(dh, [(2048, Some("ffdhe2048"))]);
    assert_eq!(names(&tls.alpn), "h2 http/1.1");
    let yes = [&tls.secure_renegotiation, &tls.extended_master_secret, &tls.fallback_scsv, &tls.session_ids];
    assert!(yes.iter().all(|answer| answer.is_yes()), "{yes:?}");
    let no =
        [&tls.compression, &tls.session_tickets, &tls.heartbeat, &tls.ocsp_staple, &tls.refuses_other_names];
    assert!(no.iter().all(|answer| answer.is_no()), "{no:?}");
    assert_eq!(tls.certificate_timestamps, Answer::Known(0));
    let by: Vec<&str> = tls.chains.iter().map(|chain| chain.by.as_str()).collect();
    assert_eq!(by, ["RSA"]);
    assert_eq!(tls.chains[0].chain.certificates[0].names, [street::NAME]);
    assert!(tls.without_name.known().unwrap().is_some());
    assert_eq!(tls.oddities, Vec::<String>::new());
    assert!(tls.cost.connections <= 35, "{:?}", tls.cost);
}

#[tokio::test]
async fn nginx_with_every_old_version_and_suite() {
    let server = street::nginx(street::OLD);
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3");
    // By `openssl ciphers -s -tls1 ALL:COMPLEMENTOFALL:@SECLEVEL=0`, those that an RSA key can be used with, as OpenSSL sorts them.
    assert_eq!(suites(&tls, Version::Tls10), by_openssl("-tls1"));
    assert_eq!(suites(&tls, Version::Tls11), by_openssl("-tls1_1"));
    assert_eq!(suites(&tls, Version::Tls12), by_openssl("-tls1_2"));
    assert_eq!(suites(&tls, Version::Tls13).len(), 3);
    assert!(tls.versions[&Version::Tls12].server_preference.is_yes());
    assert!(tls.fallback_scsv.is_yes());
}

/// What OpenSSL says that it takes, as the registry names it: without what needs other keys or secrets.
fn by_openssl(version: &str) -> Vec<String> {
    let output = std::process::Command::new("openssl")
        .args(["ciphers", "-s", "-stdname", version, "ALL:COMPLEMENTOFALL:@SECLEVEL=0"])
        .env("OPENSSL_CONF", "/dev/null")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let names = text.lines().filter_map(|line| line.split_whitespace().next());
    let needs_others = ["_ECDSA_", "_DSS_", "_PSK_", "_SRP_"];
    names.filter(|name| !needs_others.iter().any(|word| name.contains(word))).map(str::to_owned).collect()
}

#[tokio::test]
async fn two_keys_two_chains_and_the_servers_order() {
    let server = street::nginx(
        "server { listen PORT ssl; server_name www.comune.example;
        ssl_certificate KEYS/rsa.crt; ssl_certificate_key KEYS/rsa.key;
        ssl_certificate KEYS/ecdsa.crt; ssl_certificate_key KEYS/ecdsa.key;
        ssl_protocols TLSv1.2; ssl_prefer_server_ciphers on; ssl_ecdh_curve secp384r1:prime256v1;
        ssl_ciphers AES256-SHA:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384; }",
    );
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "TLS 1.2");
    let expected = [
        "TLS_RSA_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    ];
    assert_eq!(suites(&tls, Version::Tls12), expected);
    assert!(tls.versions[&Version::Tls12].server_preference.is_yes());
    assert_eq!(names(&tls.groups), "secp384r1 secp256r1");
    let by: Vec<&str> = tls.chains.iter().map(|chain| chain.by.as_str()).collect();
    assert_eq!(by, ["ECDSA", "RSA"]);
    assert_ne!(tls.chains[0].chain.certificates[0].sha256, tls.chains[1].chain.certificates[0].sha256);
    assert!(tls.fallback_scsv.why_unknown().is_some());
    assert!(tls.session_tickets.is_yes());
    assert_eq!(names(&tls.alpn), "http/1.1");
}

#[tokio::test]
async fn names_that_are_not_served_are_refused() {
    let server = street::nginx(&format!(
        "server {{ listen PORT ssl default_server; ssl_reject_handshake on; }}\n{INTERMEDIATE}"
    ));
    let tls = tls(server.address).await;
    assert!(tls.refuses_other_names.is_yes());
    assert_eq!(tls.without_name, Answer::Known(None));
    assert_eq!(tls.chains[0].chain.certificates[0].names, [street::NAME]);
}

#[tokio::test]
async fn another_site_answers_without_a_name() {
    let server = street::nginx(&format!(
        "server {{ listen PORT ssl default_server; ssl_certificate KEYS/other.crt; ssl_certificate_key KEYS/other.key; }}\n{INTERMEDIATE}"
    ));
    let tls = tls(server.address).await;
    assert!(tls.refuses_other_names.is_no());
    let without = tls.without_name.known().unwrap().as_ref().unwrap();
    assert_eq!(without.certificates[0].names, ["other.example"]);
    assert_eq!(tls.chains[0].chain.certificates[0].names, [street::NAME]);
}

#[tokio::test]
async fn tls13_alone() {
    let server = street::openssl(
        "ecdsa",
        "-tls1_3 -ciphersuites TLS_AES_128_CCM_8_SHA256:TLS_AES_256_GCM_SHA384 -groups X448:P-521",
    );
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "TLS 1.3");
    let mut found = suites(&tls, Version::Tls13);
    found.sort();
    assert_eq!(found, ["TLS_AES_128_CCM_8_SHA256", "TLS_AES_256_GCM_SHA384"]);
    let mut groups = tls.groups_tls13.known().unwrap().clone();
    groups.sort();
    assert_eq!(names(&Answer::Known(groups)), "secp521r1 x448");
    assert_eq!(names(&tls.groups), "");
    // None of its groups can be computed here: what it serves stays unknown.
    assert!(tls.chains.is_empty());
    assert!(tls.certificate_timestamps.why_unknown().is_some());
}

#[tokio::test]
async fn tls13_alone_with_a_certificate_that_can_be_read() {
    let server = street::openssl("ecdsa", "-tls1_3 -alpn h2");
    let tls = tls(server.address).await;
    let by: Vec<&str> = tls.chains.iter().map(|chain| chain.by.as_str()).collect();
    assert_eq!(by, ["TLS 1.3"]);
    assert_eq!(tls.chains[0].chain.certificates[0].names, [street::NAME]);
    assert_eq!(names(&tls.alpn), "h2");
    assert!(tls.compression.is_no() && tls.session_tickets.is_no() && tls.secure_renegotiation.is_yes());
}

#[tokio::test]
async fn one_odd_version_alone() {
    for (option, version) in [("-tls1", "TLS 1.0"), ("-tls1_1", "TLS 1.1"), ("-tls1_2", "TLS 1.2")] {
        let server =
            street::openssl("rsa", &format!("{option} -cipher ECDHE-RSA-AES128-SHA:AES128-SHA:@SECLEVEL=0"));
        let tls = tls(server.address).await;
        assert_eq!(versions(&tls), version);
        let found = tls.versions.values().find(|facts| facts.offered.is_yes()).unwrap();
        assert!(found.complete);
        assert_eq!(found.suites.len(), 2, "{found:?}");
        assert!(tls.secure_renegotiation.is_yes() && tls.session_tickets.is_yes(), "{tls:?}");
        assert!(tls.fallback_scsv.why_unknown().is_some());
        assert!(tls.without_name.known().is_some());
    }
}

#[tokio::test]
async fn anonymous_and_null_suites_and_a_prime_of_1998() {
    let dh = street::key("dh1024.pem");
    let options = format!("-tls1_2 -cipher aNULL:NULL-MD5:@SECLEVEL=0 -dhparam {}", dh.display());
    let server = street::openssl("rsa", &options);
    let tls = tls(server.address).await;
    let found = suites(&tls, Version::Tls12);
    for expected in
        ["TLS_DH_anon_WITH_AES_128_CBC_SHA", "TLS_ECDH_anon_WITH_NULL_SHA", "TLS_RSA_WITH_NULL_MD5"]
    {
        assert!(found.iter().any(|name| name == expected), "{expected}: {found:?}");
    }
    assert!(!found.iter().any(|name| name == "…"));
    let dh: Vec<_> = tls.dh.iter().map(|prime| (prime.bits, prime.known_as.as_deref())).collect();
    assert_eq!(dh, [(1024, Some("RFC 2409 group 2"))]);
}

#[tokio::test]
async fn dh_of_3072_bits_and_none_at_all() {
    let dh = street::key("dh3072.pem");
    let options = format!("-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256 -dhparam {}", dh.display());
    let with = tls(street::openssl("rsa", &options).address).await;
    let found: Vec<_> = with.dh.iter().map(|prime| (prime.bits, prime.known_as.as_deref())).collect();
    assert_eq!(found, [(3072, Some("RFC 3526 group 15"))]);
    assert_eq!(names(&with.groups), "");
    let server = street::openssl("rsa", "-tls1_2 -cipher AES128-SHA256 -no_ticket");
    let without = tls(server.address).await;
    assert!(without.dh.is_empty());
    assert_eq!(names(&without.signature_schemes), "");
    assert!(without.session_tickets.is_no());
}

#[tokio::test]
async fn an_ecdsa_key_of_one_curve_shows_the_other_groups_too() {
    let server =
        street::openssl("ecdsa", "-tls1_2 -groups X25519:P-256:P-384 -sigalgs ECDSA+SHA256:ECDSA+SHA384");
    let tls = tls(server.address).await;
    assert_eq!(names(&tls.groups), "secp256r1 secp384r1 x25519");
    assert_eq!(names(&tls.signature_schemes), "ecdsa_secp256r1_sha256 ecdsa_secp384r1_sha384");
    let by: Vec<&str> = tls.chains.iter().map(|chain| chain.by.as_str()).collect();
    assert_eq!(by, ["ECDSA"]);
}

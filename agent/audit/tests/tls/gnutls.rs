//! gnutls-serv: SSL 3, and what OpenSSL does not let one switch off.

use campanile_audit::registry::Version;

use crate::looks::{names, suites, tls, versions};
use crate::street;

#[tokio::test]
async fn ssl3_beside_tls() {
    let server = street::gnutls(
        "NORMAL:+VERS-SSL3.0:+VERS-TLS1.0:+VERS-TLS1.1:+3DES-CBC:+ARCFOUR-128:+MD5:%COMPAT",
        "",
    );
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "SSL 3, TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3");
    let old = suites(&tls, Version::Ssl3);
    for expected in
        ["TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"]
    {
        assert!(old.iter().any(|name| name == expected), "{expected}: {old:?}");
    }
    assert!(tls.versions[&Version::Ssl3].complete);
}

#[tokio::test]
async fn without_secure_renegotiation_and_master_secret() {
    let server =
        street::gnutls("NORMAL:-VERS-TLS1.3:%DISABLE_SAFE_RENEGOTIATION:%NO_SESSION_HASH:%NO_TICKETS", "");
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "TLS 1.2");
    assert!(tls.secure_renegotiation.is_no());
    assert!(tls.extended_master_secret.is_no());
    assert!(tls.session_tickets.is_no());
}

#[tokio::test]
async fn heartbeat_is_seen() {
    let server = street::gnutls("NORMAL:-VERS-TLS1.3", "--heartbeat");
    assert!(tls(server.address).await.heartbeat.is_yes());
}

#[tokio::test]
async fn groups_and_schemes_that_were_chosen() {
    let priority = "NONE:+VERS-TLS1.2:+VERS-TLS1.3:+AES-128-GCM:+AES-256-CCM:+ECDHE-RSA:+AEAD:+SHA256:+COMP-NULL:\
                    +GROUP-SECP384R1:+GROUP-X25519:+SIGN-RSA-SHA512:+SIGN-RSA-PSS-RSAE-SHA256:+CTYPE-X509";
    let server = street::gnutls(priority, "");
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "TLS 1.2, TLS 1.3");
    let mut groups = tls.groups.known().unwrap().clone();
    groups.sort();
    assert_eq!(names(&campanile_audit::Answer::Known(groups)), "secp384r1 x25519");
    let mut schemes = tls.signature_schemes.known().unwrap().clone();
    schemes.sort();
    assert_eq!(names(&campanile_audit::Answer::Known(schemes)), "rsa_pkcs1_sha512 rsa_pss_rsae_sha256");
    let mut found = suites(&tls, Version::Tls12);
    found.sort();
    assert_eq!(found, ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]);
    let found13 = suites(&tls, Version::Tls13);
    assert_eq!(found13, ["TLS_AES_128_GCM_SHA256"]);
}

//! gnutls-serv: another hand's TLS, and what OpenSSL does not let one switch off.

use campanile_audit::registry::Version;

use crate::looks::{names, suites, tls, versions};
use crate::street;

#[tokio::test]
async fn old_versions_and_suites() {
    let server =
        street::gnutls("NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+3DES-CBC:+ARCFOUR-128:+MD5:+ANON-DH:+DHE-RSA", "");
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3");
    for version in [Version::Tls10, Version::Tls11, Version::Tls12] {
        let found = suites(&tls, version);
        let expected = [
            "TLS_RSA_WITH_RC4_128_SHA",
            "TLS_RSA_WITH_RC4_128_MD5",
            "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
            "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_DH_anon_WITH_RC4_128_MD5",
        ];
        for name in expected {
            assert!(found.iter().any(|found| found == name), "{version:?} {name}: {found:?}");
        }
        assert!(tls.versions[&version].complete);
    }
    assert!(!suites(&tls, Version::Tls10).iter().any(|name| name.contains("GCM")));
    assert!(!tls.dh.is_empty());
}

#[tokio::test]
async fn without_secure_renegotiation_and_master_secret() {
    let server =
        street::gnutls("NORMAL:-VERS-TLS1.3:%DISABLE_SAFE_RENEGOTIATION:%NO_SESSION_HASH:%NO_TICKETS", "");
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "TLS 1.0, TLS 1.1, TLS 1.2");
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

//! The second night: nothing changed, or what did is seen.

use campanile_audit::facts::Tls;
use campanile_audit::probes::tls::{Preface, TlsOutcome, survey};

use crate::looks::{eyes, tls, versions};
use crate::street::{self, INTERMEDIATE, NAME, OLD};

/// Looks again, with what was seen yesterday.
pub async fn again(address: std::net::SocketAddr, yesterday: &Tls) -> TlsOutcome {
    survey(&eyes(), address, Some(NAME), Preface::None, Some(yesterday)).await
}

#[tokio::test]
async fn nothing_changed() {
    let tls13 = "server { listen PORT ssl; ssl_certificate KEYS/ecdsa.crt; ssl_certificate_key KEYS/ecdsa.key; ssl_protocols TLSv1.3; }";
    for (servers, most) in [(INTERMEDIATE, 5), (OLD, 9), (tls13, 4)] {
        let server = street::nginx(servers);
        let yesterday = tls(server.address).await;
        let today = again(server.address, &yesterday).await;
        assert!(today.unchanged, "{servers}");
        let today = today.tls.unwrap();
        assert!(today.cost.connections <= most, "{:?}: {servers}", today.cost);
        assert_eq!(Tls { cost: yesterday.cost, ..today }, yesterday);
    }
}

/// Looks with one set-up, then with another at another port, and expects the full look.
async fn changes(yesterday: &str, today: &str) -> Tls {
    let before = tls(street::nginx(yesterday).address).await;
    let outcome = again(street::nginx(today).address, &before).await;
    assert!(!outcome.unchanged, "{today}");
    outcome.tls.unwrap()
}

#[tokio::test]
async fn what_was_added_or_taken_away_is_seen() {
    let with_suite = INTERMEDIATE.replace("ECDHE-ECDSA-AES128-GCM-SHA256:", "AES128-SHA:");
    assert!(
        changes(INTERMEDIATE, &with_suite)
            .await
            .versions
            .values()
            .any(|facts| { facts.suites.iter().any(|suite| suite.name() == "TLS_RSA_WITH_AES_128_CBC_SHA") })
    );
    let without_13 = INTERMEDIATE.replace(" TLSv1.3;", ";");
    assert_eq!(versions(&changes(INTERMEDIATE, &without_13).await), "TLS 1.2");
    assert_eq!(versions(&changes(&without_13, INTERMEDIATE).await), "TLS 1.2, TLS 1.3");
    let with_group = INTERMEDIATE.replace(":secp384r1", ":secp384r1:secp521r1");
    assert_eq!(changes(INTERMEDIATE, &with_group).await.groups_tls13.known().unwrap().len(), 4);
    let other_certificate = INTERMEDIATE.replace("KEYS/rsa.", "KEYS/ecdsa.");
    assert_eq!(changes(INTERMEDIATE, &other_certificate).await.chains[0].by, "ECDSA");
    let with_tls10 = INTERMEDIATE
        .replace("TLSv1.2", "TLSv1 TLSv1.1 TLSv1.2")
        .replace("ECDHE-ECDSA-AES128-GCM-SHA256:", "AES128-SHA:@SECLEVEL=0:");
    assert_eq!(versions(&changes(&with_suite, &with_tls10).await), "TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3");
    let mended = changes(&with_tls10, &with_suite).await;
    assert_eq!(versions(&mended), "TLS 1.2, TLS 1.3");
}

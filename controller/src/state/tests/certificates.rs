//! The authority and its certificates.

use std::collections::BTreeSet;

use campanile_plan::certificate::Signer;
use campanile_plan::document::KeyType;
use campanile_plan::document::values::CertificateName;
use jiff::{SignedDuration, Timestamp};

use super::super::*;
use super::{member, mode, reasons, state};

#[test]
fn an_authority_is_never_replaced() {
    let (_folder, state) = state();
    let now = Timestamp::now();
    let platform = "lecco".parse().unwrap();
    let first = state.create_authority(&platform, now).unwrap();
    let again = state.create_authority(&platform, now);
    assert!(matches!(again, Err(StateError::AuthorityExists { .. })));
    assert_eq!(
        state.observe_certificates(&Trust::default(), Timestamp::now()).unwrap().authority,
        Some(first)
    );
    assert_eq!(mode(&state.folder().join("ca/ca.key")), 0o600);
    assert_eq!(mode(&state.authority_path()), 0o644);
    let key = std::fs::read(state.folder().join("ca/ca.key")).unwrap();
    std::fs::remove_file(state.authority_path()).unwrap();
    state.create_authority(&platform, now).unwrap();
    assert_eq!(std::fs::read(state.folder().join("ca/ca.key")).unwrap(), key);
}

#[test]
fn certificates() {
    let (_folder, state) = state();
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let hosts: BTreeSet<CertificateName> =
        ["www.barzago.test", "xn--vigan-yta.test"].map(|host| host.parse().unwrap()).into();
    let barzago = member("barzago");
    let early = state.issue(&barzago, &hosts, KeyType::EcdsaP256, now);
    assert!(matches!(early, Err(StateError::NoAuthority { .. })));
    let authority = state.create_authority(&"lecco".parse().unwrap(), now).unwrap();
    state.issue(&barzago, &hosts, KeyType::EcdsaP256, now).unwrap();
    let observed = state.observe_certificates(&Trust::default(), Timestamp::now()).unwrap();
    assert_eq!(reasons(&observed.left_out), [""; 0]);
    let certificate = &observed.certificates[&barzago];
    assert_eq!(certificate.names, hosts);
    assert_eq!(certificate.signer, Signer::Authority(authority));
    assert_eq!(certificate.not_before, now - SignedDuration::from_hours(1));
    assert_eq!(certificate.not_after, now + SignedDuration::from_hours(90 * 24));
    let bundle = state.bundle(&barzago).unwrap();
    assert_eq!(certificate.bundle, campanile_plan::docker::sha256(&bundle));
    assert_eq!(mode(&state.folder().join("certificates/barzago.pem")), 0o600);
}

#[test]
fn damaged_certificates_are_left_out_with_a_reason() {
    let (_folder, state) = state();
    let now = Timestamp::now();
    let platform = "lecco".parse().unwrap();
    let hosts = BTreeSet::from(["a.test".parse().unwrap()]);
    state.create_authority(&platform, now).unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(state.folder().join("certificates").join(name), text).unwrap();
    };
    let issue = |name: &str| {
        state.issue(&member(name), &hosts, KeyType::EcdsaP256, now).unwrap();
        String::from_utf8(state.bundle(&member(name)).unwrap()).unwrap()
    };
    let (a, b) = (issue("a"), issue("b"));
    let key = |text: &str| text.find("-----BEGIN PRIVATE").unwrap();
    write("a.pem", &format!("{}{}", &a[..key(&a)], &b[key(&b)..]));
    write("b.pem", &b[..key(&b)]);
    write("c.pem", "");
    write(".x.unfinished", "");
    std::fs::rename(state.folder().join("ca"), state.folder().join("old")).unwrap();
    issue_by_another(&state, &hosts, now);
    std::fs::remove_dir_all(state.folder().join("ca")).unwrap();
    std::fs::rename(state.folder().join("old"), state.folder().join("ca")).unwrap();
    let observed = state.observe_certificates(&Trust::default(), Timestamp::now()).unwrap();
    assert!(observed.certificates.is_empty());
    assert_eq!(
        reasons(&observed.left_out),
        [
            "a.pem: its key is not the certificate's",
            "b.pem: it has 2 parts in place of leaf, chain and key",
            "c.pem: it has 0 parts in place of leaf, chain and key",
            "d.pem: it was issued by another authority",
        ]
    );
}

fn issue_by_another(state: &State, hosts: &BTreeSet<CertificateName>, now: Timestamp) {
    state.create_authority(&"other".parse().unwrap(), now).unwrap();
    state.issue(&member("d"), hosts, KeyType::EcdsaP256, now).unwrap();
}

/// The judge is openssl, which is not ours.
#[test]
fn openssl_trusts_the_certificates() {
    let (_folder, state) = state();
    let now = Timestamp::now();
    let hosts = BTreeSet::from(["www.barzago.test".parse().unwrap()]);
    state.create_authority(&"lecco".parse().unwrap(), now).unwrap();
    state.issue(&member("barzago"), &hosts, KeyType::EcdsaP256, now).unwrap();
    let verify = std::process::Command::new("openssl")
        .args(["verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "www.barzago.test"])
        .arg("-CAfile")
        .arg(state.authority_path())
        .arg(state.folder().join("certificates/barzago.pem"))
        .output()
        .expect("this test needs the program openssl: install Debian's package openssl");
    assert!(verify.status.success(), "{verify:?}");
}

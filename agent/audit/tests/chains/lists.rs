//! Revocation lists.

use campanile_audit::chain::{Issuer, RevocationListError, Revocations, issuer_of};
use campanile_audit::facts::Revocation;
use rcgen::{
    CertificateRevocationListParams, CrlDistributionPoint, CrlIssuingDistributionPoint, KeyIdMethod,
    RevocationReason, RevokedCertParams, SerialNumber, date_time_ymd,
};

use super::maker::{Made, root, site_with};
use super::now;

const URL: &str = "http://authority.test/1.crl";

fn list(issuer: &Made, serials: &[u64], part: Option<&str>, next: i32) -> Vec<u8> {
    let revoked = |serial: &u64| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: date_time_ymd(2026, 3, 4),
        reason_code: (serial % 2 == 1).then_some(RevocationReason::KeyCompromise),
        invalidity_date: None,
    };
    let part = part.map(|url| CrlIssuingDistributionPoint {
        distribution_point: CrlDistributionPoint { uris: vec![url.to_owned()] },
        scope: None,
    });
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(next - 1, 5, 1),
        next_update: date_time_ymd(next, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: part,
        revoked_certs: serials.iter().map(revoked).collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(&issuer.issuer()).unwrap().der().to_vec()
}

fn site(root: &Made, serial: u64) -> Made {
    site_with(root, &["www.example.test"], |params| params.serial_number = Some(SerialNumber::from(serial)))
}

fn issuer(site: &Made, root: &Made) -> Issuer {
    issuer_of(&site.der, [&root.der]).unwrap()
}

#[test]
fn who_is_on_the_list_and_who_is_not() {
    let root = root("Root");
    let list = list(&root, &[0x80, 3, 0x1234_5678, 5, 256], None, 2027);
    for (serial, expected) in [
        (3, Some("keyCompromise")),
        (4, None),
        (5, Some("keyCompromise")),
        (0x80, Some("unspecified")),
        (256, Some("unspecified")),
        (1, None),
        (0x1234_5679, None),
    ] {
        let site = site(&root, serial);
        let list = Revocations::read(&list, URL, &issuer(&site, &root)).unwrap();
        let expected = expected.map_or(Revocation::NotRevoked, |reason| Revocation::Revoked {
            since: "2026-03-04T00:00:00Z".parse().unwrap(),
            reason: reason.to_owned(),
        });
        assert_eq!(list.of(&site.der, now()), expected, "{serial}");
    }
}

#[test]
fn a_list_that_is_out_of_date_says_nothing() {
    let root = root("Root");
    let site = site(&root, 3);
    let list = Revocations::read(&list(&root, &[3], None, 2026), URL, &issuer(&site, &root)).unwrap();
    assert!(matches!(list.of(&site.der, now()), Revocation::Unknown { .. }));
}

#[test]
fn an_empty_list_revokes_nobody() {
    let root = root("Root");
    let site = site(&root, 3);
    let list = Revocations::read(&list(&root, &[], None, 2027), URL, &issuer(&site, &root)).unwrap();
    assert!(list.is_empty());
    assert_eq!(list.of(&site.der, now()), Revocation::NotRevoked);
}

#[test]
fn lists_that_are_not_the_issuers() {
    let (root, same_name, other) = (root("Root"), root("Root"), root("Other"));
    let site = site(&root, 3);
    let read = |list: &[u8]| Revocations::read(list, URL, &issuer(&site, &root)).map(|list| list.len());
    let good = list(&root, &[3], Some(URL), 2027);
    assert_eq!(read(&good), Ok(1));
    assert_eq!(read(&list(&other, &[3], None, 2027)), Err(RevocationListError::OtherIssuer));
    assert_eq!(read(&list(&same_name, &[3], None, 2027)), Err(RevocationListError::BadSignature));
    let part = list(&root, &[3], Some("http://authority.test/2.crl"), 2027);
    assert_eq!(read(&part), Err(RevocationListError::OtherPart));
    let mut broken = good.clone();
    let middle = broken.len() / 3;
    broken[middle] ^= 1;
    assert!(read(&broken).is_err());
    assert!(matches!(read(&good[..good.len() - 1]), Err(RevocationListError::Unreadable(_))));
    assert!(matches!(read(b"<html>"), Err(RevocationListError::Unreadable(_))));
}

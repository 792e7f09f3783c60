//! Certificates that break a rule of RFC 5280 or of the CA/Browser Forum in one place; rcgen makes some, OpenSSL the others.

use std::fs;

use rcgen::{CidrSubnet, CustomExtension, DnType, GeneralSubtree, NameConstraints, SanType, SerialNumber};
use tempfile::TempDir;

use super::maker::{Made, intermediate, intermediate_with, root, root_with, sequence, site_with};
use super::openssl::run;
use super::{Case, check, now, read, summary, trusting};
use campanile_audit::chain;

const HOST: &str = "www.example.test";

fn one(
    change: impl FnOnce(&mut rcgen::CertificateParams),
    host: &str,
    expected: &str,
    openssl_differs: Option<&str>,
) {
    let root = root("Root");
    let site = site_with(&root, &[HOST], change);
    check(&Case { served: vec![&site], root: &root, host, expected, openssl_differs });
}

#[test]
fn addresses_beyond_the_constraints() {
    let root = root("Root");
    let network = GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([192, 0, 2, 0], 24));
    let constraints = |permitted: Vec<GeneralSubtree>, excluded_subtrees| {
        let constraints = NameConstraints { permitted_subtrees: permitted, excluded_subtrees };
        intermediate_with(&root, "Middle", |params| params.name_constraints = Some(constraints))
    };
    for (middle, address, expected) in [
        (constraints(vec![network.clone()], vec![]), [192, 0, 2, 9], "trusted"),
        (constraints(vec![network.clone()], vec![]), [198, 51, 100, 9], "not an authority 1"),
        (constraints(vec![], vec![network.clone()]), [192, 0, 2, 9], "not an authority 1"),
        (constraints(vec![], vec![network]), [198, 51, 100, 9], "trusted"),
    ] {
        let site = site_with(&middle, &[], |params| {
            params.subject_alt_names = vec![SanType::IpAddress(address.into())];
        });
        let host = std::net::IpAddr::from(address).to_string();
        check(&Case {
            served: vec![&site, &middle],
            root: &root,
            host: &host,
            expected,
            openssl_differs: None,
        });
    }
}

#[test]
fn constraints_of_a_root_hold_as_well() {
    let constraints = NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName("other.test".to_owned())],
        excluded_subtrees: vec![],
    };
    let root = root_with("Root", |params| params.name_constraints = Some(constraints));
    let site = site_with(&root, &[HOST], |_| {});
    let expected = "other: a name in the certificate is beyond what its authority may vouch for";
    check(&Case { served: vec![&site], root: &root, host: HOST, expected, openssl_differs: None });
}

#[test]
fn serial_numbers() {
    one(|params| params.serial_number = Some(SerialNumber::from_slice(&[0x7f; 20])), HOST, "trusted", None);
    one(|params| params.serial_number = Some(SerialNumber::from_slice(&[0])), HOST, "trusted", None);
}

#[test]
fn names_that_are_none() {
    let with = |name: &'static str| {
        move |params: &mut rcgen::CertificateParams| {
            params.subject_alt_names.push(SanType::DnsName(name.try_into().unwrap()));
        }
    };
    // what is wrong beside the right name does no harm
    one(with("*"), HOST, "trusted", None);
    one(with("-x.test"), HOST, "trusted", None);
    one(with("a b.test"), HOST, "trusted", None);
    one(
        with("*.example.test"),
        "*.example.test",
        "wrong name, has [www.example.test *.example.test]",
        Some("OpenSSL compares a wildcard with itself; a wildcard is no host"),
    );
    one(
        with("example.test"),
        ".example.test",
        "wrong name, has [www.example.test example.test]",
        Some("OpenSSL takes a leading dot for \"any host below\""),
    );
}

#[test]
fn a_name_with_a_zero_in_it() {
    one(
        |params| {
            params.subject_alt_names =
                vec![SanType::DnsName("www.example.test\0.evil.test".try_into().unwrap())];
        },
        HOST,
        "wrong name, has [www.example.test\0.evil.test]",
        None,
    );
}

#[test]
fn an_empty_subject_with_alternative_names() {
    one(|params| params.distinguished_name = rcgen::DistinguishedName::new(), HOST, "trusted", None);
}

#[test]
fn other_alphabets_in_the_subject() {
    one(
        |params| params.distinguished_name.push(DnType::OrganizationName, "Città 市 🏛"),
        HOST,
        "trusted",
        None,
    );
}

#[test]
fn must_staple_with_other_features_beside_it() {
    let feature = |content: &[u8]| {
        let root = root("Root");
        let extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 24], sequence(content));
        let site = site_with(&root, &[HOST], |params| params.custom_extensions.push(extension));
        read(&[&site.der], &root, HOST).certificates[0].must_staple
    };
    assert!(feature(&[2, 1, 5]));
    assert!(feature(&[2, 1, 17, 2, 1, 5]));
    assert!(!feature(&[2, 1, 17]));
}

#[test]
fn certificates_of_version_1() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    run(
        at,
        &[
            "req", "-x509", "-nodes", "-newkey", "ed25519", "-keyout", "ca.key", "-out", "ca.pem", "-days",
            "30000", "-subj", "/CN=Root",
        ],
    );
    run(
        at,
        &[
            "req",
            "-nodes",
            "-newkey",
            "ed25519",
            "-keyout",
            "k",
            "-out",
            "r.csr",
            "-subj",
            "/CN=www.example.test",
        ],
    );
    run(
        at,
        &[
            "x509",
            "-req",
            "-in",
            "r.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-days",
            "30000",
            "-set_serial",
            "7",
            "-out",
            "s.der",
            "-outform",
            "DER",
        ],
    );
    let roots = chain::Roots::none().with_extra(&fs::read(at.join("ca.pem")).unwrap()).unwrap();
    let chain =
        chain::read(&[fs::read(at.join("s.der")).unwrap()], Some(HOST), jiff::Timestamp::now(), &roots);
    assert_eq!(summary(&chain), "only common name; other: a certificate in the chain is not of version 3");
    assert_eq!(chain.certificates[0].subject, "CN=www.example.test");
}

#[test]
fn many_issuers_of_one_name_end_soon() {
    // webpki and the way up look at a bounded number of signatures
    let root = root("Root");
    let middles: Vec<Made> = (0..15).map(|_| intermediate(&root, "Middle")).collect();
    let last = middles.last().unwrap();
    let site = site_with(last, &[HOST], |_| {});
    let served: Vec<&[u8]> = std::iter::once(&site).chain(&middles).map(|made| made.der.as_slice()).collect();
    let begin = std::time::Instant::now();
    let chain = chain::read(&served, Some(HOST), now(), &trusting(&root));
    assert_eq!(summary(&chain), "trusted; disordered");
    assert!(begin.elapsed().as_secs() < 2, "{:?}", begin.elapsed());
}

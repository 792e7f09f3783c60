//! Authorities that are none, or that go beyond what they may; uses that are not a server's.

use rcgen::{
    BasicConstraints, CustomExtension, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyUsagePurpose,
    NameConstraints,
};

use super::maker::{intermediate, intermediate_with, root, root_with, site, site_with};
use super::{Case, check};

const HOST: &str = "www.example.test";

#[test]
fn a_site_that_signs() {
    let root = root("Root");
    let false_authority = site(&root, &["other.test"]);
    let site = site(&false_authority, &[HOST]);
    let served = vec![&site, &false_authority];
    check(&Case { served, root: &root, host: HOST, expected: "not an authority 1", openssl_differs: None });
}

#[test]
fn an_authority_whose_key_may_not_sign_certificates() {
    let root = root("Root");
    let middle = intermediate_with(&root, "Middle", |params| {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    });
    let site = site(&middle, &[HOST]);
    check(&Case {
        served: vec![&site, &middle],
        root: &root,
        host: HOST,
        expected: "trusted",
        openssl_differs: Some("webpki does not look at an authority's key usage; OpenSSL does"),
    });
}

#[test]
fn more_authorities_than_allowed() {
    let root = root("Root");
    let upper = intermediate_with(&root, "Upper", |params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    });
    let lower = intermediate(&upper, "Lower");
    let (below, direct) = (site(&lower, &[HOST]), site(&upper, &[HOST]));
    for (served, expected) in
        [(vec![&below, &lower, &upper], "not an authority 2"), (vec![&direct, &upper], "trusted")]
    {
        check(&Case { served, root: &root, host: HOST, expected, openssl_differs: None });
    }
}

#[test]
fn names_beyond_the_constraints() {
    let root = root("Root");
    let constrained = |permitted: &[&str], excluded: &[&str]| {
        let subtrees =
            |names: &[&str]| names.iter().map(|name| GeneralSubtree::DnsName((*name).to_owned())).collect();
        let constraints = NameConstraints {
            permitted_subtrees: subtrees(permitted),
            excluded_subtrees: subtrees(excluded),
        };
        intermediate_with(&root, "Middle", |params| params.name_constraints = Some(constraints))
    };
    for (middle, expected) in [
        (constrained(&["example.test"], &[]), "trusted"),
        (constrained(&["other.test"], &[]), "not an authority 1"),
        (constrained(&[], &["other.test"]), "trusted"),
        (constrained(&[], &["example.test"]), "not an authority 1"),
    ] {
        let site = site(&middle, &[HOST]);
        check(&Case {
            served: vec![&site, &middle],
            root: &root,
            host: HOST,
            expected,
            openssl_differs: None,
        });
    }
}

#[test]
fn other_uses() {
    let root = root("Root");
    let uses: [(Vec<ExtendedKeyUsagePurpose>, &str); 4] = [
        (vec![ExtendedKeyUsagePurpose::ClientAuth], "wrong use"),
        (vec![ExtendedKeyUsagePurpose::EmailProtection, ExtendedKeyUsagePurpose::CodeSigning], "wrong use"),
        (vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth], "trusted"),
        (vec![], "trusted"),
    ];
    for (uses, expected) in uses {
        let site = site_with(&root, &[HOST], |params| params.extended_key_usages = uses);
        check(&Case { served: vec![&site], root: &root, host: HOST, expected, openssl_differs: None });
    }
}

#[test]
fn an_authority_that_may_not_vouch_for_servers() {
    let root = root("Root");
    let middle = intermediate_with(&root, "Middle", |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    });
    let site = site(&middle, &[HOST]);
    let served = vec![&site, &middle];
    check(&Case { served, root: &root, host: HOST, expected: "wrong use", openssl_differs: None });
}

#[test]
fn an_authority_as_a_site() {
    let root = root("Root");
    let site = site_with(&root, &[HOST], |params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
    });
    check(&Case {
        served: vec![&site],
        root: &root,
        host: HOST,
        expected: "wrong use",
        openssl_differs: Some("OpenSSL lets an authority be a server; Firefox and webpki do not"),
    });
}

#[test]
fn critical_extensions_that_nobody_knows() {
    let root = root("Root");
    let site = site_with(&root, &[HOST], |params| {
        let mut unknown = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 55555, 1], vec![5, 0]);
        unknown.set_criticality(true);
        params.custom_extensions.push(unknown);
    });
    let expected = "other: a certificate in the chain has a critical extension that is unknown";
    check(&Case { served: vec![&site], root: &root, host: HOST, expected, openssl_differs: None });
}

#[test]
fn a_root_is_trusted_for_what_it_is() {
    // its own dates and uses are the store's affair (RFC 5280, 6.2)
    let root = root_with("Root", |params| params.not_after = rcgen::date_time_ymd(2026, 2, 1));
    let site = site(&root, &[HOST]);
    check(&Case {
        served: vec![&site],
        root: &root,
        host: HOST,
        expected: "trusted",
        openssl_differs: Some("OpenSSL looks at the dates of a root; webpki and RFC 5280, 6.2, do not"),
    });
}

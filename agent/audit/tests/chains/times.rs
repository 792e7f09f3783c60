//! Certificates whose time is over or has not come.

use rcgen::date_time_ymd;

use super::maker::{intermediate, intermediate_with, root, site, site_with};
use super::{Case, check};

#[test]
fn a_right_chain_is_trusted_with_and_without_its_root() {
    let root = root("Root");
    let middle = intermediate(&root, "Middle");
    let site = site(&middle, &["www.example.test"]);
    for served in [vec![&site, &middle], vec![&site, &middle, &root]] {
        check(&Case {
            served,
            root: &root,
            host: "www.example.test",
            expected: "trusted",
            openssl_differs: None,
        });
    }
}

#[test]
fn an_expired_certificate_says_since_when() {
    let root = root("Root");
    let site = site_with(&root, &["www.example.test"], |params| params.not_after = date_time_ymd(2026, 3, 1));
    let expected = "expired 0 2026-03-01";
    check(&Case {
        served: vec![&site],
        root: &root,
        host: "www.example.test",
        expected,
        openssl_differs: None,
    });
}

#[test]
fn a_certificate_of_the_future_says_from_when() {
    let root = root("Root");
    let site =
        site_with(&root, &["www.example.test"], |params| params.not_before = date_time_ymd(2026, 7, 1));
    let expected = "not yet valid 0 2026-07-01";
    check(&Case {
        served: vec![&site],
        root: &root,
        host: "www.example.test",
        expected,
        openssl_differs: None,
    });
}

#[test]
fn an_expired_intermediate_is_named() {
    let root = root("Root");
    let middle = intermediate_with(&root, "Middle", |params| params.not_after = date_time_ymd(2026, 5, 31));
    let site = site(&middle, &["www.example.test"]);
    let expected = "expired 1 2026-05-31";
    let served = vec![&site, &middle];
    check(&Case { served, root: &root, host: "www.example.test", expected, openssl_differs: None });
}

#[test]
fn several_faults_are_all_said() {
    let root = root("Root");
    let middle = intermediate_with(&root, "Middle", |params| params.not_after = date_time_ymd(2026, 5, 31));
    let site = site_with(&middle, &["other.example.test"], |params| {
        params.not_after = date_time_ymd(2026, 4, 1);
    });
    let expected =
        "expired 0 2026-04-01; expired 2 2026-05-31; wrong name, has [other.example.test]; disordered";
    let served = vec![&site, &root, &middle];
    check(&Case { served, root: &root, host: "www.example.test", expected, openssl_differs: None });
}

#[test]
fn an_expired_cross_signature_that_nobody_needs_is_no_fault() {
    let (root, old) = (root("Root"), root("Old Root"));
    let cross = root.renewed(&old, |params| params.not_after = date_time_ymd(2026, 2, 1));
    let middle = intermediate(&root, "Middle");
    let site = site(&middle, &["www.example.test"]);
    let served = vec![&site, &middle, &cross];
    check(&Case {
        served,
        root: &root,
        host: "www.example.test",
        expected: "trusted",
        openssl_differs: None,
    });
}

//! Names: which a certificate has, and which a host is.

use rcgen::{DnType, SanType};

use super::maker::{Made, root, site, site_with};
use super::{Case, check};

fn table(rows: &[(&[&str], &str, &str)]) {
    let root = root("Root");
    for (names, host, expected) in rows {
        let site = site(&root, names);
        check(&Case { served: vec![&site], root: &root, host, expected, openssl_differs: None });
    }
}

#[test]
fn hosts() {
    table(&[
        (&["www.example.test"], "www.example.test", "trusted"),
        (&["www.example.test"], "WWW.Example.Test", "trusted"),
        (&["WWW.EXAMPLE.TEST"], "www.example.test", "trusted"),
        (&["example.test"], "www.example.test", "wrong name, has [example.test]"),
        (&["www.example.test"], "example.test", "wrong name, has [www.example.test]"),
        (&["a.test", "b.test", "www.example.test"], "www.example.test", "trusted"),
    ]);
}

#[test]
fn wildcards_stand_for_one_label() {
    table(&[
        (&["*.example.test"], "www.example.test", "trusted"),
        (&["*.example.test"], "example.test", "wrong name, has [*.example.test]"),
        (&["*.example.test"], "a.www.example.test", "wrong name, has [*.example.test]"),
        (&["*.test"], "www.example.test", "wrong name, has [*.test]"),
        (&["www.*.test"], "www.example.test", "wrong name, has [www.*.test]"),
    ]);
}

#[test]
fn part_of_a_label_is_no_wildcard() {
    // RFC 9525, 6.3: no longer; OpenSSL still takes it
    let root = root("Root");
    let site = site(&root, &["w*.example.test"]);
    let expected = "wrong name, has [w*.example.test]";
    let openssl_differs = Some("OpenSSL takes a wildcard that is part of a label, which RFC 9525 forbids");
    check(&Case { served: vec![&site], root: &root, host: "www.example.test", expected, openssl_differs });
}

#[test]
fn addresses() {
    table(&[
        (&["192.0.2.1"], "192.0.2.1", "trusted"),
        (&["192.0.2.1"], "192.0.2.2", "wrong name, has [192.0.2.1]"),
        (&["2001:db8::1", "www.example.test"], "2001:db8::1", "trusted"),
        (&["www.example.test", "2001:db8::1"], "192.0.2.1", "wrong name, has [www.example.test 2001:db8::1]"),
        (&["192.0.2.1"], "www.example.test", "wrong name, has [192.0.2.1]"),
    ]);
}

#[test]
fn an_address_as_a_dns_name_is_not_the_address() {
    let root = root("Root");
    let site = site_with(&root, &["www.example.test"], |params| {
        params.subject_alt_names.push(SanType::DnsName("192.0.2.1".try_into().unwrap()));
    });
    let expected = "wrong name, has [www.example.test 192.0.2.1]";
    check(&Case { served: vec![&site], root: &root, host: "192.0.2.1", expected, openssl_differs: None });
}

#[test]
fn international_names_are_compared_in_ascii() {
    let root = root("Root");
    let site = site(&root, &["xn--citt-3na.example.test"]);
    for (host, expected) in [
        ("xn--citt-3na.example.test", "trusted"),
        ("xn--citt-xyz.example.test", "wrong name, has [xn--citt-3na.example.test]"),
    ] {
        check(&Case { served: vec![&site], root: &root, host, expected, openssl_differs: None });
    }
    let openssl_differs = Some("OpenSSL does not turn a name into A-labels");
    check(&Case {
        served: vec![&site],
        root: &root,
        host: "città.example.test",
        expected: "trusted",
        openssl_differs,
    });
}

#[test]
fn a_common_name_alone_is_looked_at_by_nobody() {
    let openssl_differs = Some("OpenSSL still takes the common name where there is no alternative name");
    only_common_name("www.example.test", "only common name", openssl_differs);
    only_common_name("other.example.test", "wrong name, has [other.example.test]; only common name", None);
}

fn only_common_name(name: &str, expected: &str, openssl_differs: Option<&str>) {
    let root = root("Root");
    let site: Made = site_with(&root, &[], |params| params.distinguished_name.push(DnType::CommonName, name));
    check(&Case { served: vec![&site], root: &root, host: "www.example.test", expected, openssl_differs });
}

//! The way to a root: complete, ordered, signed, known.

use campanile_audit::Answer;
use campanile_audit::chain;
use campanile_audit::facts::Diagnosis;

use super::maker::{intermediate, issuer_at, root, self_signed_site, site, site_with};
use super::{Case, check, now, read, summary, trusting};

const HOST: &str = "www.example.test";

#[test]
fn a_self_signed_certificate() {
    let root = root("Root");
    let site = self_signed_site(&[HOST]);
    check(&Case {
        served: vec![&site],
        root: &root,
        host: HOST,
        expected: "self-signed",
        openssl_differs: None,
    });
}

#[test]
fn a_root_that_nobody_knows() {
    let (known, unknown) = (root("Root"), root("Unknown"));
    let site = site(&unknown, &[HOST]);
    let expected = "unknown authority CN=Unknown,O=Test";
    check(&Case { served: vec![&site, &unknown], root: &known, host: HOST, expected, openssl_differs: None });
}

#[test]
fn a_root_of_the_same_name_with_another_key() {
    let (known, other) = (root("Root"), root("Root"));
    let site = site(&other, &[HOST]);
    let served = vec![&site, &other];
    let expected = "unknown authority CN=Root,O=Test";
    check(&Case { served, root: &known, host: HOST, expected, openssl_differs: None });
    let expected = "bad signature 0";
    check(&Case { served: vec![&site], root: &known, host: HOST, expected, openssl_differs: None });
}

#[test]
fn a_missing_intermediate_is_named_and_it_is_said_whether_it_would_do() {
    let root = root("Root");
    let (middle, other) = (intermediate(&root, "Middle"), intermediate(&root, "Other"));
    let at = issuer_at("http://authority.test/middle.der");
    let site = site_with(&middle, &[HOST], |params| params.custom_extensions.push(at));
    let expected = "incomplete, lacks CN=Middle,O=Test";
    check(&Case { served: vec![&site], root: &root, host: HOST, expected, openssl_differs: None });
    let served = [site.der.as_slice()];
    for (with, expected) in [(&middle, true), (&other, false)] {
        let mut chain = read(&served, &root, HOST);
        assert_eq!(chain.certificates[0].issuer_urls, ["http://authority.test/middle.der"]);
        chain::complete(
            &mut chain,
            &served,
            std::slice::from_ref(&with.der),
            Some(HOST),
            now(),
            &trusting(&root),
        );
        let Diagnosis::Incomplete { would_be_trusted, .. } = &chain.trust.diagnoses[0] else {
            panic!("{chain:?}")
        };
        assert_eq!(would_be_trusted, &Answer::Known(expected));
        assert!(!chain.trust.trusted);
    }
}

#[test]
fn order_and_strangers() {
    let root = root("Root");
    let middle = intermediate(&root, "Middle");
    let lower = intermediate(&middle, "Lower");
    let stranger = intermediate(&root, "Stranger");
    let site = site(&lower, &[HOST]);
    for (served, expected) in [
        (vec![&site, &lower, &middle], "trusted"),
        (vec![&site, &middle, &lower], "trusted; disordered"),
        (vec![&site, &root, &middle, &lower], "trusted; disordered"),
        (vec![&site, &lower, &middle, &stranger], "trusted; disordered"),
        (vec![&site, &lower, &lower, &middle], "trusted; disordered"),
        (vec![&site, &site, &lower, &middle], "trusted; disordered"),
        (vec![&site, &lower, &stranger], "incomplete, lacks CN=Middle,O=Test; disordered"),
    ] {
        check(&Case { served, root: &root, host: HOST, expected, openssl_differs: None });
    }
}

#[test]
fn an_intermediate_that_comes_first() {
    let root = root("Root");
    let middle = intermediate(&root, "Middle");
    let site = site(&middle, &[HOST]);
    let chain = read(&[&middle.der, &site.der], &root, HOST);
    assert_eq!(summary(&chain), "wrong use; wrong name, has [Middle]; only common name; disordered");
}

#[test]
fn broken_signatures() {
    let root = root("Root");
    let middle = intermediate(&root, "Middle");
    let site = site(&middle, &[HOST]);
    let (broken_site, broken_middle) = (site.with_broken_signature(), middle.with_broken_signature());
    for (served, expected) in [
        (vec![&broken_site, &middle], "bad signature 0"),
        (vec![&site, &broken_middle], "bad signature 1"),
        (vec![&site, &broken_middle, &middle], "trusted; disordered"),
    ] {
        let openssl_differs = (served.len() == 3)
            .then_some("OpenSSL takes the first issuer with the right name and does not look for another");
        check(&Case { served, root: &root, host: HOST, expected, openssl_differs });
    }
}

#[test]
fn circles_end() {
    let root = root("Root");
    let (one, two) = (intermediate(&root, "One"), intermediate(&root, "Two"));
    let (one, two) = (one.renewed(&two, |_| {}), two.renewed(&one, |_| {}));
    let site = site(&one, &[HOST]);
    let expected = "incomplete, lacks CN=One,O=Test";
    check(&Case {
        served: vec![&site, &one, &two],
        root: &root,
        host: HOST,
        expected,
        openssl_differs: None,
    });
}

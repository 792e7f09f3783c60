//! What an issuer's own servers say of a certificate.

use campanile_audit::chain::{self, Roots};
use campanile_audit::facts::{Chain, Diagnosis, Revocation};
use campanile_audit::probes::{Eyes, Guard, Resolver, revocation};
use jiff::Timestamp;

use crate::authority::{Issuer, Site, intermediate, list, root, site, trusting, url};
use crate::files::{self, Files, Served};

const HOST: &str = "www.example.test";

struct Street {
    root: Issuer,
    sites: Vec<Site>,
    eyes: Eyes,
    served: Served,
}

/// Sites with the serial numbers 1 and 2, of which 1 is revoked, below an intermediate whose list is at `/list`; 3 with
/// another issuer's list, 4 with a list that is not there, 5 without one, 6 at a port where nobody listens.
async fn street() -> Street {
    let listener = files::listen().await;
    let at = listener.local_addr().unwrap();
    let place = |path: &str| url(at.ip(), at.port(), path);
    let root = root("Root");
    let middle = intermediate(&root, "Middle", &place("/root"));
    let places = ["/list", "/list", "/other", "/gone", "", "/closed"];
    let one = |(serial, path): (u64, &&str)| {
        let list_at = match *path {
            "" => String::new(),
            "/closed" => "http://127.0.0.1:1/list".to_owned(),
            path => place(path),
        };
        site(&middle, &[HOST], serial, &list_at, &place("/middle"))
    };
    let sites = (1..).zip(&places).map(one).collect();
    let other = crate::authority::root("Middle");
    let files = Files::from([
        ("/list".to_owned(), ("application/pkix-crl", list(&middle, &[1]))),
        ("/other".to_owned(), ("application/pkix-crl", list(&other, &[3]))),
        ("/middle".to_owned(), ("application/pkix-cert", middle.der().to_vec())),
        ("/root".to_owned(), ("application/pkix-cert", root.pem().into_bytes())),
    ]);
    let guard = Guard::allowing_private();
    let resolver = Resolver::new(Vec::new(), std::collections::BTreeMap::new());
    let eyes = Eyes { guard, ..Eyes::new("campanile-test", resolver, trusting(&root)) };
    Street { root, sites, eyes, served: files::serve(listener, None, files) }
}

impl Street {
    /// What is said of a site that serves so many of its certificates.
    async fn look(&self, serial: usize, served: usize) -> Chain {
        let ders = &self.sites[serial - 1].chain[..served];
        let now: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let mut chain = chain::read(ders, Some(HOST), now, &self.eyes.roots);
        revocation::consult(&self.eyes, &mut chain, ders, Some(HOST), now).await;
        chain
    }
}

fn why(revocation: &Revocation) -> &str {
    let Revocation::Unknown { why } = revocation else { panic!("{revocation:?}") };
    why
}

#[tokio::test]
async fn a_list_is_fetched_once_for_all_that_it_is_about() {
    let street = street().await;
    let looks = (0..4).map(|number| street.look(1 + number % 2, 2));
    let chains = futures_util::future::join_all(looks).await;
    let since = "2026-03-04T00:00:00Z".parse().unwrap();
    let revoked = Revocation::Revoked { since, reason: "superseded".to_owned() };
    for (number, chain) in chains.iter().enumerate() {
        let expected = if number % 2 == 0 { &revoked } else { &Revocation::NotRevoked };
        assert_eq!(&chain.trust.revocation, expected);
        assert!(chain.trust.trusted, "revocation stands beside trust");
    }
    assert_eq!(street.served.asked(), 1);
}

#[tokio::test]
async fn lists_that_say_nothing() {
    let street = street().await;
    assert_eq!(
        why(&street.look(3, 2).await.trust.revocation),
        "the signature of the revocation list does not fit"
    );
    assert!(why(&street.look(4, 2).await.trust.revocation).ends_with("/gone answers with status 404"));
    assert_eq!(street.look(5, 2).await.trust.revocation, Revocation::NoList);
    let closed = street.look(6, 2).await;
    assert_eq!(
        why(&closed.trust.revocation),
        "fetching http://127.0.0.1:1/list: 127.0.0.1:1 refuses connections"
    );
}

#[tokio::test]
async fn a_missing_intermediate_is_fetched_and_its_list_as_well() {
    let street = street().await;
    let chain = street.look(1, 1).await;
    let [Diagnosis::Incomplete { missing, would_be_trusted }] = chain.trust.diagnoses.as_slice() else {
        panic!("{chain:?}")
    };
    assert_eq!((missing.as_str(), would_be_trusted.known()), ("CN=Middle", Some(&true)));
    assert!(matches!(chain.trust.revocation, Revocation::Revoked { .. }));
}

#[tokio::test]
async fn an_intermediate_that_leads_to_no_root_does_not_help() {
    let mut street = street().await;
    street.eyes.roots = Roots::none();
    let chain = street.look(1, 1).await;
    let [Diagnosis::Incomplete { would_be_trusted, .. }] = chain.trust.diagnoses.as_slice() else {
        panic!("{chain:?}")
    };
    assert_eq!(would_be_trusted.known(), Some(&false));
    let _ = &street.root;
}

#[tokio::test]
async fn private_addresses_in_a_certificate_are_not_asked() {
    let mut street = street().await;
    street.eyes.guard = Guard::default();
    let chain = street.look(1, 1).await;
    assert!(why(&chain.trust.revocation).contains("was not served"), "{chain:?}");
    let Diagnosis::Incomplete { would_be_trusted, .. } = &chain.trust.diagnoses[0] else {
        panic!("{chain:?}")
    };
    assert!(would_be_trusted.why_unknown().unwrap().contains("was not asked"), "{chain:?}");
    assert_eq!(street.served.asked(), 0);
}

//! No bytes make reading panic, and what is no certificate is said to be unreadable.

use std::sync::LazyLock;

use campanile_audit::chain::{self, Revocations, Roots};
use proptest::prelude::*;

use super::maker::{Made, intermediate, root, site};
use super::{now, read, summary};

static CHAIN: LazyLock<(Made, Vec<Vec<u8>>)> = LazyLock::new(|| {
    let root = root("Root");
    let middle = intermediate(&root, "Middle");
    let site = site(&middle, &["www.example.test", "192.0.2.1"]);
    let ders = vec![site.der, middle.der];
    (root, ders)
});

#[test]
fn what_is_no_certificate_is_unreadable_where_it_stands() {
    let (root, ders) = &*CHAIN;
    let mut longer = ders[0].clone();
    longer.push(0);
    for (served, expected) in [
        (vec![], "other: no certificate was served"),
        (vec![&b"junk"[..]], "unreadable 0"),
        (vec![&longer[..]], "unreadable 0"),
        (vec![&ders[0][..], &b""[..], &ders[1][..]], "trusted; unreadable 1"),
        (vec![&b""[..], &ders[0][..], &ders[1][..]], "unreadable 0"),
    ] {
        assert_eq!(summary(&read(&served, root, "www.example.test")), expected);
    }
}

#[test]
fn a_chain_without_end_is_cut() {
    let (root, ders) = &*CHAIN;
    let served: Vec<&[u8]> = ders.iter().map(Vec::as_slice).cycle().take(5000).collect();
    let chain = read(&served, root, "www.example.test");
    assert_eq!(chain.certificates.len(), chain::MOST_CERTIFICATES);
    assert_eq!(summary(&chain), "trusted; disordered");
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300), host in ".{0,20}") {
        chain::read(&[&bytes], Some(&host), now(), &Roots::none());
        let _ = Roots::none().with_extra(&bytes);
        let issuer = chain::issuer_of(&CHAIN.1[0], [&CHAIN.1[1]]).unwrap();
        let _ = Revocations::read(&bytes, "http://a.test/", &issuer);
        let _ = (chain::issuer_of(&bytes, [&bytes]), chain::certificate_in(&bytes), chain::end_of(&[&bytes], &Roots::none()));
    }

    #[test]
    fn one_byte_changed_or_the_end_cut(place in 0usize..2000, value in any::<u8>(), cut in any::<bool>(), which in 0usize..2) {
        let (root, ders) = &*CHAIN;
        let mut ders = ders.clone();
        let place = place % ders[which].len();
        let before = ders[which].clone();
        if cut {
            ders[which].truncate(place);
        } else {
            ders[which][place] = value;
        }
        let served: Vec<&[u8]> = ders.iter().map(Vec::as_slice).collect();
        let chain = read(&served, root, "www.example.test");
        prop_assert!(!chain.trust.trusted || before == ders[which], "a changed certificate is trusted");
        prop_assert!(chain.trust.trusted || !chain.trust.diagnoses.is_empty(), "nothing is said to be wrong");
    }
}

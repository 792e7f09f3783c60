//! A body with whom all is well, and how a case spoils it in one point.
#![allow(clippy::missing_panics_doc)]

mod good;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::Answer;
use crate::facts::{Certificate, Chain, Diagnosis, Exchanger, Facts, Page, Site, Tls, VersionFacts};
use crate::registry::Version;
pub use good::{good, good_chain, good_tls, hop, way};

/// The host of the cases.
pub const HOST: &str = "comune.esempio.lc.test";

/// One case of a rule: how the body where all is well is changed, and what the rule then says.
#[derive(Debug)]
pub struct Case {
    /// What the English evidence contains, or the case's name where nothing is found.
    pub words: &'static str,
    /// What it finds.
    pub finds: Option<super::Verdict>,
    /// What is changed.
    pub change: fn(&mut Facts),
}

/// The rule finds something wrong, and says so.
pub const fn catches(words: &'static str, change: fn(&mut Facts)) -> Case {
    Case { words, finds: Some(super::Verdict::Fails), change }
}

/// The rule says that it cannot tell.
pub const fn doubts(words: &'static str, change: fn(&mut Facts)) -> Case {
    Case { words, finds: Some(super::Verdict::Unknown), change }
}

/// The rule finds nothing.
pub const fn passes(words: &'static str, change: fn(&mut Facts)) -> Case {
    Case { words, finds: None, change }
}

/// Midnight of a day.
pub fn day(text: &str) -> Timestamp {
    format!("{text}T00:00:00Z").parse().unwrap()
}

/// The time of judgement in every case.
pub fn now() -> Timestamp {
    "2026-11-25T03:00:00Z".parse().unwrap()
}

/// The one host.
pub fn site(facts: &mut Facts) -> &mut Site {
    &mut facts.sites[0]
}

/// What TLS does at the first address.
pub fn tls(facts: &mut Facts) -> &mut Tls {
    let Answer::Known(endpoints) = &mut site(facts).endpoints else { panic!("the endpoints are unknown") };
    endpoints[0].tls.as_mut().unwrap()
}

/// A version of the protocol at the first address.
pub fn version(facts: &mut Facts, version: Version) -> &mut VersionFacts {
    tls(facts).versions.get_mut(&version).unwrap()
}

/// The chain that it serves there.
pub fn chain(facts: &mut Facts) -> &mut Chain {
    &mut tls(facts).chains[0].chain
}

/// Something is wrong with that chain, and it is no longer trusted.
pub fn distrust(facts: &mut Facts, diagnosis: Diagnosis) {
    chain(facts).trust.trusted = false;
    chain(facts).trust.diagnoses.push(diagnosis);
}

/// The site's own certificate.
pub fn leaf(facts: &mut Facts) -> &mut Certificate {
    &mut chain(facts).certificates[0]
}

/// The page that it shows.
pub fn page(facts: &mut Facts) -> &mut Page {
    let Answer::Known(page) = &mut site(facts).web.page else { panic!("the page is unknown") };
    page
}

/// The headers of that page.
pub fn headers(facts: &mut Facts) -> &mut BTreeMap<String, Vec<String>> {
    &mut page(facts).headers
}

/// Sets a header of the page and of the answer that it came in.
pub fn header(facts: &mut Facts, name: &str, value: &str) {
    let value = vec![value.to_owned()];
    headers(facts).insert(name.to_owned(), value.clone());
    if let Answer::Known(visit) = &mut site(facts).web.secure {
        visit
            .hops
            .iter_mut()
            .take(1)
            .for_each(|hop| drop(hop.headers.insert(name.to_owned(), value.clone())));
    }
}

/// The one mail server.
pub fn exchanger(facts: &mut Facts) -> &mut Exchanger {
    let Answer::Known(exchangers) = &mut facts.mail.as_mut().unwrap().exchangers else { panic!() };
    &mut exchangers[0]
}

/// Makes the certificate one of a private authority, as it is told from a public one's.
pub fn private(facts: &mut Facts) {
    let leaf = leaf(facts);
    leaf.crl_urls.clear();
    leaf.ocsp_urls.clear();
    leaf.issuer_urls.clear();
}

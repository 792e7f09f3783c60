//! What a rule found at one object, and the ways to every object of a kind.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Finding, Rule, Verdict, Weight};
use crate::Text;
use crate::facts::{Certificate, Chain, Exchanger, Facts, Page, Site, Tls};

/// What a rule found at one object: a finding that does not yet say whose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    object: String,
    verdict: Verdict,
    weight: Option<Weight>,
    evidence: Text,
}

impl Found {
    /// Something is wrong.
    pub fn fails(italian: impl Into<String>, english: impl Into<String>) -> Self {
        let evidence = Text::new(italian, english);
        Self { object: String::new(), verdict: Verdict::Fails, weight: None, evidence }
    }

    /// It could not be told whether something is.
    pub fn unknown(italian: impl Into<String>, english: impl Into<String>) -> Self {
        Self { verdict: Verdict::Unknown, ..Self::fails(italian, english) }
    }

    /// It weighs this, not as much as the rule says.
    #[must_use]
    pub fn weighing(self, weight: Weight) -> Self {
        Self { weight: Some(weight), ..self }
    }

    /// It is about this object.
    #[must_use]
    pub fn at(self, object: impl Into<String>) -> Self {
        Self { object: object.into(), ..self }
    }

    pub(super) fn finding(self, rule: &Rule) -> Finding {
        let Self { object, verdict, weight, evidence } = self;
        let weight = weight.unwrap_or(rule.weight).min(rule.weight);
        Finding { rule: rule.id.to_owned(), object, verdict, weight, evidence }
    }
}

/// Asks about every host.
pub fn on_sites<I: IntoIterator<Item = Found>>(facts: &Facts, ask: impl Fn(&Site) -> I) -> Vec<Found> {
    facts.sites.iter().flat_map(|site| ask(site).into_iter().map(|found| found.at(&site.host))).collect()
}

/// Asks about every host's page, where one was seen.
pub fn on_pages<I: IntoIterator<Item = Found>>(facts: &Facts, ask: impl Fn(&Site, &Page) -> I) -> Vec<Found> {
    on_sites(facts, |site| {
        site.web.page.known().map(|page| ask(site, page)).into_iter().flatten().collect::<Vec<_>>()
    })
}

/// Asks about every address of every host that speaks TLS. What all addresses of a host have in common is said
/// once, of the host.
pub fn on_endpoints<I: IntoIterator<Item = Found>>(
    facts: &Facts,
    ask: impl Fn(&Site, &Tls) -> I,
) -> Vec<Found> {
    facts.sites.iter().flat_map(|site| on_endpoints_of(site, &ask)).collect()
}

fn on_endpoints_of<I: IntoIterator<Item = Found>>(site: &Site, ask: impl Fn(&Site, &Tls) -> I) -> Vec<Found> {
    let endpoints = site.endpoints.known().into_iter().flatten();
    let spoken: Vec<_> =
        endpoints.filter_map(|endpoint| endpoint.tls.as_ref().map(|tls| (endpoint.address, tls))).collect();
    let mut places: BTreeMap<Found, Vec<String>> = BTreeMap::new();
    for (address, tls) in &spoken {
        for found in ask(site, tls) {
            let places = places.entry(found).or_default();
            let place = format!("{} {address}", site.host);
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    let named = places.into_iter().flat_map(|(found, places)| {
        let places = if places.len() == spoken.len() { vec![site.host.clone()] } else { places };
        places.into_iter().map(move |place| found.clone().at(place))
    });
    named.collect()
}

/// Asks about every chain that a host serves for its name; those that are served in several ways, once.
pub fn on_chains<I: IntoIterator<Item = Found>>(
    facts: &Facts,
    ask: impl Fn(&Site, &Chain) -> I,
) -> Vec<Found> {
    on_endpoints(facts, |site, tls| {
        tls.chains.iter().flat_map(|served| ask(site, &served.chain)).collect::<Vec<_>>()
    })
}

/// Asks about every mail exchanger.
pub fn on_exchangers<I: IntoIterator<Item = Found>>(
    facts: &Facts,
    ask: impl Fn(&Exchanger) -> I,
) -> Vec<Found> {
    let exchangers = facts.mail.iter().filter_map(|mail| mail.exchangers.known()).flatten();
    exchangers
        .flat_map(|exchanger| {
            ask(exchanger).into_iter().map(|found| found.at(&exchanger.host)).collect::<Vec<_>>()
        })
        .collect()
}

/// A day as people write it: `25/11/2026` in Italian, `2026-11-25` in English.
pub fn date(at: Timestamp) -> Text {
    let date = at.to_zoned(TimeZone::UTC).date();
    Text::new(format!("{:02}/{:02}/{}", date.day(), date.month(), date.year()), date.to_string())
}

/// Whole days from one time to another; negative where the other was before.
pub fn days_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second().saturating_sub(from.as_second()).div_euclid(86_400)
}

/// Whether a certificate can be a public authority's: theirs say where the issuer's certificate or list of revoked ones
/// is (CA/Browser Forum, Baseline Requirements 7.1.2.7). What browsers demand of those, nobody demands of a private one's.
pub fn is_public(leaf: &Certificate) -> bool {
    !(leaf.crl_urls.is_empty() && leaf.ocsp_urls.is_empty() && leaf.issuer_urls.is_empty())
}

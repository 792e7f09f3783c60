//! The addresses of a host do not do the same.

use std::collections::BTreeSet;

use crate::facts::{Endpoint, Tls};
use crate::registry::{Suite, Version};
use crate::rules::prelude::*;
use crate::rules::suites::list;

pub const RULE: Rule = Rule {
    id: "tls-addresses-differ",
    area: Area::Tls,
    weight: Weight::Major,
    title: || {
        Text::new("IPv4 e IPv6 non si comportano allo stesso modo", "IPv4 and IPv6 do not behave alike")
    },
    citation: "RFC 9325, 3 (2022); Internet.nl, «same website on IPv6 and IPv4»",
    meaning: || {
        Text::new(
            "Il sito è sicuro o no secondo la rete del cittadino; di solito un indirizzo porta a un server dimenticato.",
            "Whether the site is safe depends on the citizen's network; usually one address leads to a forgotten server.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Dare a tutti gli indirizzi la stessa configurazione, o togliere dal DNS quello che non serve.",
            "Give all addresses the same configuration, or take the one that is not needed out of DNS.",
        )
        .nginx("listen 443 ssl;\nlisten [::]:443 ssl;")
        .apache("Listen 443\n<VirtualHost *:443>")
        .zone("; togliere il record A o AAAA che non serve")
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            let mut endpoints: Vec<&Endpoint> = site.endpoints.known().into_iter().flatten().collect();
            endpoints.sort_by_key(|endpoint| endpoint.address);
            let (first, rest) = endpoints.split_first()?;
            rest.iter().find_map(|other| difference(first, other))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no HTTPS at [2001:db8:1::10]:443", |facts| {
            let Answer::Known(endpoints) = &mut site(facts).endpoints else { return };
            endpoints[1].https = false.into();
            endpoints[1].tls = None;
        }),
        catches("TLS 1.0", |facts| version(facts, Version::Tls10).offered = true.into()),
        catches("TLS_RSA_WITH_AES_128_CBC_SHA", |facts| {
            version(facts, Version::Tls12).suites.push(Suite(0x002f));
        }),
        catches("another certificate", |facts| leaf(facts).sha256 = "another".into()),
        passes("one address gave no answer", |facts| {
            let Answer::Known(endpoints) = &mut site(facts).endpoints else { return };
            endpoints[1].https = Answer::default();
            endpoints[1].tls = None;
        }),
        passes("a version could not be told", |facts| {
            version(facts, Version::Tls10).offered = Answer::default();
        }),
    ],
};

/// What is surely different between two addresses.
fn difference(one: &Endpoint, other: &Endpoint) -> Option<Found> {
    let silent = [one, other].into_iter().find(|endpoint| endpoint.https.is_no());
    let speaks = [one, other].into_iter().any(|endpoint| endpoint.https.is_yes());
    if let Some(silent) = silent.filter(|_| speaks) {
        let at = silent.address;
        return Some(Found::fails(format!("niente HTTPS su {at}"), format!("no HTTPS at {at}")));
    }
    let (first, second) = (one.tls.as_ref()?, other.tls.as_ref()?);
    let settings = different_versions(first, second).or_else(|| different_suites(first, second));
    // several machines behind one name may well have a certificate each
    let weight = if settings.is_some() { Weight::Major } else { Weight::Notice };
    let what = settings.or_else(|| different_certificates(first, second))?;
    let found = Found::fails(
        format!("{} e {}: {}", one.address, other.address, what.it),
        format!("{} and {}: {}", one.address, other.address, what.en),
    );
    Some(found.weighing(weight))
}

fn different_versions(first: &Tls, second: &Tls) -> Option<Text> {
    let differs = |version: &Version| {
        let of = |tls: &Tls| tls.versions.get(version).and_then(|facts| facts.offered.known().copied());
        matches!((of(first), of(second)), (Some(one), Some(other)) if one != other)
    };
    let names: Vec<&str> =
        Version::ALL.iter().filter(|version| differs(version)).map(|it| it.name()).collect();
    let names = names.join(", ");
    (!names.is_empty()).then(|| Text::new(names.clone(), names))
}

fn different_suites(first: &Tls, second: &Tls) -> Option<Text> {
    let complete = |tls: &Tls| tls.versions.values().all(|facts| facts.complete);
    if !complete(first) || !complete(second) {
        return None;
    }
    let (one, other): (BTreeSet<Suite>, BTreeSet<Suite>) = (super::accepted(first), super::accepted(second));
    let only: Vec<Suite> = one.symmetric_difference(&other).copied().collect();
    (!only.is_empty()).then(|| list(&only, 3))
}

fn different_certificates(first: &Tls, second: &Tls) -> Option<Text> {
    let leaves = |tls: &Tls| -> BTreeSet<String> {
        let chains = tls.chains.iter().filter_map(|served| served.chain.certificates.first());
        chains.map(|leaf| leaf.sha256.clone()).collect()
    };
    let (one, other) = (leaves(first), leaves(second));
    let differ = !one.is_empty() && !other.is_empty() && one.is_disjoint(&other);
    differ.then(|| Text::new("un altro certificato", "another certificate"))
}

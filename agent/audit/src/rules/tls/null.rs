//! Suites that do not encrypt.

use crate::rules::prelude::*;
use crate::rules::suites::Weakness;

pub const RULE: Rule = Rule {
    id: "tls-null-suites",
    area: Area::Tls,
    weight: Weight::Grave,
    title: || {
        Text::new("Il server accetta collegamenti non cifrati", "The server takes suites that do not encrypt")
    },
    citation: "RFC 9325, 4.1 (2022); CERT-AgID, Monitoraggio HTTPS (2020)",
    meaning: || {
        Text::new(
            "Il lucchetto c’è, ma chi sta in mezzo legge tutto.",
            "The padlock is there, but whoever stands in between reads everything.",
        )
    },
    remedy: super::modern_suites,
    judge: |facts, _| on_endpoints(facts, |_, tls| super::takes(tls, Weakness::Null)),
    #[cfg(test)]
    cases: &[
        catches("TLS_RSA_WITH_NULL_SHA", |facts| version(facts, Version::Tls12).suites.push(Suite(0x0002))),
        passes("AES-GCM", |facts| version(facts, Version::Tls12).suites.push(Suite(0x009c))),
    ],
};

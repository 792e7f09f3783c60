//! Ciphers with blocks of 64 bits.

use crate::rules::prelude::*;
use crate::rules::suites::Weakness;

pub const RULE: Rule = Rule {
    id: "tls-small-blocks",
    area: Area::Tls,
    weight: Weight::Major,
    title: || {
        Text::new(
            "Il server accetta 3DES o altri cifrari a blocchi piccoli",
            "The server takes 3DES or other ciphers with small blocks",
        )
    },
    citation: "SWEET32, CVE-2016-2183; RFC 9325, 4.1 (2022)",
    meaning: || {
        Text::new(
            "In un collegamento lungo si possono ricostruire i cookie di sessione.",
            "Within a long connection session cookies can be found.",
        )
    },
    remedy: super::modern_suites,
    judge: |facts, _| on_endpoints(facts, |_, tls| super::takes(tls, Weakness::SmallBlock)),
    #[cfg(test)]
    cases: &[
        catches("TLS_RSA_WITH_3DES_EDE_CBC_SHA", |facts| {
            version(facts, Version::Tls12).suites.push(Suite(0x000a));
        }),
        passes("AES-CBC is another matter", |facts| {
            version(facts, Version::Tls12).suites.push(Suite(0x002f));
        }),
    ],
};

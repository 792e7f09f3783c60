//! Suites that do not say who the server is.

use crate::rules::prelude::*;
use crate::rules::suites::Weakness;

pub const RULE: Rule = Rule {
    id: "tls-anonymous-suites",
    area: Area::Tls,
    weight: Weight::Grave,
    title: || Text::new("Il server accetta collegamenti anonimi", "The server takes anonymous suites"),
    citation: "RFC 9325, 4.1 (2022); SSL Labs, Server Rating Guide 2009r",
    meaning: || {
        Text::new(
            "Senza certificato chiunque può fingersi il sito.",
            "Without a certificate anybody can pose as the site.",
        )
    },
    remedy: super::modern_suites,
    judge: |facts, _| on_endpoints(facts, |_, tls| super::takes(tls, Weakness::Anonymous)),
    #[cfg(test)]
    cases: &[
        catches("TLS_DH_anon_WITH_AES_128_GCM_SHA256", |facts| {
            version(facts, Version::Tls12).suites.push(Suite(0x00a6));
        }),
        passes("TLS 1.3 names no authentication and has one", |facts| {
            version(facts, Version::Tls13).suites.push(Suite(0x1304));
        }),
    ],
};

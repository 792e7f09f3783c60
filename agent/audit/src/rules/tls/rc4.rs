//! RC4.

use crate::rules::prelude::*;
use crate::rules::suites::Weakness;

pub const RULE: Rule = Rule {
    id: "tls-rc4",
    area: Area::Tls,
    weight: Weight::Major,
    title: || Text::new("Il server accetta RC4", "The server takes RC4"),
    citation: "RFC 7465 (2015)",
    meaning: || {
        Text::new(
            "RC4 lascia trasparire ciò che cifra: cookie e password si possono ricostruire.",
            "RC4 lets through what it encrypts: cookies and passwords can be found.",
        )
    },
    remedy: super::modern_suites,
    judge: |facts, _| on_endpoints(facts, |_, tls| super::takes(tls, Weakness::Rc4)),
    #[cfg(test)]
    cases: &[
        catches("TLS_RSA_WITH_RC4_128_SHA", |facts| {
            version(facts, Version::Tls12).suites.push(Suite(0x0005));
        }),
        passes("AES-GCM", |facts| version(facts, Version::Tls12).suites.push(Suite(0x009c))),
    ],
};

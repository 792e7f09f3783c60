//! Suites with CBC.

use crate::rules::prelude::*;
use crate::rules::suites::Weakness;

pub const RULE: Rule = Rule {
    id: "tls-cbc",
    area: Area::Tls,
    weight: Weight::Major,
    title: || Text::new("Il server accetta suite con CBC", "The server takes suites with CBC"),
    citation: "AgID-RACCSECTLS-01 (2020); CERT-AgID, Monitoraggio HTTPS (2020): class «mal configurato»; LUCKY13, CVE-2013-0169",
    meaning: || {
        Text::new(
            "Le suite con CBC hanno avuto difetti uno dopo l’altro e non servono più a nessun browser aggiornato.",
            "Suites with CBC had one flaw after another, and no up-to-date browser needs them.",
        )
    },
    remedy: super::modern_suites,
    judge: |facts, _| on_endpoints(facts, |_, tls| super::takes(tls, Weakness::Cbc)),
    #[cfg(test)]
    cases: &[
        catches("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", |facts| {
            version(facts, Version::Tls12).suites.push(Suite(0xc013));
        }),
        passes("AES-GCM", |facts| version(facts, Version::Tls12).suites.push(Suite(0x009c))),
    ],
};

//! Suites with keys that can be tried out.

use crate::rules::prelude::*;
use crate::rules::suites::Weakness;

pub const RULE: Rule = Rule {
    id: "tls-small-keys",
    area: Area::Tls,
    weight: Weight::Grave,
    title: || {
        Text::new(
            "Il server accetta cifrari con chiavi troppo corte",
            "The server takes ciphers with keys that are too short",
        )
    },
    citation: "RFC 9325, 4.1 (2022); FREAK, CVE-2015-0204; CERT-AgID, Monitoraggio HTTPS (2020)",
    meaning: || {
        Text::new(
            "Chiavi da 40 o 56 bit si trovano in poche ore: il traffico si può leggere e cambiare.",
            "Keys of 40 or 56 bits are found within hours: traffic can be read and changed.",
        )
    },
    remedy: super::modern_suites,
    judge: |facts, _| on_endpoints(facts, |_, tls| super::takes(tls, Weakness::SmallKey)),
    #[cfg(test)]
    cases: &[
        catches("TLS_RSA_EXPORT_WITH_RC4_40_MD5", |facts| {
            version(facts, Version::Tls10).suites.push(Suite(0x0003));
        }),
        catches("TLS_RSA_WITH_DES_CBC_SHA", |facts| {
            version(facts, Version::Tls12).suites.push(Suite(0x0009));
        }),
        passes("3DES is another matter", |facts| version(facts, Version::Tls12).suites.push(Suite(0x000a))),
    ],
};

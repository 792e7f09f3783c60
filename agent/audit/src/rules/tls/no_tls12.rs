//! Nothing newer than TLS 1.1.

use crate::registry::Version;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-only-old-versions",
    area: Area::Tls,
    weight: Weight::Grave,
    title: || {
        Text::new(
            "Il server parla solo versioni abbandonate di TLS",
            "The server speaks only versions of TLS that are given up",
        )
    },
    citation: "RFC 8996 (2021); CERT-AgID, Monitoraggio HTTPS (2020): class «gravi problemi di sicurezza»",
    meaning: || {
        Text::new("I browser di oggi non aprono più il sito.", "Today’s browsers no longer open the site.")
    },
    remedy: super::versions,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let highest = super::highest(tls).filter(|highest| *highest < Version::Tls12)?.name();
            Some(Found::fails(format!("la più alta è {highest}"), format!("the highest is {highest}")))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("the highest is TLS 1.1", |facts| {
            version(facts, Version::Tls11).offered = true.into();
            version(facts, Version::Tls12).offered = false.into();
            version(facts, Version::Tls13).offered = false.into();
        }),
        passes("whether there is a newer one could not be told", |facts| {
            version(facts, Version::Tls11).offered = true.into();
            version(facts, Version::Tls12).offered = Answer::default();
            version(facts, Version::Tls13).offered = false.into();
        }),
    ],
};

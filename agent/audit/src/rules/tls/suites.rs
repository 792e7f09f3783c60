//! Suites that the profile does not have, and no other rule names.

use crate::registry::Suite;
use crate::rules::prelude::*;
use crate::rules::suites::{Weakness, forward_secret, has, list};

pub const RULE: Rule = Rule {
    id: "tls-suites-outside-profile",
    area: Area::Tls,
    weight: Weight::Minor,
    title: || {
        Text::new(
            "Il server accetta suite fuori dal profilo",
            "The server takes suites that the profile does not have",
        )
    },
    citation: "AgID-RACCSECTLS-01 (2020), with Mozilla, Server Side TLS",
    meaning: || {
        Text::new(
            "Non sono rotte, ma la raccomandazione non le prevede: meno suite, meno sorprese.",
            "They are not broken, but the recommendation does not have them: fewer suites, fewer surprises.",
        )
    },
    remedy: super::modern_suites,
    judge: |facts, context| {
        on_endpoints(facts, |_, tls| {
            use Weakness::{Anonymous, Cbc, Null, Rc4, SmallBlock, SmallKey};
            let named = |suite: Suite| {
                let weak = [Null, Anonymous, SmallKey, Rc4, SmallBlock, Cbc];
                weak.into_iter().any(|weakness| has(suite, weakness)) || !forward_secret(suite)
            };
            let accepted = super::accepted(tls).into_iter();
            let outside: Vec<Suite> =
                accepted.filter(|suite| !context.profile.suites.contains(suite) && !named(*suite)).collect();
            let (names, profile) = (list(&outside, 4), &context.profile.name);
            (!outside.is_empty()).then(|| {
                Found::fails(
                    format!("fuori da {profile}: {}", names.it),
                    format!("not in {profile}: {}", names.en),
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("not in agid-2020: TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256", |facts| {
            version(facts, crate::registry::Version::Tls12).suites.push(Suite(0xc08a));
        }),
        passes("CBC has a rule of its own", |facts| {
            version(facts, crate::registry::Version::Tls12).suites.push(Suite(0xc013));
        }),
    ],
};

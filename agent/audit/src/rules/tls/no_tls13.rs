//! No TLS 1.3.

use crate::registry::Version;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-no-tls13",
    area: Area::Tls,
    weight: Weight::Major,
    title: || Text::new("Il server non parla TLS 1.3", "The server does not speak TLS 1.3"),
    citation: "RFC 8446 (2018); ACN, Linee guida TLS 2.0; SSL Labs, Server Rating Guide 2009r",
    meaning: || {
        Text::new(
            "TLS 1.3 è più rapido e non ha più nulla delle vecchie debolezze.",
            "TLS 1.3 is quicker and has none of the old weaknesses left.",
        )
    },
    remedy: || super::versions(),
    judge: |facts, context| {
        on_endpoints(facts, |_, tls| {
            let refused = tls.versions.get(&Version::Tls13).is_some_and(|facts| facts.offered.is_no());
            let required = context.profile.required.contains(&Version::Tls13);
            let found = Found::fails("TLS 1.3 è rifiutato", "TLS 1.3 is refused");
            refused.then(|| if required { found } else { found.weighing(Weight::Minor) })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("TLS 1.3 is refused", |facts| version(facts, Version::Tls13).offered = false.into()),
        passes("nothing could be told", |facts| version(facts, Version::Tls13).offered = Answer::default()),
    ],
};

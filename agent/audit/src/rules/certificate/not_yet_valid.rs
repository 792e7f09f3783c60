//! The certificate's time has not come.

use crate::facts::Diagnosis;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-not-yet-valid",
    area: Area::Certificate,
    weight: Weight::Grave,
    title: || Text::new("Il certificato non è ancora valido", "The certificate is not yet valid"),
    citation: "RFC 5280, 4.1.2.5 (2008)",
    meaning: || {
        Text::new(
            "I browser lo rifiutano come uno scaduto. Spesso è sbagliato l'orologio di chi lo ha emesso.",
            "Browsers refuse it like an expired one. Often the clock of whoever issued it is wrong.",
        )
    },
    remedy: super::renew,
    judge: |facts, _| {
        on_chains(facts, |_, chain| {
            let early = chain.trust.diagnoses.iter().find_map(|diagnosis| match diagnosis {
                Diagnosis::NotYetValid { from, .. } => Some(date(*from)),
                _ => None,
            });
            early.map(|from| {
                Found::fails(format!("vale dal {}", from.it), format!("it is valid from {}", from.en))
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("valid from 2026-12-01", |facts| {
            let early = Diagnosis::NotYetValid { from: day("2026-12-01"), position: 0 };
            cases::distrust(facts, early);
        }),
        passes("valid since today", |facts| leaf(facts).not_before = day("2026-11-25")),
    ],
};

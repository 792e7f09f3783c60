//! The chain ends at a root that browsers do not know.

use crate::facts::Diagnosis;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-unknown-authority",
    area: Area::Certificate,
    weight: Weight::Grave,
    title: || {
        Text::new(
            "L'autorità che ha emesso il certificato non è riconosciuta",
            "The certificate's authority is not known",
        )
    },
    citation: "RFC 5280, 6.1 (2008); Mozilla Root Store Policy 3.0 (2025)",
    meaning: || {
        Text::new(
            "Nessun browser si fida di questa autorità: il cittadino vede un avviso a tutta pagina.",
            "No browser trusts this authority: the citizen sees a full-page warning.",
        )
    },
    remedy: super::renew,
    judge: |facts, _| {
        on_chains(facts, |_, chain| {
            chain.trust.diagnoses.iter().find_map(|diagnosis| {
                let Diagnosis::UnknownAuthority { root } = diagnosis else { return None };
                Some(Found::fails(format!("autorità: {root}"), format!("authority: {root}")))
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("authority: CN=Intranet CA", |facts| {
            let unknown = Diagnosis::UnknownAuthority { root: "CN=Intranet CA".into() };
            cases::distrust(facts, unknown);
        }),
        passes("an authority that was added for this run", |facts| {
            leaf(facts).authority = "Intranet CA".into();
        }),
    ],
};

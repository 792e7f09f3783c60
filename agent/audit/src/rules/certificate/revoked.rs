//! The issuer has revoked the certificate.

use crate::facts::Revocation;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-revoked",
    area: Area::Certificate,
    weight: Weight::Grave,
    title: || Text::new("Il certificato è stato revocato", "The certificate was revoked"),
    citation: "RFC 5280, 5.3.1 (2008)",
    meaning: || {
        Text::new(
            "Chi lo ha emesso lo ha dichiarato non più valido, spesso perché la chiave è stata rubata o il certificato era sbagliato.",
            "Its issuer declared it void, often because the key was stolen or the certificate was wrong.",
        )
    },
    remedy: super::renew,
    judge: |facts, _| {
        on_chains(facts, |_, chain| {
            let Revocation::Revoked { since, reason } = &chain.trust.revocation else { return None };
            let on = date(*since);
            Some(Found::fails(
                format!("revocato il {} ({reason})", on.it),
                format!("revoked on {} ({reason})", on.en),
            ))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("revoked on 2026-11-01 (keyCompromise)", |facts| {
            let (since, reason) = (day("2026-11-01"), "keyCompromise".into());
            chain(facts).trust.revocation = Revocation::Revoked { since, reason };
        }),
        passes("it names no list", |facts| chain(facts).trust.revocation = Revocation::NoList),
    ],
};

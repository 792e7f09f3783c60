//! What could not be told of a certificate.

use crate::facts::Revocation;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-not-told",
    area: Area::Certificate,
    weight: Weight::Minor,
    title: || {
        Text::new(
            "Non si è potuto sapere tutto del certificato",
            "Not everything could be told of the certificate",
        )
    },
    citation: "RFC 5280, 6.3 (2008)",
    meaning: || {
        Text::new(
            "La lista delle revoche dell'autorità non ha risposto, o nessun certificato si è visto: il giudizio resta aperto.",
            "The authority's revocation list gave no answer, or no certificate was seen: judgement stays open.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Body,
            "Nulla, se domani la risposta arriva; se si ripete per giorni, chiedere al fornitore.",
            "Nothing, if the answer comes tomorrow; where it stays away for days, ask the provider.",
        )
    },
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let mut found: Vec<Found> = tls
                .chains
                .iter()
                .filter_map(|served| match &served.chain.trust.revocation {
                    Revocation::Unknown { why } => Some(Found::unknown(
                        format!("revoca sconosciuta: {why}"),
                        format!("revocation is unknown: {why}"),
                    )),
                    Revocation::Revoked { .. } | Revocation::NotRevoked | Revocation::NoList => None,
                })
                .collect();
            if tls.chains.is_empty() {
                found.push(Found::unknown("nessun certificato si è visto", "no certificate was seen"));
            }
            found
        })
    },
    #[cfg(test)]
    cases: &[
        doubts("revocation is unknown: no answer within 5 s", |facts| {
            chain(facts).trust.revocation = Revocation::Unknown { why: "no answer within 5 s".into() };
        }),
        doubts("no certificate was seen", |facts| tls(facts).chains.clear()),
        passes("it names no list", |facts| chain(facts).trust.revocation = Revocation::NoList),
    ],
};

//! The key is publicly known.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-compromised-key",
    area: Area::Certificate,
    weight: Weight::Grave,
    title: || {
        Text::new(
            "La chiave del certificato è di dominio pubblico",
            "The certificate's key is publicly known",
        )
    },
    citation: "CVE-2008-0166; CA/Browser Forum, Baseline Requirements 4.9.1.1",
    meaning: || {
        Text::new(
            "Chiunque ha questa chiave: chi si mette in mezzo legge e cambia tutto.",
            "Anybody has this key: whoever stands in between reads and changes everything.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Generare subito una chiave nuova su una macchina aggiornata, chiedere un nuovo certificato e far revocare il vecchio.",
            "Make a new key at once on an up-to-date machine, get a new certificate and have the old one revoked.",
        )
        .nginx("# openssl ecparam -name prime256v1 -genkey -noout -out key.pem")
        .apache("# openssl ecparam -name prime256v1 -genkey -noout -out key.pem")
    },
    judge: |facts, _| {
        on_chains(facts, |_, chain| {
            let leaf = chain.certificates.first().filter(|leaf| leaf.key_is_compromised.is_yes())?;
            let key = &leaf.key_sha256;
            Some(Found::fails(format!("chiave nota, SHA-256 {key}"), format!("a known key, SHA-256 {key}")))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("a known key", |facts| leaf(facts).key_is_compromised = true.into()),
        passes("no list was asked", |facts| leaf(facts).key_is_compromised = Answer::default()),
    ],
};

//! The client chooses among suites of which some are weak.

use crate::registry::Version;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-no-server-preference",
    area: Area::Tls,
    weight: Weight::Minor,
    title: || {
        Text::new(
            "È il client a scegliere fra suite buone e cattive",
            "The client chooses between good and bad suites",
        )
    },
    citation: "NCSC-NL, TLS guideline B2-5 (2021); AgID-RACCSECTLS-01 (2020)",
    meaning: || {
        Text::new(
            "Se il server accetta anche suite deboli, deve almeno preferire le buone.",
            "A server that also takes weak suites must at least prefer the good ones.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Togliere le suite deboli; altrimenti imporre l’ordine del server.",
            "Drop the weak suites; else enforce the server’s order.",
        )
        .nginx("ssl_prefer_server_ciphers on;")
        .apache("SSLHonorCipherOrder on")
    },
    judge: |facts, context| {
        on_endpoints(facts, |_, tls| {
            let loose = tls.versions.iter().filter(|(version, facts)| {
                let outside = facts.suites.iter().any(|suite| !context.profile.suites.contains(suite));
                **version < Version::Tls13 && facts.server_preference.is_no() && outside
            });
            let names: Vec<&str> = loose.map(|(version, _)| version.name()).collect();
            let names = names.join(", ");
            (!names.is_empty()).then(|| {
                Found::fails(
                    format!("in {names} sceglie il client"),
                    format!("in {names} the client chooses"),
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("in TLS 1.2 the client chooses", |facts| {
            version(facts, Version::Tls12).suites.push(Suite(0x002f));
            version(facts, Version::Tls12).server_preference = false.into();
        }),
        passes("all suites are good", |facts| {
            version(facts, Version::Tls12).server_preference = false.into();
        }),
    ],
};

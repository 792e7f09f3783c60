//! Suites without forward secrecy.

use crate::registry::Suite;
use crate::rules::prelude::*;
use crate::rules::suites::{forward_secret, list};

pub const RULE: Rule = Rule {
    id: "tls-no-forward-secrecy",
    area: Area::Tls,
    weight: Weight::Major,
    title: || Text::new("Manca la segretezza in avanti", "There is no forward secrecy"),
    citation: "RFC 9325, 4.1 (2022)",
    meaning: || {
        Text::new(
            "Chi registra il traffico oggi lo leggerà tutto il giorno in cui ottiene la chiave del server.",
            "Whoever records traffic today reads all of it on the day that the server’s key gets into their hands.",
        )
    },
    remedy: super::modern_suites,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let (with, without): (Vec<Suite>, Vec<Suite>) =
                super::accepted(tls).into_iter().partition(|suite| forward_secret(*suite));
            let names = list(&without, 4);
            let found = Found::fails(format!("accetta {}", names.it), format!("it takes {}", names.en));
            let found = if with.is_empty() { found } else { found.weighing(Weight::Minor) };
            (!without.is_empty()).then_some(found)
        })
    },
    #[cfg(test)]
    cases: &[
        catches("TLS_RSA_WITH_AES_128_GCM_SHA256", |facts| {
            version(facts, Version::Tls12).suites.push(Suite(0x009c));
        }),
        passes("DHE", |facts| version(facts, Version::Tls12).suites.push(Suite(0x009e))),
    ],
};

//! What could not be told of a domain: said once.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "dns-not-told",
    area: Area::Dns,
    weight: Weight::Minor,
    title: || {
        Text::new("Non si è potuto sapere tutto del dominio", "Not everything could be told of the domain")
    },
    citation: "RFC 9520 (2023): a failed resolution is no answer",
    meaning: || {
        Text::new(
            "I server dei nomi non hanno risposto, o non in tempo: ciò che non si sa non è né buono né cattivo.",
            "The name servers did not answer, or not in time: what is not known is neither good nor bad.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Body,
            "Nulla, se domani la risposta arriva; se si ripete, chiedere a chi gestisce il DNS.",
            "Nothing, if the answer comes tomorrow; else ask whoever keeps the DNS.",
        )
    },
    judge: |facts, _| {
        super::on_domain(facts, |domain| {
            let silent = domain.name_servers.known().into_iter().flatten();
            let silent = silent.into_iter().find_map(|server| server.serial.why_unknown());
            let asked = [
                ("NS", domain.name_servers.why_unknown()),
                ("SOA", silent),
                ("DNSSEC", domain.dnssec.why_unknown()),
                ("CAA", domain.caa.why_unknown()),
            ];
            let open: Vec<(&str, &str)> =
                asked.iter().filter_map(|(name, why)| why.map(|why| (*name, why))).collect();
            let (_, why) = open.first()?;
            let names = open.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            Some(Found::unknown(
                format!("senza risposta: {names} ({why})"),
                format!("no answer: {names} ({why})"),
            ))
        })
    },
    #[cfg(test)]
    cases: &[
        doubts("no answer: DNSSEC (SERVFAIL)", |facts| {
            facts.domain.as_mut().unwrap().dnssec = Answer::unknown("SERVFAIL");
        }),
        passes("the parent was not asked", |facts| {
            facts.domain.as_mut().unwrap().delegated_to = Answer::default();
        }),
    ],
};

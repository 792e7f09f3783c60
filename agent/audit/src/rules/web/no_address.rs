//! The host has no address.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-no-address",
    area: Area::Web,
    weight: Weight::Grave,
    title: || Text::new("Il nome del sito non ha un indirizzo", "The site’s name has no address"),
    citation: "RFC 1034, 3.6 (1987)",
    meaning: || {
        Text::new(
            "Nessuno può aprire il sito: il nome non esiste più o è stato scritto male.",
            "Nobody can open the site: its name is gone or misspelt.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Correggere il record A e AAAA del nome, o togliere il nome dall’elenco.",
            "Mend the name’s A and AAAA records, or take the name off the list.",
        )
        .zone("www IN A 192.0.2.10\nwww IN AAAA 2001:db8::10")
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            let none = site.endpoints.known()?.is_empty();
            none.then(|| Found::fails("nessun record A o AAAA", "no A or AAAA record"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no A or AAAA record", |facts| site(facts).endpoints = Answer::Known(Vec::new())),
        passes("nothing could be told", |facts| site(facts).endpoints = Answer::default()),
    ],
};

//! A name server that answers anybody about anything.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "dns-open-resolver",
    area: Area::Dns,
    weight: Weight::Major,
    title: || {
        Text::new(
            "Un server dei nomi risponde a chiunque su qualunque dominio",
            "A name server answers anybody about any domain",
        )
    },
    citation: "RFC 5358, BCP 140 (2008)",
    meaning: || {
        Text::new(
            "Viene usato per moltiplicare attacchi contro altri, e la colpa cade sull’ente.",
            "It is used to multiply attacks on others, and the blame falls on the body.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Togliere la ricorsione dal server autorevole.",
            "Turn recursion off on the authoritative server.",
        )
        .zone("; BIND: recursion no;")
    },
    judge: |facts, _| {
        super::on_domain(facts, |domain| {
            let open =
                domain.name_servers.known().into_iter().flatten().filter(|server| server.recursive.is_yes());
            open.map(|server| {
                let name = &server.name;
                Found::fails(format!("{name} è ricorsivo"), format!("{name} is recursive"))
            })
            .collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("ns1.servizi.test is recursive", |facts| super::servers(facts)[0].recursive = true.into()),
        passes("nothing could be told", |facts| super::servers(facts)[0].recursive = Answer::default()),
    ],
};

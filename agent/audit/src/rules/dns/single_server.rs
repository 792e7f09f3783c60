//! One name server alone.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "dns-single-server",
    area: Area::Dns,
    weight: Weight::Major,
    title: || Text::new("Un solo server dei nomi", "One name server alone"),
    citation: "RFC 1034, 4.1 (1987); RFC 2182, 5 (1997)",
    meaning: || {
        Text::new(
            "Se quel server si ferma spariscono sito e posta.",
            "When that server stops, site and mail vanish.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Aggiungere un secondo server dei nomi in un’altra rete.",
            "Add a second name server in another network.",
        )
        .zone("@ IN NS ns1.esempio.example.\n@ IN NS ns2.altro.example.")
    },
    judge: |facts, _| {
        super::on_domain(facts, |domain| {
            let servers = domain.name_servers.known()?;
            (servers.len() == 1).then(|| {
                let name = &servers[0].name;
                Found::fails(format!("solo {name}"), format!("only {name}"))
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("only ns1.servizi.test", |facts| super::servers(facts).truncate(1)),
        passes("two", |_| {}),
    ],
};

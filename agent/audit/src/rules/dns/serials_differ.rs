//! Name servers with different versions of the zone.

use crate::rules::prelude::*;
use std::collections::BTreeSet;

pub const RULE: Rule = Rule {
    id: "dns-serials-differ",
    area: Area::Dns,
    weight: Weight::Minor,
    title: || {
        Text::new(
            "I server dei nomi hanno versioni diverse della zona",
            "The name servers have different versions of the zone",
        )
    },
    citation: "RFC 1034, 4.3.5 (1987)",
    meaning: || {
        Text::new(
            "Chi chiede riceve ora una risposta ora un’altra. Pochi minuti dopo una modifica è normale.",
            "Askers get now one answer, now another. For minutes after a change this is normal.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Controllare trasferimenti di zona (AXFR/IXFR, TSIG) e NOTIFY.",
            "See to zone transfers (AXFR/IXFR, TSIG) and NOTIFY.",
        )
        .zone("; kdig SOA dominio.example @ns1 ; kdig SOA dominio.example @ns2")
    },
    judge: |facts, _| {
        super::on_domain(facts, |domain| {
            let servers = domain.name_servers.known()?;
            let serials: BTreeSet<u32> = servers.iter().filter_map(|it| it.serial.known().copied()).collect();
            let serials: Vec<String> = serials.iter().map(ToString::to_string).collect();
            let text = serials.join(", ");
            (serials.len() > 1).then(|| Found::fails(format!("seriali {text}"), format!("serials {text}")))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("serials 1, 2026112401", |facts| super::servers(facts)[0].serial = Answer::Known(1)),
        passes("one was silent", |facts| super::servers(facts)[0].serial = Answer::default()),
    ],
};

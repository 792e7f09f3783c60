//! The zone is signed, and the signatures do not fit.

use crate::facts::Dnssec;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "dns-bogus",
    area: Area::Dns,
    weight: Weight::Grave,
    title: || Text::new("Le firme DNSSEC non sono valide", "The DNSSEC signatures are not valid"),
    citation: "RFC 4035, 5 (2005)",
    meaning: || {
        Text::new(
            "Per chi usa un risolutore che verifica (fra cui i più grandi) il dominio non esiste: niente sito e niente posta.",
            "For whoever uses a resolver that validates (the largest do) the domain does not exist: no site, no mail.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Controllare che il DS presso il registrar corrisponda alla chiave della zona e che le firme non siano scadute.",
            "See that the registrar’s DS is that of the zone’s key, and that signatures have not expired.",
        )
        .zone("; delv SOA dominio.example\n; kdig +dnssec DNSKEY dominio.example")
    },
    judge: |facts, _| {
        super::on_domain(facts, |domain| {
            let bogus = domain.dnssec.known() == Some(&Dnssec::Bogus);
            bogus.then(|| Found::fails("la verifica fallisce", "validation fails"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("validation fails", |facts| {
            facts.domain.as_mut().unwrap().dnssec = Answer::Known(Dnssec::Bogus);
        }),
        passes("not signed is another matter", |facts| {
            facts.domain.as_mut().unwrap().dnssec = Answer::Known(Dnssec::Insecure);
        }),
    ],
};

//! The zone is not signed.

use crate::facts::Dnssec;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "dns-not-signed",
    area: Area::Dns,
    weight: Weight::Minor,
    title: || Text::new("Il dominio non è firmato (DNSSEC)", "The domain is not signed (DNSSEC)"),
    citation: "RFC 9364 (2023); Internet.nl, DNSSEC",
    meaning: || {
        Text::new(
            "Una risposta DNS falsa può portare cittadini e posta altrove senza che nessuno se ne accorga; DANE non può funzionare.",
            "A false DNS answer can lead citizens and mail elsewhere unnoticed; DANE cannot work.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Firmare la zona e far pubblicare il DS dal registrar.",
            "Sign the zone and have the registrar publish its DS.",
        )
        .zone("; Knot DNS: dnssec-signing: on   BIND: dnssec-policy default;\n; poi il record DS presso il registrar")
    },
    judge: |facts, _| {
        super::on_domain(facts, |domain| {
            let unsigned = domain.dnssec.known() == Some(&Dnssec::Insecure);
            unsigned.then(|| {
                Found::fails("nessuna catena di firme dalla radice", "no chain of signatures from the root")
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no chain of signatures", |facts| {
            facts.domain.as_mut().unwrap().dnssec = Answer::Known(Dnssec::Insecure);
        }),
        passes("nothing could be told", |facts| facts.domain.as_mut().unwrap().dnssec = Answer::default()),
    ],
};

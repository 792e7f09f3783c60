//! A DKIM key that is too short.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-dkim-weak",
    area: Area::Mail,
    weight: Weight::Major,
    title: || Text::new("La chiave DKIM è debole", "The DKIM key is weak"),
    citation: "RFC 8301, 3.2 (2018); RFC 6376, 3.6.1",
    meaning: || {
        Text::new(
            "Una chiave corta si può ricostruire, e con essa firmare posta falsa.",
            "A short key can be found, and false mail signed with it.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::MailOperator,
            "Usare una chiave RSA da 2048 bit con un nuovo selettore, poi togliere la vecchia.",
            "Use an RSA key of 2048 bits by a new selector, then take the old one out.",
        )
        .zone("c2026._domainkey IN TXT \"v=DKIM1; k=rsa; p=…\"")
    },
    judge: |facts, _| {
        super::on_mail(facts, |mail| {
            let weak = mail.dkim.iter().filter_map(|key| {
                let bits = key.bits.filter(|bits| key.key == "rsa" && *bits < 2048)?;
                let selector = &key.selector;
                let found = Found::fails(
                    format!("{selector}: RSA da {bits} bit"),
                    format!("{selector}: RSA of {bits} bits"),
                );
                Some(if bits < 1024 { found } else { found.weighing(Weight::Minor) })
            });
            weak.collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("c2026: RSA of 1024 bits", |facts| {
            facts.mail.as_mut().unwrap().dkim.iter_mut().for_each(|key| key.bits = Some(1024));
        }),
        passes("revoked", |facts| facts.mail.as_mut().unwrap().dkim[0].bits = None),
    ],
};

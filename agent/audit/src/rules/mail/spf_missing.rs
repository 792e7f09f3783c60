//! Nobody says who may send for the domain.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-spf-missing",
    area: Area::Mail,
    weight: Weight::Major,
    title: || Text::new("Manca il record SPF", "There is no SPF record"),
    citation: "RFC 7208 (2014); ACN, Framework di autenticazione per la posta elettronica (2025); Internet.nl, SPF",
    meaning: || {
        Text::new(
            "Chiunque può spedire posta a nome dell’ente, e i destinatari non hanno modo di accorgersene.",
            "Anybody can send mail in the body’s name, and receivers cannot tell.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Pubblicare un solo record SPF che elenchi chi spedisce.",
            "Publish one SPF record that lists who sends.",
        )
        .zone("@ IN TXT \"v=spf1 mx -all\"")
    },
    judge: |facts, _| {
        super::on_mail(facts, |mail| {
            let policy = mail.spf.known()?;
            policy.records.is_empty().then(|| Found::fails("nessun record v=spf1", "no record v=spf1"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no record v=spf1", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().spf).records.clear();
        }),
        passes("nothing could be told", |facts| facts.mail.as_mut().unwrap().spf = Answer::default()),
    ],
};

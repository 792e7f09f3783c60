//! No key to sign mail with is published.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-dkim-missing",
    area: Area::Mail,
    weight: Weight::Major,
    title: || Text::new("Manca DKIM", "There is no DKIM"),
    citation: "RFC 6376 (2011); Internet.nl, DKIM; ACN, Framework di autenticazione per la posta elettronica (2025)",
    meaning: || {
        Text::new(
            "La posta non è firmata: i destinatari non sanno se è stata cambiata, e spesso finisce nello spam.",
            "Mail is not signed: receivers cannot know whether it was changed, and it often ends up as spam.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::MailOperator,
            "Attivare la firma DKIM e pubblicare la chiave.",
            "Turn DKIM signing on and publish the key.",
        )
        .zone("selettore._domainkey IN TXT \"v=DKIM1; k=rsa; p=…\"")
    },
    judge: |facts, _| {
        super::on_mail(facts, |mail| {
            let sends = mail.exchangers.known().is_some_and(|exchangers| !exchangers.is_empty());
            let missing = sends && mail.dkim.is_empty() && mail.dkim_exists.is_no();
            missing.then(|| Found::fails("_domainkey non esiste", "_domainkey does not exist"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("_domainkey does not exist", |facts| {
            facts.mail.as_mut().unwrap().dkim.clear();
            facts.mail.as_mut().unwrap().dkim_exists = false.into();
        }),
        passes("some selector that nobody guesses", |facts| facts.mail.as_mut().unwrap().dkim.clear()),
    ],
};

//! No DMARC that receivers can use.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-dmarc-missing",
    area: Area::Mail,
    weight: Weight::Major,
    title: || Text::new("Manca DMARC", "There is no DMARC"),
    citation: "RFC 7489 (2015); Internet.nl, DMARC; ACN, Framework di autenticazione per la posta elettronica (2025)",
    meaning: || {
        Text::new(
            "SPF e DKIM da soli non proteggono il mittente che il destinatario vede.",
            "SPF and DKIM alone do not protect the sender that receivers see.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Pubblicare DMARC, prima con p=none e rapporti, poi quarantine e reject.",
            "Publish DMARC, first with p=none and reports, then quarantine and reject.",
        )
        .zone("_dmarc IN TXT \"v=DMARC1; p=quarantine; rua=mailto:dmarc@esempio.example\"")
    },
    judge: |facts, _| {
        super::on_mail(facts, |mail| {
            let policy = mail.dmarc.known()?;
            match (policy.records.len(), policy.problems.first()) {
                (0, _) => Some(Found::fails("nessun record v=DMARC1", "no record v=DMARC1")),
                (2.., _) => Some(Found::fails("più record: nessuno vale", "several records: none holds")),
                (1, Some(problem)) => Some(
                    Found::fails(format!("difetto: {problem}"), format!("flaw: {problem}"))
                        .weighing(Weight::Minor),
                ),
                (1, None) => None,
            }
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no record v=DMARC1", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().dmarc).records.clear();
        }),
        passes("nothing could be told", |facts| facts.mail.as_mut().unwrap().dmarc = Answer::default()),
    ],
};

//! A DMARC policy that lets false mail through.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-dmarc-none",
    area: Area::Mail,
    weight: Weight::Minor,
    title: || Text::new("DMARC non ferma la posta falsa", "DMARC does not stop false mail"),
    citation: "RFC 7489, 6.3 (2015); Internet.nl, DMARC policy",
    meaning: || {
        Text::new(
            "Con p=none i destinatari consegnano anche la posta falsa.",
            "With p=none receivers deliver false mail as well.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Passare a p=quarantine e poi a p=reject, dopo aver letto i rapporti.",
            "Go to p=quarantine and then p=reject, after reading the reports.",
        )
        .zone("_dmarc IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@esempio.example\"")
    },
    judge: |facts, _| {
        super::on_mail(facts, |mail| {
            let policy = mail.dmarc.known().filter(|policy| policy.records.len() == 1)?;
            let said = policy.verdict.to_ascii_lowercase();
            let said = if said.is_empty() { "none".to_owned() } else { said };
            (said != "quarantine" && said != "reject")
                .then(|| Found::fails(format!("p={said}"), format!("p={said}")))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("p=none", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().dmarc).verdict = "none".into();
        }),
        passes("quarantine", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().dmarc).verdict = "quarantine".into();
        }),
    ],
};

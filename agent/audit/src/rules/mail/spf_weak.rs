//! An SPF record that keeps nobody out.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-spf-weak",
    area: Area::Mail,
    weight: Weight::Grave,
    title: || Text::new("SPF lascia spedire chiunque", "SPF lets anybody send"),
    citation: "RFC 7208, 5.1 (2014); Internet.nl, SPF policy; ACN, Framework di autenticazione per la posta elettronica (2025)",
    meaning: || {
        Text::new(
            "Il record c’è ma non ferma nessuno: con +all chiunque è autorizzato.",
            "The record is there but stops nobody: with +all everybody is authorised.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Concludere il record con -all (o ~all mentre si prova).",
            "End the record with -all (or ~all while trying it out).",
        )
        .zone("@ IN TXT \"v=spf1 mx -all\"")
    },
    judge: |facts, _| {
        super::on_mail(facts, |mail| {
            let policy = mail.spf.known().filter(|policy| !policy.records.is_empty())?;
            let all = policy.verdict.as_str();
            let weight = match all {
                "-all" | "~all" => return None,
                "+all" | "all" => Weight::Grave,
                _ => Weight::Minor,
            };
            let said = if all.is_empty() { "—" } else { all };
            Some(Found::fails(format!("finisce con {said}"), format!("it ends with {said}")).weighing(weight))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("it ends with +all", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().spf).verdict = "+all".into();
        }),
        catches("it ends with ?all", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().spf).verdict = "?all".into();
        }),
        passes("softly", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().spf).verdict = "~all".into();
        }),
    ],
};

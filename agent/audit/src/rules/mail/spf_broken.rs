//! An SPF record that receivers cannot use.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-spf-broken",
    area: Area::Mail,
    weight: Weight::Major,
    title: || Text::new("Il record SPF è sbagliato", "The SPF record is wrong"),
    citation: "RFC 7208, 3.2, 4.6.4, 4.7 (2014)",
    meaning: || {
        Text::new(
            "Con un errore (più record, più di dieci ricerche, sintassi) i destinatari ignorano SPF o rifiutano la posta buona.",
            "With an error (several records, more than ten look-ups, syntax) receivers ignore SPF or refuse good mail.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Tenere un solo record, con al massimo dieci include, a, mx, exists, redirect in tutto.",
            "Keep one record with ten include, a, mx, exists, redirect at most, all in all.",
        )
        .zone("@ IN TXT \"v=spf1 mx ip4:192.0.2.0/24 -all\"")
    },
    judge: |facts, _| {
        super::on_mail(facts, |mail| {
            let policy = mail.spf.known().filter(|policy| !policy.records.is_empty())?;
            let lookups = mail.spf_lookups.known().copied().unwrap_or_default();
            match (policy.records.len(), policy.problems.first()) {
                (2.., _) => {
                    let count = policy.records.len();
                    Some(Found::fails(format!("{count} record SPF"), format!("{count} SPF records")))
                }
                _ if lookups > 10 => Some(Found::fails(
                    format!("{lookups} ricerche; al massimo 10"),
                    format!("{lookups} look-ups; 10 at most"),
                )),
                (_, Some(problem)) => {
                    Some(Found::fails(format!("difetto: {problem}"), format!("flaw: {problem}")))
                }
                (_, None) => None,
            }
        })
    },
    #[cfg(test)]
    cases: &[
        catches("2 SPF records", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().spf).records.push("v=spf1 -all".into());
        }),
        catches("12 look-ups", |facts| facts.mail.as_mut().unwrap().spf_lookups = Answer::Known(12)),
        catches("flaw: unknown mechanism", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().spf).problems.push("unknown mechanism".into());
        }),
        passes("ten look-ups", |facts| facts.mail.as_mut().unwrap().spf_lookups = Answer::Known(10)),
    ],
};

//! Nobody reports trouble with TLS.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-tls-reporting",
    area: Area::Mail,
    weight: Weight::Notice,
    title: || Text::new("Mancano i rapporti TLS", "There are no TLS reports"),
    citation: "RFC 8460 (2018)",
    meaning: || {
        Text::new(
            "Se i mittenti non riescono a consegnare in modo sicuro, nessuno lo viene a sapere.",
            "When senders cannot deliver securely, nobody gets to know.",
        )
    },
    remedy: || {
        Remedy::by(Who::DnsOperator, "Pubblicare dove mandare i rapporti.", "Publish where reports go.")
            .zone("_smtp._tls IN TXT \"v=TLSRPTv1; rua=mailto:tls@esempio.example\"")
    },
    judge: |facts, _| {
        super::on_mail(facts, |mail| {
            let takes = mail.exchangers.known().is_some_and(|exchangers| !exchangers.is_empty());
            let policy = mail.tls_reporting.known().filter(|_| takes)?;
            policy
                .records
                .is_empty()
                .then(|| Found::fails("nessun record v=TLSRPTv1", "no record v=TLSRPTv1"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no record v=TLSRPTv1", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().tls_reporting).records.clear();
        }),
        passes("nothing could be told", |facts| {
            facts.mail.as_mut().unwrap().tls_reporting = Answer::default();
        }),
    ],
};

//! What could not be told of a domain’s mail: said once.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-not-told",
    area: Area::Mail,
    weight: Weight::Minor,
    title: || {
        Text::new("Non si è potuto sapere tutto della posta", "Not everything could be told of the mail")
    },
    citation: "RFC 5321, 4.5.3.2 (2008): silence is no answer",
    meaning: || {
        Text::new(
            "Un server non ha risposto, o non in tempo: ciò che non si sa non è né buono né cattivo.",
            "A server did not answer, or not in time: what is not known is neither good nor bad.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Body,
            "Nulla, se domani la risposta arriva; se si ripete, chiedere a chi gestisce la posta. Da alcune reti la porta 25 in uscita è chiusa.",
            "Nothing, if the answer comes tomorrow; else ask whoever runs the mail. Some networks close port 25 outwards.",
        )
    },
    judge: |facts, _| {
        super::on_mail(facts, |mail| {
            let exchangers = mail.exchangers.known().into_iter().flatten();
            let silent = exchangers
                .filter(|it| !it.reached.is_no())
                .find_map(|it| it.reached.why_unknown().or(it.starttls.why_unknown()));
            let asked = [
                ("MX", mail.exchangers.why_unknown()),
                ("STARTTLS", silent),
                ("SPF", mail.spf.why_unknown()),
                ("DKIM", mail.dkim_exists.why_unknown().filter(|_| mail.dkim.is_empty())),
                ("DMARC", mail.dmarc.why_unknown()),
            ];
            let open: Vec<(&str, &str)> =
                asked.iter().filter_map(|(name, why)| why.map(|why| (*name, why))).collect();
            let (_, why) = open.first()?;
            let names = open.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            Some(Found::unknown(
                format!("senza risposta: {names} ({why})"),
                format!("no answer: {names} ({why})"),
            ))
        })
    },
    #[cfg(test)]
    cases: &[
        doubts("no answer: STARTTLS (no answer within 5 s)", |facts| {
            exchanger(facts).reached = Answer::unknown("no answer within 5 s");
        }),
        passes("the rest matters less", |facts| {
            facts.mail.as_mut().unwrap().tls_reporting = Answer::default();
        }),
    ],
};

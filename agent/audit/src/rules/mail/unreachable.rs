//! A mail server that does not answer.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-server-unreachable",
    area: Area::Mail,
    weight: Weight::Major,
    title: || Text::new("Un server di posta non risponde", "A mail server does not answer"),
    citation: "RFC 5321, 5 (2008)",
    meaning: || Text::new("La posta in arrivo tarda o torna indietro.", "Incoming mail is late or bounces."),
    remedy: || {
        Remedy::by(
            Who::MailOperator,
            "Controllare il record MX, l’indirizzo e la porta 25.",
            "See to the MX record, the address and port 25.",
        )
        .zone("@ IN MX 10 mx.esempio.example.")
    },
    judge: |facts, _| {
        on_exchangers(facts, |exchanger| {
            let gone = exchanger.addresses.is_empty() || exchanger.reached.is_no();
            let (it, en) = if exchanger.addresses.is_empty() {
                ("il nome non ha un indirizzo", "its name has no address")
            } else {
                ("la porta 25 rifiuta", "port 25 refuses")
            };
            gone.then(|| Found::fails(it, en))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("port 25 refuses", |facts| exchanger(facts).reached = false.into()),
        catches("no address", |facts| exchanger(facts).addresses.clear()),
        passes("silence is no answer", |facts| exchanger(facts).reached = Answer::default()),
    ],
};

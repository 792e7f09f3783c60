//! DANE that the served certificate does not fit.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-dane-wrong",
    area: Area::Mail,
    weight: Weight::Grave,
    title: || Text::new("DANE non corrisponde al certificato", "DANE does not fit the certificate"),
    citation: "RFC 7672, 2.2 (2015); RFC 7671, 8.1",
    meaning: || {
        Text::new(
            "I mittenti che verificano DANE non consegnano più la posta.",
            "Senders that check DANE no longer deliver mail.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::MailOperator,
            "Pubblicare il TLSA della chiave in uso; prima di ogni cambio di chiave aggiungere quello nuovo.",
            "Publish the TLSA of the key in use; before each change of key add the new one.",
        )
        .zone("_25._tcp.mx IN TLSA 3 1 1 …")
    },
    judge: |facts, _| {
        on_exchangers(facts, |exchanger| {
            let dane = exchanger.dane.known()?;
            let wrong = dane.secure && !dane.records.is_empty() && dane.fits.is_no();
            wrong.then(|| Found::fails("nessun record TLSA corrisponde", "no TLSA record fits"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no TLSA record fits", |facts| super::dane(facts).fits = false.into()),
        passes("nothing could be told", |facts| super::dane(facts).fits = Answer::default()),
    ],
};

//! No DANE for the mail server.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-no-dane",
    area: Area::Mail,
    weight: Weight::Notice,
    title: || Text::new("Manca DANE per il server di posta", "There is no DANE for the mail server"),
    citation: "RFC 7672 (2015); Internet.nl, DANE",
    meaning: || {
        Text::new(
            "Con DANE (e DNSSEC) i mittenti sanno quale chiave aspettarsi e non si lasciano ingannare.",
            "By DANE (and DNSSEC) senders know which key to expect and are not fooled.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Firmare la zona dell’MX e pubblicare il record TLSA.",
            "Sign the MX’ zone and publish a TLSA record.",
        )
        .zone("_25._tcp.mx IN TLSA 3 1 1 …")
    },
    judge: |facts, _| {
        on_exchangers(facts, |exchanger| {
            let dane = exchanger.dane.known()?;
            match (dane.records.is_empty(), dane.secure) {
                (true, _) => Some(Found::fails("nessun record TLSA", "no TLSA record")),
                (false, false) => Some(Found::fails(
                    "record TLSA in una zona non firmata",
                    "TLSA records in a zone that is not signed",
                )),
                (false, true) => None,
            }
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no TLSA record", |facts| super::dane(facts).records.clear()),
        catches("not signed", |facts| super::dane(facts).secure = false),
        passes("signed", |_| {}),
    ],
};

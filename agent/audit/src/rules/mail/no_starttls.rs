//! Mail comes in the clear.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-no-starttls",
    area: Area::Mail,
    weight: Weight::Major,
    title: || Text::new("Il server di posta non offre STARTTLS", "The mail server does not offer STARTTLS"),
    citation: "RFC 3207 (2002); Internet.nl, STARTTLS; ACN, Framework di autenticazione per la posta elettronica (2025)",
    meaning: || {
        Text::new(
            "La posta dei cittadini arriva in chiaro: chi sta in mezzo la legge.",
            "Citizens’ mail comes in the clear: whoever stands in between reads it.",
        )
    },
    remedy: || {
        Remedy::by(Who::MailOperator, "Attivare TLS in entrata.", "Turn incoming TLS on.")
            .zone("; Postfix: smtpd_tls_security_level = may")
    },
    judge: |facts, _| {
        on_exchangers(facts, |exchanger| {
            exchanger
                .starttls
                .is_no()
                .then(|| Found::fails("STARTTLS non è offerto", "STARTTLS is not offered"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("STARTTLS is not offered", |facts| exchanger(facts).starttls = false.into()),
        passes("nothing could be told", |facts| exchanger(facts).starttls = Answer::default()),
    ],
};

//! A mail server with TLS that is given up.

use crate::registry::{Suite, Version};
use crate::rules::prelude::*;
use crate::rules::suites::{Weakness, has, list};
use crate::rules::tls::{accepted, spoken};

pub const RULE: Rule = Rule {
    id: "mail-weak-tls",
    area: Area::Mail,
    weight: Weight::Major,
    title: || Text::new("Il TLS del server di posta è debole", "The mail server’s TLS is weak"),
    citation: "Internet.nl, STARTTLS; NCSC-NL, TLS (2025); RFC 8997 (2021)",
    meaning: || {
        Text::new(
            "Chi sta in mezzo può leggere posta che entrambe le parti credono cifrata.",
            "Whoever stands in between may read mail that both sides take to be encrypted.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::MailOperator,
            "Lasciare solo TLS 1.2 e 1.3 e le suite moderne.",
            "Leave only TLS 1.2 and 1.3 and modern suites.",
        )
        .zone("; Postfix: smtpd_tls_protocols = >=TLSv1.2\n;          smtpd_tls_mandatory_ciphers = high")
    },
    judge: |facts, _| {
        on_exchangers(facts, |exchanger| {
            use Weakness::{Anonymous, Null, Rc4, SmallBlock, SmallKey};
            let tls = exchanger.tls.as_ref()?;
            let old = spoken(tls).into_iter().filter(|version| *version < Version::Tls12);
            let mut weak: Vec<String> = old.map(|version| version.name().to_owned()).collect();
            // senders take anonymous suites where they would else send in the clear: no worse
            let bad = [Null, SmallKey, Rc4, SmallBlock, Anonymous];
            let of = |suite: &Suite| bad.iter().take(4).any(|weakness| has(*suite, *weakness));
            weak.extend(accepted(tls).into_iter().filter(of).map(|suite| suite.to_string()));
            let names = list(&weak, 4);
            let only_old = spoken(tls).last().is_some_and(|newest| *newest < Version::Tls12);
            let found = Found::fails(format!("accetta {}", names.it), format!("it takes {}", names.en));
            (!weak.is_empty()).then(|| if only_old { found } else { found.weighing(Weight::Minor) })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("it takes TLS 1.0", |facts| {
            super::tls(facts).versions.get_mut(&Version::Tls10).unwrap().offered = true.into();
        }),
        catches("TLS_RSA_WITH_RC4_128_SHA", |facts| {
            super::tls(facts).versions.get_mut(&Version::Tls12).unwrap().suites.push(Suite(5));
        }),
        passes("an anonymous one", |facts| {
            super::tls(facts).versions.get_mut(&Version::Tls12).unwrap().suites.push(Suite(0xa6));
        }),
    ],
};

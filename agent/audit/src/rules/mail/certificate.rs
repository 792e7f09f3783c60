//! A mail server whose certificate strict senders refuse.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-certificate",
    area: Area::Mail,
    weight: Weight::Major,
    title: || {
        Text::new(
            "Il certificato del server di posta non è valido",
            "The mail server’s certificate is not valid",
        )
    },
    citation: "RFC 8461, 4.2 (2018); RFC 7672 (2015); Internet.nl, certificate",
    meaning: || {
        Text::new(
            "La maggior parte dei mittenti non guarda il certificato; chi segue MTA-STS non consegna.",
            "Most senders do not look at the certificate; those that follow MTA-STS do not deliver.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::MailOperator,
            "Usare un certificato pubblico per il nome dell’MX.",
            "Use a public certificate for the MX’ name.",
        )
        .zone("; Postfix: smtpd_tls_chain_files = /etc/ssl/mx/key.pem, /etc/ssl/mx/fullchain.pem")
    },
    judge: |facts, _| {
        let enforced = facts.mail.as_ref().and_then(|mail| mail.mta_sts.known());
        let enforced = enforced.is_some_and(|policy| policy.verdict == "enforce");
        on_exchangers(facts, |exchanger| {
            let chains = exchanger.tls.as_ref().map(|tls| tls.chains.as_slice()).unwrap_or_default();
            // DANE with 2 or 3 in front vouches without any public authority
            let by_dane = exchanger.dane.known().is_some_and(|dane| dane.secure && dane.fits.is_yes());
            let bad = chains.iter().find(|served| !served.chain.trust.trusted)?;
            let weight = if enforced { Weight::Major } else { Weight::Minor };
            let by = &bad.by;
            (!by_dane || enforced).then(|| {
                Found::fails(format!("non verificabile ({by})"), format!("it does not verify ({by})"))
                    .weighing(weight)
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("it does not verify (ECDSA)", |facts| {
            super::tls(facts).chains[0].chain.trust.trusted = false;
        }),
        passes("DANE vouches for it", |facts| {
            super::tls(facts).chains[0].chain.trust.trusted = false;
            super::policy(&mut facts.mail.as_mut().unwrap().mta_sts).verdict = "testing".into();
        }),
    ],
};

//! The chain does not verify for another reason.

use crate::facts::Diagnosis;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-invalid",
    area: Area::Certificate,
    weight: Weight::Grave,
    title: || Text::new("La catena dei certificati non è valida", "The chain does not verify"),
    citation: "RFC 5280, 6.1 (2008)",
    meaning: || {
        Text::new(
            "Il certificato o uno di quelli che lo garantiscono è guasto o usato per ciò che non può: i browser lo rifiutano.",
            "The certificate, or one that vouches for it, is broken or used for what it may not be: browsers refuse it.",
        )
    },
    remedy: super::renew,
    judge: |facts, _| {
        on_chains(facts, |_, chain| {
            let found = |it: String, en: String| Some(Found::fails(it, en));
            let wrong = chain.trust.diagnoses.iter().filter_map(|diagnosis| match diagnosis {
                Diagnosis::BadSignature { position } => found(
                    format!("la firma del certificato {} non torna", position + 1),
                    format!("the signature of certificate {} does not fit", position + 1),
                ),
                Diagnosis::NotAnAuthority { position } => found(
                    format!("il certificato {} ne firma altri senza poterlo fare", position + 1),
                    format!("certificate {} signs others and may not", position + 1),
                ),
                Diagnosis::WrongUse => {
                    found("non è un certificato per server".into(), "it is not a server's certificate".into())
                }
                Diagnosis::Unreadable { position } => found(
                    format!("il certificato {} non si legge", position + 1),
                    format!("certificate {} cannot be read", position + 1),
                ),
                Diagnosis::Other { reason } => {
                    found(format!("verifica: {reason}"), format!("verifying: {reason}"))
                }
                _ => None,
            });
            wrong.collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("certificate 1 does not fit", |facts| {
            cases::distrust(facts, Diagnosis::BadSignature { position: 0 });
        }),
        catches("certificate 2 signs others", |facts| {
            cases::distrust(facts, Diagnosis::NotAnAuthority { position: 1 });
        }),
        catches("not a server's", |facts| cases::distrust(facts, Diagnosis::WrongUse)),
        passes("disorder is another matter", |facts| {
            chain(facts).trust.diagnoses.push(Diagnosis::Disordered);
        }),
    ],
};

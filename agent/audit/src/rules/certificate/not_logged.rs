//! No log of certificates knows the certificate.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-not-logged",
    area: Area::Certificate,
    weight: Weight::Major,
    title: || {
        Text::new("Il certificato non è nei registri pubblici", "The certificate is not in the public logs")
    },
    citation: "RFC 9162 (2021); Chrome Certificate Transparency Policy (two logs, 2022)",
    meaning: || {
        Text::new(
            "Chrome, Edge e Safari rifiutano un certificato pubblico che non porta la prova (SCT) di due registri. Per un'autorità interna non conta.",
            "Chrome, Edge and Safari refuse a public certificate without proof (SCT) of two logs. For a private authority it does not matter.",
        )
    },
    remedy: super::renew,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let trusted = tls.chains.iter().filter(|served| served.chain.trust.trusted);
            let trusted = trusted.filter_map(|served| served.chain.certificates.first()).any(is_public);
            let seen = tls.certificate_timestamps.known().copied()?;
            (trusted && seen < 2).then(|| {
                Found::fails(
                    format!("prove di registrazione (SCT): {seen}; ne servono almeno 2"),
                    format!("timestamps of logs (SCT): {seen}; 2 at least are needed"),
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("(SCT): 0", |facts| tls(facts).certificate_timestamps = Answer::Known(0)),
        passes("a private authority's", |facts| {
            tls(facts).certificate_timestamps = Answer::Known(0);
            private(facts);
        }),
        passes("nobody looked", |facts| tls(facts).certificate_timestamps = Answer::default()),
    ],
};

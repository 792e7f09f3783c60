//! The certificate vouches for itself.

use crate::facts::Diagnosis;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-self-signed",
    area: Area::Certificate,
    weight: Weight::Grave,
    title: || Text::new("Il certificato è autofirmato", "The certificate is self-signed"),
    citation: "RFC 5280, 6.1 (2008); CERT-AgID, Monitoraggio HTTPS (2020)",
    meaning: || {
        Text::new(
            "Chiunque può farsi un certificato così: chi si mette in mezzo legge e cambia tutto senza che il cittadino lo veda.",
            "Anybody can make such a certificate: whoever stands in between reads and changes everything unseen.",
        )
    },
    remedy: super::renew,
    judge: |facts, _| {
        on_chains(facts, |_, chain| {
            let self_signed = chain.trust.diagnoses.contains(&Diagnosis::SelfSigned);
            let subject = chain.certificates.first().map(|leaf| leaf.subject.as_str()).unwrap_or_default();
            self_signed.then(|| {
                Found::fails(
                    format!("emesso da sé stesso: {subject}"),
                    format!("issued by itself: {subject}"),
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("issued by itself", |facts| cases::distrust(facts, Diagnosis::SelfSigned)),
        passes("a root that is sent along", |facts| {
            let mut root = leaf(facts).clone();
            root.is_self_signed = true;
            chain(facts).certificates.push(root);
        }),
    ],
};

//! A certificate signed over a hash that can be forged.

use crate::facts::SignatureHash;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-weak-signature",
    area: Area::Certificate,
    weight: Weight::Grave,
    title: || {
        Text::new(
            "Il certificato è firmato con un algoritmo debole",
            "The certificate is signed with a weak hash",
        )
    },
    citation: "RFC 9155 (2021); CA/Browser Forum, Baseline Requirements 7.1.3.2",
    meaning: || {
        Text::new(
            "Un certificato firmato con MD5 o SHA-1 si può falsificare; i browser lo rifiutano.",
            "A certificate signed over MD5 or SHA-1 can be forged; browsers refuse it.",
        )
    },
    remedy: super::renew,
    judge: |facts, _| {
        on_chains(facts, |_, chain| {
            // a root is trusted by its key, not by its signature
            let signed = chain.certificates.iter().filter(|certificate| !certificate.is_self_signed);
            let weak = signed.filter_map(|certificate| {
                let hash = match certificate.signature_hash {
                    SignatureHash::Md2 => "MD2",
                    SignatureHash::Md5 => "MD5",
                    SignatureHash::Sha1 => "SHA-1",
                    _ => return None,
                };
                let subject = &certificate.subject;
                Some(Found::fails(
                    format!("firmato con {hash}: {subject}"),
                    format!("signed over {hash}: {subject}"),
                ))
            });
            weak.collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("signed over SHA-1", |facts| leaf(facts).signature_hash = SignatureHash::Sha1),
        passes("a root that is sent along, over SHA-1", |facts| {
            let mut root = leaf(facts).clone();
            root.is_self_signed = true;
            root.signature_hash = SignatureHash::Sha1;
            chain(facts).certificates.push(root);
        }),
    ],
};

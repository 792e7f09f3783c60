//! A key that is too short.

use crate::facts::KeyKind;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-weak-key",
    area: Area::Certificate,
    weight: Weight::Grave,
    title: || Text::new("La chiave del certificato è debole", "The certificate's key is weak"),
    citation: "AgID-RACCSECTLS-01 (2020): RSA 2048; CA/Browser Forum, Baseline Requirements 6.1.5",
    meaning: || {
        Text::new(
            "Con i mezzi di oggi una chiave corta si può ricostruire: chi ci riesce si finge il sito e legge il traffico.",
            "With today's means a short key can be found: whoever does so poses as the site and reads its traffic.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Generare una chiave nuova (EC P-256, o RSA da 2048 bit in su) e chiedere con essa un nuovo certificato.",
            "Make a new key (EC P-256, or RSA of 2048 bits and up) and get a new certificate with it.",
        )
        .nginx("# openssl ecparam -name prime256v1 -genkey -noout -out key.pem\nssl_certificate_key /etc/ssl/site/key.pem;")
        .apache("# openssl ecparam -name prime256v1 -genkey -noout -out key.pem\nSSLCertificateKeyFile /etc/ssl/site/key.pem")
        .iis("Nuova richiesta con certreq: KeyLength = 2048 o più, HashAlgorithm = SHA256.")
    },
    judge: |facts, context| {
        on_chains(facts, |_, chain| {
            let weak = chain.certificates.iter().filter_map(|certificate| {
                let bits = certificate.key_bits;
                let (kind, enough, broken) = match certificate.key {
                    KeyKind::Rsa => ("RSA", context.profile.rsa_bits.max(2048), 1024),
                    KeyKind::Dsa => ("DSA", u32::MAX, 2048),
                    KeyKind::Ec => ("EC", 256, 200),
                    KeyKind::Eddsa | KeyKind::Other(_) => return None,
                };
                let found = Found::fails(
                    format!("chiave {kind} di {bits} bit: {}", certificate.subject),
                    format!("a key of {kind} with {bits} bits: {}", certificate.subject),
                );
                let found = if bits > broken { found.weighing(Weight::Major) } else { found };
                (bits < enough).then_some(found)
            });
            weak.collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("RSA with 1024 bits", |facts| {
            leaf(facts).key = KeyKind::Rsa;
            leaf(facts).key_bits = 1024;
        }),
        catches("DSA with 3072 bits", |facts| {
            leaf(facts).key = KeyKind::Dsa;
            leaf(facts).key_bits = 3072;
        }),
        passes("RSA with 2048 bits", |facts| {
            leaf(facts).key = KeyKind::Rsa;
            leaf(facts).key_bits = 2048;
        }),
    ],
};

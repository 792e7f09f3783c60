//! A prime that many servers share and that is not long enough for it.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-common-dh-prime",
    area: Area::Tls,
    weight: Weight::Major,
    title: || {
        Text::new(
            "Il primo Diffie-Hellman è condiviso da molti server",
            "The Diffie-Hellman prime is one that many servers share",
        )
    },
    citation: "LOGJAM, weakdh.org (2015); RFC 9325, 4.1 (2022)",
    meaning: || {
        Text::new(
            "Un primo corto e comune conviene a chi attacca: il calcolo fatto una volta apre tutti i server che lo usano.",
            "A short and common prime pays for attackers: one computation opens all servers that use it.",
        )
    },
    remedy: super::modern_suites,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let shared = tls.dh.iter().filter(|dh| dh.bits < 2048);
            shared
                .filter_map(|dh| {
                    let name = dh.known_as.as_ref()?;
                    Some(Found::fails(
                        format!("{name}, {} bit", dh.bits),
                        format!("{name}, {} bits", dh.bits),
                    ))
                })
                .collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("Apache 1024, 1024 bits", |facts| {
            tls(facts).dh.push(DhParameters {
                bits: 1024,
                known_as: Some("Apache 1024".into()),
                sha256: "a".into(),
            });
        }),
        passes("ffdhe2048", |facts| {
            tls(facts).dh.push(DhParameters {
                bits: 2048,
                known_as: Some("ffdhe2048".into()),
                sha256: "a".into(),
            });
        }),
    ],
};

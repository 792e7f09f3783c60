//! A Diffie-Hellman prime that is too short.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-weak-dh",
    area: Area::Tls,
    weight: Weight::Grave,
    title: || Text::new("I parametri Diffie-Hellman sono deboli", "The Diffie-Hellman parameters are weak"),
    citation: "LOGJAM, CVE-2015-4000; AgID-RACCSECTLS-01 (2020): 2048 bits; RFC 9325, 4.1",
    meaning: || {
        Text::new(
            "Con primi da 1024 bit o meno chi ha mezzi può leggere il traffico.",
            "With primes of 1024 bits or fewer, whoever has the means can read the traffic.",
        )
    },
    remedy: super::modern_suites,
    judge: |facts, context| {
        on_endpoints(facts, |_, tls| {
            let least = context.profile.dh_bits.unwrap_or(2048);
            let weak = tls.dh.iter().filter(|dh| dh.bits < least);
            weak.map(|dh| {
                let bits = dh.bits;
                let found = Found::fails(
                    format!("primo da {bits} bit; almeno {least}"),
                    format!("a prime of {bits} bits; {least} at least"),
                );
                if bits > 1024 { found.weighing(Weight::Major) } else { found }
            })
            .collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("a prime of 1024 bits", |facts| {
            tls(facts).dh.push(DhParameters { bits: 1024, known_as: None, sha256: "a".into() });
        }),
        passes("2048 bits", |facts| {
            tls(facts).dh.push(DhParameters { bits: 2048, known_as: None, sha256: "a".into() });
        }),
    ],
};

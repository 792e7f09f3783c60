//! No extended master secret.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-no-extended-master-secret",
    area: Area::Tls,
    weight: Weight::Minor,
    title: || Text::new("Manca l’«extended master secret»", "There is no extended master secret"),
    citation: "RFC 7627 (2015); RFC 9325, 3.5 (2022)",
    meaning: || {
        Text::new(
            "Senza, due collegamenti diversi possono finire con lo stesso segreto (triple handshake).",
            "Without it two connections can end up with the same secret (triple handshake).",
        )
    },
    remedy: super::update,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let missing = super::speaks_old_style(tls) && tls.extended_master_secret.is_no();
            missing.then(|| Found::fails("RFC 7627 non è supportata", "RFC 7627 is not supported"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("RFC 7627", |facts| tls(facts).extended_master_secret = false.into()),
        passes("TLS 1.3 alone needs none", |facts| {
            tls(facts).extended_master_secret = false.into();
            version(facts, Version::Tls12).offered = false.into();
        }),
    ],
};

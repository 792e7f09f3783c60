//! No secure renegotiation.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-no-secure-renegotiation",
    area: Area::Tls,
    weight: Weight::Major,
    title: || Text::new("Manca la rinegoziazione sicura", "There is no secure renegotiation"),
    citation: "RFC 5746 (2010); AgID-RACCSECTLS-01 (2020); CVE-2009-3555",
    meaning: || {
        Text::new(
            "Chi sta in mezzo può premettere una propria richiesta a quella del cittadino.",
            "Whoever stands in between can put a request of their own before the citizen’s.",
        )
    },
    remedy: super::update,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let missing = super::speaks_old_style(tls) && tls.secure_renegotiation.is_no();
            missing.then(|| Found::fails("RFC 5746 non è supportata", "RFC 5746 is not supported"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("RFC 5746", |facts| tls(facts).secure_renegotiation = false.into()),
        passes("TLS 1.3 alone has none", |facts| {
            tls(facts).secure_renegotiation = false.into();
            version(facts, Version::Tls12).offered = false.into();
        }),
    ],
};

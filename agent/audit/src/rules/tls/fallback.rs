//! A fall-back to an older version is not noticed.

use crate::registry::Version;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-no-fallback-protection",
    area: Area::Tls,
    weight: Weight::Minor,
    title: || {
        Text::new(
            "Il server non si accorge di un ripiego forzato",
            "The server does not notice a forced fall-back",
        )
    },
    citation: "RFC 7507 (2015)",
    meaning: || {
        Text::new(
            "Chi sta in mezzo può costringere browser vecchi a usare una versione più debole.",
            "Whoever stands in between can force old browsers to a weaker version.",
        )
    },
    remedy: super::versions,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let old = super::spoken(tls).iter().any(|version| *version < Version::Tls12);
            (old && tls.fallback_scsv.is_no())
                .then(|| Found::fails("TLS_FALLBACK_SCSV è ignorato", "TLS_FALLBACK_SCSV is ignored"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("TLS_FALLBACK_SCSV is ignored", |facts| {
            version(facts, Version::Tls11).offered = true.into();
            tls(facts).fallback_scsv = false.into();
        }),
        passes("moot: nothing older than TLS 1.2 is spoken", |facts| tls(facts).fallback_scsv = false.into()),
    ],
};

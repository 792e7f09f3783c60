//! TLS 1.0 and 1.1 beside newer versions.

use crate::registry::Version;
use crate::rules::OldVersions;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-old-versions",
    area: Area::Tls,
    weight: Weight::Grave,
    title: || Text::new("Il server accetta ancora TLS 1.0 o 1.1", "The server still takes TLS 1.0 or 1.1"),
    citation: "RFC 8996 (2021); AgID-RACCSECTLS-01 (2020); CERT-AgID, Monitoraggio HTTPS (2020)",
    meaning: || {
        Text::new(
            "Sono versioni abbandonate: nessun browser le usa più, chi attacca sì.",
            "These versions are given up: no browser uses them any more, but attackers do.",
        )
    },
    remedy: super::versions,
    judge: |facts, context| {
        on_endpoints(facts, |_, tls| {
            let spoken = super::spoken(tls);
            let newer = spoken.iter().any(|version| *version >= Version::Tls12);
            let old = spoken.iter().filter(|version| matches!(version, Version::Tls10 | Version::Tls11));
            let old: Vec<&str> = old.map(|version| version.name()).collect();
            let weight = match context.old_versions {
                OldVersions::Misconfigured => Weight::Major,
                OldVersions::Grave => Weight::Grave,
            };
            (newer && !old.is_empty()).then(|| {
                let old = old.join(", ");
                Found::fails(format!("accetta {old}"), format!("it takes {old}")).weighing(weight)
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("TLS 1.0, TLS 1.1", |facts| {
            version(facts, Version::Tls10).offered = true.into();
            version(facts, Version::Tls11).offered = true.into();
        }),
        passes("nothing newer is spoken: another rule", |facts| {
            version(facts, Version::Tls10).offered = true.into();
            version(facts, Version::Tls12).offered = false.into();
            version(facts, Version::Tls13).offered = false.into();
        }),
    ],
};

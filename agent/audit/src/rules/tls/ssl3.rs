//! SSL 3.

use crate::registry::Version;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-ssl3",
    area: Area::Tls,
    weight: Weight::Grave,
    title: || Text::new("Il server parla SSL 3", "The server speaks SSL 3"),
    citation: "RFC 7568 (2015); POODLE, CVE-2014-3566",
    meaning: || {
        Text::new(
            "Con POODLE si rubano i cookie di chi viene fatto ripiegare su SSL 3.",
            "By POODLE, cookies are stolen from whoever is made to fall back to SSL 3.",
        )
    },
    remedy: super::versions,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let offered = tls.versions.get(&Version::Ssl3).is_some_and(|facts| facts.offered.is_yes());
            offered.then(|| Found::fails("SSL 3 è accettato", "SSL 3 is taken"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("SSL 3 is taken", |facts| version(facts, Version::Ssl3).offered = true.into()),
        passes("TLS 1.0 is another matter", |facts| version(facts, Version::Tls10).offered = true.into()),
    ],
};

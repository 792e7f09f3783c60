//! SSL 2.

use crate::registry::Version;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-ssl2",
    area: Area::Tls,
    weight: Weight::Grave,
    title: || Text::new("Il server parla SSL 2", "The server speaks SSL 2"),
    citation: "RFC 6176 (2011); DROWN, CVE-2016-0800",
    meaning: || {
        Text::new(
            "SSL 2 è rotto dal 1995, e con DROWN permette di leggere anche i collegamenti fatti con versioni nuove.",
            "SSL 2 has been broken since 1995, and by DROWN it lets even connections of newer versions be read.",
        )
    },
    remedy: super::versions,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let offered = tls.versions.get(&Version::Ssl2).is_some_and(|facts| facts.offered.is_yes());
            offered.then(|| Found::fails("SSL 2 è accettato", "SSL 2 is taken"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("SSL 2 is taken", |facts| version(facts, Version::Ssl2).offered = true.into()),
        passes("nothing could be told", |facts| version(facts, Version::Ssl2).offered = Answer::default()),
    ],
};

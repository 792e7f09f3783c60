//! Has heartbleed: only where intrusive probes were allowed.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-heartbleed",
    area: Area::Tls,
    weight: Weight::Grave,
    title: || Text::new("Il server ha Heartbleed", "The server has Heartbleed"),
    citation: "CVE-2014-0160",
    meaning: || {
        Text::new(
            "Chiunque legge la memoria del server: chiavi, password, pagine di altri.",
            "Anybody reads the server’s memory: keys, passwords, other people’s pages.",
        )
    },
    remedy: super::update,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let hit = tls.intrusive.as_ref().is_some_and(|intrusive| intrusive.heartbleed.is_yes());
            hit.then(|| Found::fails("vulnerabile, provato", "vulnerable, tried out"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("tried out", |facts| {
            tls(facts).intrusive = Some(Intrusive { heartbleed: true.into(), ..Intrusive::default() });
        }),
        passes("it withstood", |facts| {
            tls(facts).intrusive = Some(Intrusive { heartbleed: false.into(), ..Intrusive::default() });
        }),
    ],
};

//! Has robot: only where intrusive probes were allowed.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-robot",
    area: Area::Tls,
    weight: Weight::Grave,
    title: || Text::new("Il server ha ROBOT", "The server has ROBOT"),
    citation: "ROBOT, CVE-2017-13099; RFC 9325, 4.1",
    meaning: || {
        Text::new(
            "Chi registra il traffico lo può decifrare interrogando il server.",
            "Whoever records traffic can decrypt it by asking the server.",
        )
    },
    remedy: super::update,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let hit = tls.intrusive.as_ref().is_some_and(|intrusive| intrusive.robot.is_yes());
            hit.then(|| Found::fails("vulnerabile, provato", "vulnerable, tried out"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("tried out", |facts| {
            tls(facts).intrusive = Some(Intrusive { robot: true.into(), ..Intrusive::default() });
        }),
        passes("it withstood", |facts| {
            tls(facts).intrusive = Some(Intrusive { robot: false.into(), ..Intrusive::default() });
        }),
    ],
};

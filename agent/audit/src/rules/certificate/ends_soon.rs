//! The certificate is about to end, and nobody has renewed it.

use crate::rules::prelude::*;

const DAY: i64 = 86_400;

pub const RULE: Rule = Rule {
    id: "certificate-ends-soon",
    area: Area::Certificate,
    weight: Weight::Major,
    title: || Text::new("Il certificato sta per scadere", "The certificate ends soon"),
    citation: "RFC 5280, 4.1.2.5 (2008); renewal in good time: RFC 9773 (2025)",
    meaning: || {
        Text::new(
            "Un certificato che si rinnova da solo a quest'ora sarebbe già nuovo: il rinnovo automatico manca o non funziona, e il sito si fermerà.",
            "A certificate that renews itself would be new by now: automatic renewal is missing or broken, and the site will stop.",
        )
    },
    remedy: super::renew,
    judge: |facts, context| {
        on_chains(facts, |_, chain| {
            let leaf = chain.certificates.first()?;
            let left = leaf.not_after.as_second() - context.now.as_second();
            let life = (leaf.not_after.as_second() - leaf.not_before.as_second()).max(0);
            if left <= 0 || left > (21 * DAY).min(life / 4) {
                return None;
            }
            let (on, days) = (date(leaf.not_after), left / DAY);
            let found = Found::fails(
                format!("scade il {}, fra {days} giorni", on.it),
                format!("ends on {}, in {days} days", on.en),
            );
            Some(if left > (7 * DAY).min(life / 8) { found.weighing(Weight::Minor) } else { found })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("ends on 2026-12-10, in 14 days", |facts| {
            leaf(facts).not_before = day("2026-09-11");
            leaf(facts).not_after = day("2026-12-10");
        }),
        catches("in 1 days", |facts| leaf(facts).not_after = day("2026-11-27")),
        passes("54 days of 90 are left", |facts| leaf(facts).not_after = day("2027-01-18")),
        passes("a certificate of six days with four left", |facts| {
            leaf(facts).not_before = day("2026-11-23");
            leaf(facts).not_after = day("2026-11-29");
        }),
    ],
};

//! HSTS does not last.

use crate::rules::headers::{Hsts, hsts};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-hsts-short",
    area: Area::Web,
    weight: Weight::Minor,
    title: || Text::new("HSTS dura poco", "HSTS does not last"),
    citation: "Internet.nl, HSTS: a year; Mozilla, Server Side TLS 6.0: two years; MDN HTTP Observatory 1.6: six months",
    meaning: || {
        Text::new(
            "Chi visita il sito di rado torna esposto fra una visita e l’altra.",
            "Whoever visits rarely is exposed again between two visits.",
        )
    },
    remedy: super::hsts_remedy,
    judge: |facts, context| {
        on_sites(facts, |site| {
            let Hsts::Seconds(seconds) = hsts(&super::first_answer(site)?.headers) else { return None };
            let least = context.profile.hsts_seconds.unwrap_or(31_536_000);
            let found = Found::fails(
                format!("max-age={seconds}; almeno {least}"),
                format!("max-age={seconds}; {least} at least"),
            );
            // from six months on no grade is lost
            let found = if seconds >= 15_552_000 { found.weighing(Weight::Notice) } else { found };
            (seconds > 0 && seconds < least).then_some(found)
        })
    },
    #[cfg(test)]
    cases: &[
        catches("max-age=300", |facts| header(facts, "strict-transport-security", "max-age=300")),
        passes("a year", |facts| header(facts, "strict-transport-security", "max-age=31536000")),
    ],
};

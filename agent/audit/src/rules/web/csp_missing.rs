//! No policy says from where a page may load.

use crate::rules::csp::{Rating, rate};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-csp-missing",
    area: Area::Web,
    weight: Weight::Minor,
    title: || Text::new("Manca la Content-Security-Policy", "There is no Content-Security-Policy"),
    citation: "W3C, Content Security Policy Level 3; MDN HTTP Observatory 1.6",
    meaning: || {
        Text::new(
            "Uno script estraneo infilato nella pagina viene eseguito come se fosse del sito.",
            "A foreign script that got into the page runs as if it were the site’s.",
        )
    },
    remedy: super::csp_remedy,
    judge: |facts, _| {
        on_pages(facts, |_, page| match rate(page) {
            Rating::Missing => Some(Found::fails("nessuna regola in vigore", "no policy in force")),
            Rating::Invalid => {
                Some(Found::fails("la regola non si può leggere", "the policy cannot be read"))
            }
            _ => None,
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no policy", |facts| drop(headers(facts).remove("content-security-policy"))),
        catches("no policy", |facts| {
            let policy = headers(facts).remove("content-security-policy").unwrap_or_default();
            headers(facts).insert("content-security-policy-report-only".into(), policy);
        }),
        passes("by meta", |facts| {
            headers(facts).remove("content-security-policy");
            page(facts).meta_policies.push("default-src 'self'".into());
        }),
    ],
};

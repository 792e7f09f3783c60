//! A policy that lets through what it should keep out.

use crate::rules::csp::{Rating, rate};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-csp-unsafe",
    area: Area::Web,
    weight: Weight::Minor,
    title: || {
        Text::new(
            "La Content-Security-Policy lascia passare troppo",
            "The Content-Security-Policy lets too much through",
        )
    },
    citation: "W3C, Content Security Policy Level 3; MDN HTTP Observatory 1.6",
    meaning: || {
        Text::new(
            "La regola c’è, ma permette proprio ciò che dovrebbe fermare.",
            "There is a policy, but it allows just what it should stop.",
        )
    },
    remedy: super::csp_remedy,
    judge: |facts, _| {
        on_pages(facts, |_, page| {
            let (it, en) = match rate(page) {
                Rating::UnsafeInline => (
                    "script o oggetti da ovunque, o dentro la pagina",
                    "scripts or objects from anywhere, or within the page",
                ),
                Rating::UnsafeEval => ("'unsafe-eval'", "'unsafe-eval'"),
                Rating::PlainActive => ("script in chiaro", "scripts in the clear"),
                Rating::PlainPassive => ("immagini in chiaro", "images in the clear"),
                Rating::Strict | Rating::Safe | Rating::UnsafeStyle | Rating::Invalid | Rating::Missing => {
                    return None;
                }
            };
            Some(Found::fails(format!("permette: {it}"), format!("it allows: {en}")))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("scripts or objects from anywhere", |facts| {
            header(facts, "content-security-policy", "default-src * 'unsafe-inline'");
        }),
        passes("styles within the page", |facts| {
            header(facts, "content-security-policy", "default-src 'self'; style-src 'self' 'unsafe-inline'");
        }),
    ],
};

//! The page may be framed by anybody.

use crate::rules::csp::forbids_framing;
use crate::rules::headers::first;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-framing",
    area: Area::Web,
    weight: Weight::Minor,
    title: || Text::new("Il sito si può incorniciare in un altro", "The site may be framed by another"),
    citation: "RFC 7034 (2013); CSP Level 3, frame-ancestors; Internet.nl, X-Frame-Options",
    meaning: || {
        Text::new(
            "Un sito estraneo può mostrare le pagine dentro le sue e far cliccare il cittadino dove non vuole.",
            "A foreign site can show the pages within its own and make citizens click where they do not mean to.",
        )
    },
    remedy: || {
        Remedy::by(Who::Hosting, "Dire chi può incorniciare le pagine.", "Say who may frame the pages.")
            .nginx("add_header Content-Security-Policy \"frame-ancestors 'self'\" always;")
            .apache("Header always set Content-Security-Policy \"frame-ancestors 'self'\"")
            .iis("HTTP Response Headers: X-Frame-Options = SAMEORIGIN.")
    },
    judge: |facts, _| {
        on_pages(facts, |_, page| {
            let options = first(&page.headers, "x-frame-options");
            let kept = matches!(options.as_deref(), Some("deny" | "sameorigin")) || forbids_framing(page);
            (!kept).then(|| {
                Found::fails(
                    "né frame-ancestors né X-Frame-Options",
                    "neither frame-ancestors nor X-Frame-Options",
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("neither frame-ancestors", |facts| {
            header(facts, "content-security-policy", "default-src 'self'");
        }),
        passes("by the older header", |facts| {
            header(facts, "content-security-policy", "default-src 'self'");
            header(facts, "x-frame-options", "SAMEORIGIN");
        }),
    ],
};

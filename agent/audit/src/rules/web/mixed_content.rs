//! A page by HTTPS that loads in the clear.

use crate::facts::Reference;
use crate::rules::address::{is_https, is_plain};
use crate::rules::prelude::*;
use crate::rules::suites::list;

pub const RULE: Rule = Rule {
    id: "web-mixed-content",
    area: Area::Web,
    weight: Weight::Major,
    title: || {
        Text::new("La pagina sicura carica parti in chiaro", "The secure page loads parts in the clear")
    },
    citation: "W3C, Mixed Content (2023)",
    meaning: || {
        Text::new(
            "Chi sta in mezzo cambia la parte in chiaro; i browser bloccano gli script, e la pagina non funziona.",
            "Whoever stands in between changes the part in the clear; browsers block scripts, and the page does not work.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Cambiare gli indirizzi in https:// nelle pagine e nel CMS.",
            "Change the addresses to https:// in pages and CMS.",
        )
        .nginx("add_header Content-Security-Policy \"upgrade-insecure-requests\" always;")
        .apache("Header always set Content-Security-Policy \"upgrade-insecure-requests\"")
    },
    judge: |facts, _| {
        on_pages(facts, |_, page| {
            let plain = page.references.iter().filter(|part| is_plain(&part.url) && part.kind != "form");
            let plain: Vec<&Reference> = plain.filter(|_| is_https(&page.url)).collect();
            let passive = plain.iter().all(|part| matches!(part.kind.as_str(), "image" | "media"));
            let names: Vec<&str> = plain.iter().map(|part| part.url.as_str()).collect();
            let names = list(&names, 3);
            let found = Found::fails(format!("carica {}", names.it), format!("it loads {}", names.en));
            (!plain.is_empty()).then(|| if passive { found.weighing(Weight::Minor) } else { found })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("it loads http://cdn.example/a.js", |facts| {
            page(facts).references.push(Reference {
                kind: "script".into(),
                url: "http://cdn.example/a.js".into(),
                integrity: false,
            });
        }),
        passes("by HTTPS", |facts| {
            page(facts).references.push(Reference {
                kind: "script".into(),
                url: "https://cdn.example/a.js".into(),
                integrity: true,
            });
        }),
    ],
};

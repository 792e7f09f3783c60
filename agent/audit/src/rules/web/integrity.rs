//! Foreign scripts that nobody checks.

use crate::rules::address::{host_of, same_owner};
use crate::rules::prelude::*;
use crate::rules::suites::list;

pub const RULE: Rule = Rule {
    id: "web-no-integrity",
    area: Area::Web,
    weight: Weight::Notice,
    title: || {
        Text::new("Script di altri senza controllo d’integrità", "Foreign scripts that are not checked")
    },
    citation: "W3C, Subresource Integrity (2016); MDN HTTP Observatory 1.6",
    meaning: || {
        Text::new(
            "Se il fornitore dello script viene violato, lo è anche il sito. Ogni fornitore esterno vede inoltre chi visita il Comune.",
            "If the script’s supplier is broken into, so is the site. Each outside supplier also sees who visits the body.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Servire gli script dal sito stesso, o aggiungere integrity e crossorigin.",
            "Serve scripts from the site itself, or add integrity and crossorigin.",
        )
    },
    judge: |facts, _| {
        on_pages(facts, |site, page| {
            let foreign = page.references.iter().filter(|part| {
                let host = host_of(&part.url);
                let ours = host.is_none_or(|host| same_owner(&host, &site.host));
                part.kind == "script" && !part.integrity && !ours
            });
            let urls: Vec<&str> = foreign.map(|part| part.url.as_str()).collect();
            let names = list(&urls, 3);
            (!urls.is_empty()).then(|| {
                Found::fails(
                    format!("senza integrity: {}", names.it),
                    format!("without integrity: {}", names.en),
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("without integrity: https://cdn.example/a.js", |facts| {
            page(facts).references.push(Reference {
                kind: "script".into(),
                url: "https://cdn.example/a.js".into(),
                integrity: false,
            });
        }),
        passes("with it", |facts| {
            page(facts).references.push(Reference {
                kind: "script".into(),
                url: "https://cdn.example/a.js".into(),
                integrity: true,
            });
        }),
    ],
};

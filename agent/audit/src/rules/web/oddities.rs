//! Answers that a browser has to put right.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-oddities",
    area: Area::Web,
    weight: Weight::Notice,
    title: || {
        Text::new(
            "Il sito risponde in modi che il browser deve correggere",
            "The site answers in ways that a browser has to put right",
        )
    },
    citation: "RFC 9110, 8 (2022); WHATWG, HTML, 13.2",
    meaning: || {
        Text::new(
            "Browser e programmi diversi possono leggere la stessa pagina in modi diversi.",
            "Different browsers and programs may read the same page differently.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Correggere ciò che è indicato, di solito l’intestazione Content-Type o la codifica dei caratteri.",
            "Mend what is named, usually the Content-Type header or the encoding of characters.",
        )
        .nginx("charset utf-8;")
        .apache("AddDefaultCharset UTF-8")
    },
    judge: |facts, _| {
        on_pages(facts, |_, page| {
            let odd = page.oddities.iter();
            odd.map(|odd| Found::fails(format!("osservato: {odd}"), format!("seen: {odd}")))
                .collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("its bytes are not of the charset", |facts| {
            page(facts).oddities.push("its bytes are not of the charset utf-8 that it names".into());
        }),
        passes("nothing odd", |facts| page(facts).oddities.clear()),
    ],
};

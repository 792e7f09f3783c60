//! Browsers may guess what a file is.

use crate::rules::headers::first;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-nosniff",
    area: Area::Web,
    weight: Weight::Minor,
    title: || Text::new("Manca X-Content-Type-Options", "There is no X-Content-Type-Options"),
    citation: "WHATWG, Fetch, X-Content-Type-Options; Internet.nl",
    meaning: || {
        Text::new(
            "Il browser può eseguire come script un file che non lo è, per esempio un allegato caricato da altri.",
            "The browser may run as a script what is none, such as a file that others uploaded.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Aggiungere l’intestazione a tutte le risposte.",
            "Add the header to all answers.",
        )
        .nginx("add_header X-Content-Type-Options nosniff always;")
        .apache("Header always set X-Content-Type-Options nosniff")
        .iis("HTTP Response Headers: X-Content-Type-Options = nosniff.")
    },
    judge: |facts, _| {
        on_pages(facts, |_, page| {
            let set = first(&page.headers, "x-content-type-options").as_deref() == Some("nosniff");
            (!set).then(|| Found::fails("nosniff non è impostato", "nosniff is not set"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("nosniff is not set", |facts| drop(headers(facts).remove("x-content-type-options"))),
        passes("in capitals", |facts| header(facts, "x-content-type-options", "NoSniff")),
    ],
};

//! A page that does not exist is shown.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-no-404",
    area: Area::Web,
    weight: Weight::Notice,
    title: || {
        Text::new("Le pagine che non esistono rispondono «200»", "Pages that do not exist answer «200»")
    },
    citation: "RFC 9110, 15.5.5 (2022)",
    meaning: || {
        Text::new(
            "I motori di ricerca elencano pagine che non ci sono, e i collegamenti rotti non si trovano.",
            "Search engines list pages that are not there, and broken links are not found.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Rispondere 404 per ciò che non c’è.",
            "Answer 404 for what is not there.",
        )
        .nginx("try_files $uri $uri/ =404;")
        .apache("ErrorDocument 404 /404.html")
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            site.web.says_not_found.is_no().then(|| {
                Found::fails("una pagina inventata non dà 404", "an invented page does not give 404")
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("does not give 404", |facts| site(facts).web.says_not_found = false.into()),
        passes("nothing could be told", |facts| site(facts).web.says_not_found = Answer::default()),
    ],
};

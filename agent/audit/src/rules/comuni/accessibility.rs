//! The link to the declaration of accessibility.

use super::criteria::accessibility;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "comuni-accessibility",
    area: Area::Comuni,
    weight: Weight::Minor,
    title: || {
        Text::new(
            "C.SI.3.2: manca il link alla dichiarazione di accessibilità",
            "C.SI.3.2: there is no link to the declaration of accessibility",
        )
    },
    citation: "Modello Comuni, criteri di conformità (Designers Italia, 2022), C.SI.3.2; legge 4/2004",
    meaning: || {
        Text::new(
            "La dichiarazione è obbligatoria e va raggiunta dal piè di pagina.",
            "The declaration is compulsory and must be reached from the footer.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Compilare la dichiarazione su form.agid.gov.it e mettere il link nel piè di pagina con data-element=\"accessibility-link\".",
            "Fill in the declaration at form.agid.gov.it and link it in the footer with data-element=\"accessibility-link\".",
        )
    },
    judge: |facts, _| super::failed(facts, accessibility),
    #[cfg(test)]
    cases: &[
        catches("no link", |facts| drop(page(facts).marked_links.remove("accessibility-link"))),
        catches("leads to https://comune", |facts| {
            drop(
                page(facts)
                    .marked_links
                    .insert("accessibility-link".into(), "https://comune.esempio.lc.test/a".into()),
            );
        }),
        passes("at AgID’s", |_| {}),
    ],
};

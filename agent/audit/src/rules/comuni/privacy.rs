//! The link to the privacy notice.

use super::criteria::privacy;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "comuni-privacy",
    area: Area::Comuni,
    weight: Weight::Minor,
    title: || {
        Text::new(
            "C.SI.3.3: manca il link all’informativa privacy",
            "C.SI.3.3: there is no link to the privacy notice",
        )
    },
    citation: "Modello Comuni, criteri di conformità (Designers Italia, 2022), C.SI.3.3; GDPR, art. 13",
    meaning: || {
        Text::new(
            "Il cittadino deve poter leggere come vengono trattati i suoi dati.",
            "The citizen must be able to read how their data are handled.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Mettere il link nel piè di pagina con data-element=\"privacy-policy-link\", in https.",
            "Link it in the footer with data-element=\"privacy-policy-link\", by https.",
        )
    },
    judge: |facts, _| super::failed(facts, privacy),
    #[cfg(test)]
    cases: &[
        catches("no link", |facts| drop(page(facts).marked_links.remove("privacy-policy-link"))),
        passes("by https", |_| {}),
    ],
};

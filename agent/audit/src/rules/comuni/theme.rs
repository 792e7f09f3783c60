//! The version of the theme.

use super::criteria::theme;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "comuni-theme",
    area: Area::Comuni,
    weight: Weight::Notice,
    title: || {
        Text::new("C.SI.1.4: il tema «Design Comuni» è troppo vecchio", "C.SI.1.4: the theme is too old")
    },
    citation: "Modello Comuni, criteri di conformità (Designers Italia, 2022), C.SI.1.4",
    meaning: || {
        Text::new(
            "Le versioni prima della 1.0.0 non contengono tutto ciò che il modello chiede.",
            "Versions before 1.0.0 do not have all that the model asks for.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Aggiornare il tema all’ultima versione.",
            "Update the theme to its newest version.",
        )
    },
    judge: |facts, _| super::failed(facts, theme),
    #[cfg(test)]
    cases: &[
        catches("0.9.2", |facts| page(facts).theme_version = Some("0.9.2".into())),
        passes("another theme", |facts| page(facts).theme_version = None),
    ],
};

//! A form that is sent in the clear.

use crate::rules::address::is_plain;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-plain-form",
    area: Area::Web,
    weight: Weight::Grave,
    title: || Text::new("Un modulo spedisce i dati in chiaro", "A form sends its data in the clear"),
    citation: "W3C, Mixed Content, 7 (2023); GDPR, art. 32",
    meaning: || {
        Text::new(
            "Quello che il cittadino scrive si può leggere e cambiare lungo la strada.",
            "What the citizen writes can be read and changed on its way.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Cambiare la destinazione del modulo in https://.",
            "Change the form’s destination to https://.",
        )
    },
    judge: |facts, _| {
        on_pages(facts, |_, page| {
            let form = page.references.iter().find(|part| part.kind == "form" && is_plain(&part.url))?;
            Some(Found::fails(format!("spedisce a {}", form.url), format!("it sends to {}", form.url)))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("it sends to http://comune.esempio.lc.test/cerca", |facts| {
            page(facts).references.push(Reference {
                kind: "form".into(),
                url: "http://comune.esempio.lc.test/cerca".into(),
                integrity: false,
            });
        }),
        passes("by HTTPS", |facts| {
            page(facts).references.push(Reference {
                kind: "form".into(),
                url: "https://comune.esempio.lc.test/cerca".into(),
                integrity: false,
            });
        }),
    ],
};

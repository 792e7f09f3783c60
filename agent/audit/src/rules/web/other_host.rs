//! The site is shown by another owner’s host.

use crate::rules::address::{host_of, same_owner};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-other-host",
    area: Area::Web,
    weight: Weight::Notice,
    title: || Text::new("Il sito porta a un altro dominio", "The site leads to another domain"),
    citation: "AgID, Linee guida di design per i siti della PA (2022); Modello Comuni, C.SI.5.2",
    meaning: || {
        Text::new(
            "Può essere voluto. Se il vecchio dominio non serve più, va comunque tenuto: chi lo prende dopo riceve i cittadini.",
            "This may be intended. A domain that is no longer needed must still be kept: whoever takes it gets the citizens.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Body,
            "Verificare che la destinazione sia del Comune o di un suo fornitore.",
            "See that the destination is the body’s own or its supplier’s.",
        )
    },
    judge: |facts, _| {
        on_pages(facts, |site, page| {
            let host = host_of(&page.url)?;
            (!same_owner(&host, &site.host))
                .then(|| Found::fails(format!("la pagina è su {host}"), format!("the page is at {host}")))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("the page is at portale.example", |facts| {
            page(facts).url = "https://portale.example/esempio".into();
        }),
        passes("www", |facts| page(facts).url = "https://www.comune.esempio.lc.test/".into()),
    ],
};

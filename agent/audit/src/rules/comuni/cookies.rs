//! Cookies of others before consent.

use super::criteria::cookies;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "comuni-cookies",
    area: Area::Comuni,
    weight: Weight::Minor,
    title: || {
        Text::new(
            "C.SI.3.1: cookie di terzi prima del consenso",
            "C.SI.3.1: third parties’ cookies before consent",
        )
    },
    citation: "Modello Comuni, criteri di conformità (Designers Italia, 2022), C.SI.3.1; Garante privacy, Linee guida cookie (2021)",
    meaning: || {
        Text::new(
            "Prima del consenso il sito può usare solo cookie propri.",
            "Before consent the site may use only its own cookies.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Caricare contenuti di terzi (video, mappe, statistiche) solo dopo il consenso.",
            "Load other people’s content (videos, maps, statistics) only after consent.",
        )
    },
    judge: |facts, _| super::failed(facts, cookies),
    #[cfg(test)]
    cases: &[
        catches("tracker.example", |facts| {
            let foreign = crate::facts::Cookie {
                host: "tracker.example".into(),
                name: "id".into(),
                domain: None,
                secure: true,
                http_only: true,
                same_site: None,
                session: false,
            };
            page(facts).cookies.push(foreign);
        }),
        passes("its own", |facts| {
            let own = crate::facts::Cookie {
                host: cases::HOST.into(),
                name: "lingua".into(),
                domain: Some(".esempio.lc.test".into()),
                secure: true,
                http_only: true,
                same_site: None,
                session: false,
            };
            page(facts).cookies.push(own);
        }),
    ],
};

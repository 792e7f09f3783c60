//! The name that a comune’s site must have.

use super::criteria::domain;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "comuni-domain",
    area: Area::Comuni,
    weight: Weight::Minor,
    title: || {
        Text::new(
            "C.SI.5.2: il nome del sito non è quello istituzionale",
            "C.SI.5.2: the site’s name is not the institutional one",
        )
    },
    citation: "Modello Comuni, criteri di conformità (Designers Italia, 2022), C.SI.5.2",
    meaning: || {
        Text::new(
            "I cittadini riconoscono il sito ufficiale dal nome: comune.<nome>.<provincia>.it.",
            "Citizens know the official site by its name: comune.<name>.<province>.it.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Body,
            "Usare il dominio riservato comune.<nome>.<provincia>.it, che funzioni anche senza www.",
            "Use the reserved domain comune.<name>.<province>.it, which must work without www too.",
        )
        .zone("comune.esempio.lc.it. IN A 192.0.2.10")
    },
    judge: |facts, _| super::failed(facts, domain),
    #[cfg(test)]
    cases: &[
        catches("esempio.example", |facts| site(facts).host = "www.esempio.example".into()),
        catches("does not work without www", |facts| {
            site(facts).host = "www.comune.esempio.lc.it".into();
            let Answer::Known(other) = &mut site(facts).other_name else { return };
            other.resolves = false;
        }),
        passes("a third level below it", |facts| site(facts).host = "servizi.comune.esempio.lc.it".into()),
    ],
};

//! HSTS is missing.

use crate::rules::headers::{Hsts, hsts};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-hsts-missing",
    area: Area::Web,
    weight: Weight::Minor,
    title: || Text::new("Manca HSTS", "There is no HSTS"),
    citation: "RFC 6797 (2012); Internet.nl, HSTS; MDN HTTP Observatory 1.6",
    meaning: || {
        Text::new(
            "Il browser non ricorda che il sito vuole HTTPS: su una rete ostile la prima richiesta in chiaro si può dirottare.",
            "The browser does not remember that the site wants HTTPS: on a hostile network the first request in the clear can be led astray.",
        )
    },
    remedy: super::hsts_remedy,
    judge: |facts, _| {
        on_sites(facts, |site| match hsts(&super::first_answer(site)?.headers) {
            Hsts::Missing => Some(Found::fails("nessuna intestazione", "no header")),
            Hsts::Invalid => {
                Some(Found::fails("l’intestazione non si può leggere", "the header cannot be read"))
            }
            Hsts::Seconds(0) => Some(Found::fails("max-age=0 lo disattiva", "max-age=0 turns it off")),
            Hsts::Seconds(_) => None,
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no header", |facts| {
            let Answer::Known(visit) = &mut site(facts).web.secure else { return };
            for hop in &mut visit.hops {
                hop.headers.remove("strict-transport-security");
            }
        }),
        catches("cannot be read", |facts| header(facts, "strict-transport-security", "includeSubDomains")),
        passes("a short one is another matter", |facts| {
            header(facts, "strict-transport-security", "max-age=300");
        }),
    ],
};

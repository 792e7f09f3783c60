//! Addresses are told to other sites.

use crate::rules::headers::first;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-referrer",
    area: Area::Web,
    weight: Weight::Notice,
    title: || {
        Text::new(
            "Il sito dice ad altri quale pagina si stava leggendo",
            "The site tells others which page was read",
        )
    },
    citation: "W3C, Referrer Policy (2017); Internet.nl; MDN HTTP Observatory 1.6",
    meaning: || {
        Text::new(
            "L’indirizzo della pagina, che può dire molto di chi legge, arriva ai siti collegati.",
            "The page’s address, which may say much of the reader, gets to the sites that are linked.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Limitare l’indirizzo al solo nome del sito.",
            "Limit the address to the site’s name.",
        )
        .nginx("add_header Referrer-Policy strict-origin-when-cross-origin always;")
        .apache("Header always set Referrer-Policy strict-origin-when-cross-origin")
        .iis("HTTP Response Headers: Referrer-Policy = strict-origin-when-cross-origin.")
    },
    judge: |facts, _| {
        on_pages(facts, |_, page| {
            let policy = first(&page.headers, "referrer-policy").or_else(|| page.meta_referrer.clone())?;
            // the last that a browser knows counts
            let last = policy.rsplit(',').next().unwrap_or_default().trim().to_ascii_lowercase();
            let loose = ["unsafe-url", "origin", "origin-when-cross-origin", "no-referrer-when-downgrade"];
            loose
                .contains(&last.as_str())
                .then(|| Found::fails(format!("vale {last}"), format!("it says {last}")))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("it says unsafe-url", |facts| header(facts, "referrer-policy", "unsafe-url")),
        passes("nothing said: browsers keep it to themselves", |facts| {
            drop(headers(facts).remove("referrer-policy"));
        }),
    ],
};

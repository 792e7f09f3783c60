//! Pages are sent uncompressed.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-no-compression",
    area: Area::Web,
    weight: Weight::Notice,
    title: || Text::new("Le pagine viaggiano non compresse", "Pages travel uncompressed"),
    citation: "RFC 9110, 8.4 (2022)",
    meaning: || {
        Text::new(
            "Il sito è più lento, soprattutto sui telefoni.",
            "The site is slower, on phones above all.",
        )
    },
    remedy: || {
        Remedy::by(Who::Hosting, "Attivare la compressione dei testi.", "Turn compression of texts on.")
            .nginx("gzip on;\ngzip_types text/css application/javascript application/json image/svg+xml;")
            .apache("AddOutputFilterByType DEFLATE text/html text/css application/javascript")
            .iis("Compression: Enable dynamic content compression.")
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            let plain = site.web.compression.known()?.is_none();
            plain.then(|| Found::fails("nessuna codifica", "no encoding"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no encoding", |facts| site(facts).web.compression = Answer::Known(None)),
        passes("nothing could be told", |facts| site(facts).web.compression = Answer::default()),
    ],
};

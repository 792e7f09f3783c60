//! The server tells its version.

use crate::rules::headers::values;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-version-told",
    area: Area::Web,
    weight: Weight::Notice,
    title: || Text::new("Il server dice la propria versione", "The server tells its version"),
    citation: "RFC 9110, 10.2.4 (2022); OWASP, Information Leakage",
    meaning: || {
        Text::new("Chi attacca vede subito quali falle provare.", "Attackers see at once which flaws to try.")
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Togliere i numeri di versione dalle intestazioni.",
            "Take version numbers out of the headers.",
        )
        .nginx("server_tokens off;")
        .apache("ServerTokens Prod")
        .iis("Rimuovere X-Powered-By in HTTP Response Headers.")
    },
    judge: |facts, _| {
        on_pages(facts, |_, page| {
            let told = ["server", "x-powered-by", "x-aspnet-version"].into_iter().flat_map(|name| {
                let with_digits = |value: &&str| value.contains(|sign: char| sign.is_ascii_digit());
                values(&page.headers, name).filter(with_digits).map(move |value| format!("{name}: {value}"))
            });
            let told: Vec<String> = told.collect();
            let told = told.join(", ");
            (!told.is_empty()).then(|| Found::fails(told.clone(), told))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("server: nginx/1.18.0", |facts| header(facts, "server", "nginx/1.18.0 (Ubuntu)")),
        passes("its name alone", |facts| header(facts, "server", "nginx")),
    ],
};

//! Cookies that also travel in the clear.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-cookie-not-secure",
    area: Area::Web,
    weight: Weight::Major,
    title: || Text::new("Cookie che viaggiano anche in chiaro", "Cookies that also travel in the clear"),
    citation: "RFC 6265, 4.1.2.5 (2011); Garante privacy, Linee guida cookie (2021)",
    meaning: || {
        Text::new(
            "Chi sta in mezzo ruba il cookie e, se è di sessione, entra al posto del cittadino.",
            "Whoever stands in between steals the cookie and, if it keeps a session, goes in as the citizen.",
        )
    },
    remedy: super::cookie_remedy,
    judge: |facts, _| {
        on_pages(facts, |_, page| {
            page.cookies
                .iter()
                .filter(|cookie| !cookie.secure)
                .map(|cookie| {
                    let name = &cookie.name;
                    let found =
                        Found::fails(format!("{name} senza Secure"), format!("{name} without Secure"));
                    if cookie.session { found } else { found.weighing(Weight::Minor) }
                })
                .collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("PHPSESSID without Secure", |facts| {
            page(facts).cookies.push(super::cookie("PHPSESSID", false, true, Some("Lax".into()), true));
        }),
        passes("with Secure", |facts| {
            page(facts).cookies.push(super::cookie("PHPSESSID", true, true, Some("Lax".into()), true));
        }),
    ],
};

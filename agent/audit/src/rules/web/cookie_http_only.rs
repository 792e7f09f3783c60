//! Session cookies that scripts can read.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-cookie-not-http-only",
    area: Area::Web,
    weight: Weight::Minor,
    title: || Text::new("Cookie di sessione leggibili dagli script", "Session cookies that scripts can read"),
    citation: "RFC 6265, 4.1.2.6 (2011); OWASP ASVS 3.3",
    meaning: || {
        Text::new(
            "Uno script estraneo nella pagina può portare via la sessione.",
            "A foreign script in the page can carry the session away.",
        )
    },
    remedy: super::cookie_remedy,
    judge: |facts, _| {
        on_pages(facts, |_, page| {
            let open = page.cookies.iter().filter(|cookie| cookie.session && !cookie.http_only);
            open.map(|cookie| {
                let name = &cookie.name;
                Found::fails(format!("{name} senza HttpOnly"), format!("{name} without HttpOnly"))
            })
            .collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("PHPSESSID without HttpOnly", |facts| {
            page(facts).cookies.push(super::cookie("PHPSESSID", true, false, Some("Lax".into()), true));
        }),
        passes("not a session’s", |facts| {
            page(facts).cookies.push(super::cookie("PHPSESSID", true, false, Some("Lax".into()), false));
        }),
    ],
};

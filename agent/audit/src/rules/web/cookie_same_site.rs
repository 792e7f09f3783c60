//! Cookies with a `SameSite` that no browser knows or takes.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-cookie-same-site",
    area: Area::Web,
    weight: Weight::Notice,
    title: || Text::new("Cookie con SameSite sbagliato", "Cookies with a wrong SameSite"),
    citation: "RFC 6265bis, 5.6.7; MDN HTTP Observatory 1.6",
    meaning: || {
        Text::new(
            "Il browser ignora il valore sbagliato, o scarta il cookie.",
            "The browser ignores the wrong value, or drops the cookie.",
        )
    },
    remedy: super::cookie_remedy,
    judge: |facts, _| {
        on_pages(facts, |_, page| {
            let wrong = page.cookies.iter().filter_map(|cookie| {
                let said = cookie.same_site.as_deref()?;
                let known = ["lax", "strict"].iter().any(|known| said.eq_ignore_ascii_case(known));
                let open = said.eq_ignore_ascii_case("none") && cookie.secure;
                let name = &cookie.name;
                (!known && !open).then(|| {
                    Found::fails(format!("{name}: SameSite={said}"), format!("{name}: SameSite={said}"))
                })
            });
            wrong.collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("SameSite=Sempre", |facts| {
            page(facts).cookies.push(super::cookie("PHPSESSID", true, true, Some("Sempre".into()), true));
        }),
        passes("it says nothing", |facts| {
            page(facts).cookies.push(super::cookie("PHPSESSID", true, true, None, true));
        }),
    ],
};

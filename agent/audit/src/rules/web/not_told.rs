//! What could not be told of a host’s web: said once.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-not-told",
    area: Area::Web,
    weight: Weight::Minor,
    title: || Text::new("Non si è potuto vedere tutto il sito", "Not everything could be seen of the site"),
    citation: "RFC 9110 (2022): silence is no answer",
    meaning: || {
        Text::new(
            "Il sito non ha risposto, o non in tempo: ciò che non si sa non è né buono né cattivo.",
            "The site did not answer, or not in time: what is not known is neither good nor bad.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Body,
            "Nulla, se domani la risposta arriva; se si ripete, vedere se il sito è lento o blocca i programmi.",
            "Nothing, if the answer comes tomorrow; else see whether the site is slow or blocks programs.",
        )
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            let asked = [
                ("gli indirizzi", "its addresses", site.endpoints.why_unknown()),
                ("HTTP", "HTTP", site.web.plain.why_unknown()),
                (
                    "HTTPS",
                    "HTTPS",
                    site.web.secure.why_unknown().filter(|_| !crate::rules::way::refuses_https(site)),
                ),
                ("la pagina", "its page", site.web.page.why_unknown()),
            ];
            let open: Vec<_> =
                asked.iter().filter_map(|(it, en, why)| why.map(|why| (*it, *en, why))).collect();
            let (_, _, why) = open.first()?;
            let names = |of: fn(&(&'static str, &'static str, &str)) -> &'static str| {
                open.iter().map(of).collect::<Vec<_>>().join(", ")
            };
            let (it, en) = (names(|it| it.0), names(|en| en.1));
            Some(Found::unknown(format!("senza risposta: {it} ({why})"), format!("no answer: {en} ({why})")))
        })
    },
    #[cfg(test)]
    cases: &[
        doubts("no answer: HTTP (no answer within 5 s)", |facts| {
            site(facts).web.plain = Answer::unknown("no answer within 5 s");
        }),
        passes("the rest matters less", |facts| site(facts).web.compression = Answer::default()),
    ],
};

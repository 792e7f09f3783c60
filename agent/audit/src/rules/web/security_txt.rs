//! Nobody can say where a flaw is to be told.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-security-txt",
    area: Area::Web,
    weight: Weight::Notice,
    title: || Text::new("Manca security.txt", "There is no security.txt"),
    citation: "RFC 9116 (2022); Internet.nl, security.txt",
    meaning: || {
        Text::new(
            "Chi trova una falla non sa a chi dirlo.",
            "Whoever finds a flaw does not know whom to tell.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Body,
            "Pubblicare /.well-known/security.txt con Contact ed Expires (al massimo un anno).",
            "Publish /.well-known/security.txt with Contact and Expires (a year at most).",
        )
        .nginx("location = /.well-known/security.txt { default_type text/plain; alias /srv/security.txt; }")
        .apache("Alias /.well-known/security.txt /srv/security.txt")
    },
    judge: |facts, context| {
        on_sites(facts, |site| match site.web.security_txt.known()? {
            None => Some(Found::fails(
                "/.well-known/security.txt non c’è",
                "/.well-known/security.txt is missing",
            )),
            Some(file) if file.expires.is_some_and(|until| until <= context.now) => {
                let on = date(file.expires?);
                Some(Found::fails(format!("scaduto il {}", on.it), format!("expired on {}", on.en)))
            }
            Some(file) => {
                let problem = file.problems.first()?;
                Some(Found::fails(format!("difetto: {problem}"), format!("flaw: {problem}")))
            }
        })
    },
    #[cfg(test)]
    cases: &[
        catches("is missing", |facts| site(facts).web.security_txt = Answer::Known(None)),
        catches("expired on 2026-01-01", |facts| {
            let Answer::Known(Some(file)) = &mut site(facts).web.security_txt else { return };
            file.expires = Some(day("2026-01-01"));
        }),
        passes("nothing could be told", |facts| site(facts).web.security_txt = Answer::default()),
    ],
};

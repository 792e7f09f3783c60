//! The first step is not to HTTPS of the same host.

use crate::rules::address::{host_of, is_https};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-redirect-not-direct",
    area: Area::Web,
    weight: Weight::Minor,
    title: || {
        Text::new(
            "Il primo passo non porta a HTTPS dello stesso nome",
            "The first step does not lead to HTTPS of the same name",
        )
    },
    citation: "MDN HTTP Observatory 1.6, redirection; RFC 6797, 7.2 (2012)",
    meaning: || {
        Text::new(
            "Il browser non può ricordare che questo nome vuole HTTPS (HSTS), e ogni prima visita resta esposta.",
            "The browser cannot remember that this name wants HTTPS (HSTS), and every first visit stays exposed.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Reindirizzare prima allo stesso nome in HTTPS, poi altrove.",
            "Redirect to the same name by HTTPS first, then elsewhere.",
        )
        .nginx("server { listen 80; return 301 https://$host$request_uri; }")
        .apache("RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]")
        .iis("URL Rewrite: Redirect a https://{HTTP_HOST}/{R:1}.")
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            let visit = site.web.plain.known()?;
            let to = visit.hops.first()?.leads_to.as_deref()?;
            let ends_secure = visit.hops.last().is_some_and(|hop| is_https(&hop.url));
            let direct = is_https(to) && host_of(to).as_deref() == Some(&site.host);
            (ends_secure && !direct).then(|| {
                Found::fails(format!("il primo passo porta a {to}"), format!("the first step leads to {to}"))
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("leads to https://www.comune.esempio.lc.test/", |facts| {
            let first = cases::hop(
                "http://comune.esempio.lc.test/",
                301,
                Some("https://www.comune.esempio.lc.test/"),
            );
            let last = cases::hop("https://www.comune.esempio.lc.test/", 200, None);
            site(facts).web.plain = cases::way(vec![first, last]);
        }),
        passes("to HTTPS of the same host", |_| {}),
    ],
};

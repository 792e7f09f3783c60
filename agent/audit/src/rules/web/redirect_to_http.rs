//! A redirect leads to HTTP.

use crate::rules::prelude::*;
use crate::rules::way::{Way, downgrade, offers_https, way};

pub const RULE: Rule = Rule {
    id: "web-redirect-to-http",
    area: Area::Web,
    weight: Weight::Grave,
    title: || Text::new("Un reindirizzamento porta fuori da HTTPS", "A redirect leads out of HTTPS"),
    citation: "CERT-AgID, Monitoraggio HTTPS (2020): class «gravi problemi di sicurezza»",
    meaning: || {
        Text::new(
            "Anche chi scrive https:// finisce in chiaro, e HTTPS è come se non ci fosse.",
            "Even whoever types https:// ends up in the clear, as if HTTPS were not there.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Correggere l’indirizzo di destinazione: deve cominciare con https://.",
            "Mend the destination: it must begin with https://.",
        )
        .nginx("return 301 https://$host$request_uri;")
        .apache("RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]")
        .iis("URL Rewrite: destinazione https://…")
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            let to = match (downgrade(site), way(site)) {
                (Some(to), _) => to.to_owned(),
                (None, Way::Plain(to)) if offers_https(site) => to,
                _ => return None,
            };
            Some(Found::fails(format!("porta a {to}"), format!("leads to {to}")))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("leads to http://comune.esempio.lc.test/home", |facts| {
            let first = cases::hop(
                "https://comune.esempio.lc.test/",
                302,
                Some("http://comune.esempio.lc.test/home"),
            );
            let last = cases::hop("http://comune.esempio.lc.test/home", 200, None);
            site(facts).web.secure = cases::way(vec![first, last]);
        }),
        catches("leads to http://www", |facts| {
            let first =
                cases::hop("http://comune.esempio.lc.test/", 302, Some("http://www.comune.esempio.lc.test/"));
            let last = cases::hop("http://www.comune.esempio.lc.test/", 200, None);
            site(facts).web.plain = cases::way(vec![first, last]);
        }),
        passes("by HTTP to another host, and then to HTTPS", |facts| {
            let first =
                cases::hop("http://comune.esempio.lc.test/", 302, Some("http://www.comune.esempio.lc.test/"));
            let then = cases::hop(
                "http://www.comune.esempio.lc.test/",
                302,
                Some("https://www.comune.esempio.lc.test/"),
            );
            let last = cases::hop("https://www.comune.esempio.lc.test/", 200, None);
            site(facts).web.plain = cases::way(vec![first, then, last]);
        }),
    ],
};

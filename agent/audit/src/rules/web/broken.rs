//! The site shows an error.

use crate::facts::End;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-broken",
    area: Area::Web,
    weight: Weight::Major,
    title: || Text::new("Il sito risponde con un errore", "The site answers with an error"),
    citation: "RFC 9110, 15 (2022)",
    meaning: || Text::new("Chi apre il sito non vede una pagina.", "Whoever opens the site sees no page."),
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Cercare la causa nei registri del server e del sito.",
            "Look for the cause in the logs of the server and the site.",
        )
        .nginx("error_log /var/log/nginx/error.log;")
        .apache("ErrorLog ${APACHE_LOG_DIR}/error.log")
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            let visit = site.web.secure.known().or(site.web.plain.known())?;
            let status = visit.hops.last().map(|hop| hop.status);
            let found = match (&visit.end, status) {
                (End::TooManyRedirects, _) => {
                    Found::fails("reindirizza in circolo", "it redirects in a circle")
                }
                (End::Refused { why }, _) => Found::fails(
                    format!("porta dove nessuno può andare: {why}"),
                    format!("it leads where nobody can go: {why}"),
                ),
                (End::Page, Some(status)) if status >= 400 => {
                    Found::fails(format!("stato {status}"), format!("status {status}"))
                }
                _ => return None,
            };
            Some(found)
        })
    },
    #[cfg(test)]
    cases: &[
        catches("status 503", |facts| {
            site(facts).web.secure =
                cases::way(vec![cases::hop("https://comune.esempio.lc.test/", 503, None)]);
        }),
        catches("in a circle", |facts| {
            site(facts).web.secure =
                Answer::Known(crate::facts::Visit { hops: Vec::new(), end: End::TooManyRedirects });
        }),
        passes("a page", |facts| {
            site(facts).web.secure =
                cases::way(vec![cases::hop("https://comune.esempio.lc.test/", 200, None)]);
        }),
    ],
};

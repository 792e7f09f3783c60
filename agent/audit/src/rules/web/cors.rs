//! Other sites read pages with the citizen’s cookies.

use crate::facts::CrossOrigin;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-cors-credentials",
    area: Area::Web,
    weight: Weight::Major,
    title: || {
        Text::new(
            "Altri siti possono leggere le pagine con i cookie del cittadino",
            "Other sites can read pages with the citizen’s cookies",
        )
    },
    citation: "WHATWG, Fetch, CORS; MDN HTTP Observatory 1.6",
    meaning: || {
        Text::new(
            "Un sito estraneo legge ciò che il cittadino vede dopo l’accesso.",
            "A foreign site reads what the citizen sees after signing in.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Non ripetere l’Origin di chiunque insieme ad Access-Control-Allow-Credentials.",
            "Do not echo anybody’s Origin together with Access-Control-Allow-Credentials.",
        )
        .nginx("# togliere: add_header Access-Control-Allow-Credentials true;")
        .apache("Header always unset Access-Control-Allow-Credentials")
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            let open = site.web.cross_origin.known() == Some(&CrossOrigin::WithCredentials);
            open.then(|| {
                Found::fails(
                    "un’origine estranea è accettata con le credenziali",
                    "a foreign origin is taken with credentials",
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("with credentials", |facts| {
            site(facts).web.cross_origin = Answer::Known(CrossOrigin::WithCredentials);
        }),
        passes("public, without", |facts| site(facts).web.cross_origin = Answer::Known(CrossOrigin::Public)),
    ],
};

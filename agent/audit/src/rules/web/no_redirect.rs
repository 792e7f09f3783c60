//! The page is shown in the clear.

use crate::rules::prelude::*;
use crate::rules::way::{Way, offers_https, way};

pub const RULE: Rule = Rule {
    id: "web-no-redirect",
    area: Area::Web,
    weight: Weight::Grave,
    title: || {
        Text::new(
            "Il sito resta in chiaro se si scrive solo il nome",
            "The site stays in the clear for whoever types its name",
        )
    },
    citation: "CERT-AgID, Monitoraggio HTTPS (2020): class «gravi problemi di sicurezza»; Internet.nl, HTTPS redirect",
    meaning: || {
        Text::new(
            "HTTPS c’è, ma chi non scrive https:// usa il sito in chiaro senza accorgersene.",
            "HTTPS is there, but whoever does not type https:// uses the site in the clear unawares.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Reindirizzare ogni richiesta in chiaro allo stesso nome in HTTPS.",
            "Redirect every request in the clear to the same name by HTTPS.",
        )
        .nginx("server { listen 80; listen [::]:80; return 301 https://$host$request_uri; }")
        .apache("<VirtualHost *:80>\n  RewriteEngine On\n  RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]\n</VirtualHost>")
        .iis("URL Rewrite: regola con {HTTPS} = off, Redirect Permanent a https://{HTTP_HOST}/{R:1}.")
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            let stays = offers_https(site) && way(site) == Way::Stays;
            stays.then(|| {
                let host = &site.host;
                Found::fails(
                    format!("http://{host}/ mostra la pagina in chiaro"),
                    format!("http://{host}/ shows the page in the clear"),
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("shows the page in the clear", |facts| {
            site(facts).web.plain = cases::way(vec![cases::hop("http://comune.esempio.lc.test/", 200, None)]);
        }),
        passes("port 80 is closed", |facts| {
            site(facts).web.plain =
                Answer::Known(crate::facts::Visit { hops: Vec::new(), end: crate::facts::End::Closed });
        }),
    ],
};

//! HTTPS is not offered.

use crate::rules::prelude::*;
use crate::rules::way::refuses_https;

pub const RULE: Rule = Rule {
    id: "web-no-https",
    area: Area::Web,
    weight: Weight::Grave,
    title: || Text::new("Il sito non offre HTTPS", "The site does not offer HTTPS"),
    citation: "CERT-AgID, Monitoraggio HTTPS (2020): class «senza HTTPS»; Modello Comuni, C.SI.5.1",
    meaning: || {
        Text::new(
            "Tutto viaggia in chiaro: chi sta in mezzo legge e cambia pagine, moduli, password.",
            "Everything travels in the clear: whoever stands in between reads and changes pages, forms, passwords.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Ottenere un certificato gratuito (ACME) e attivare HTTPS.",
            "Get a free certificate (ACME) and turn HTTPS on.",
        )
        .nginx("listen 443 ssl;\nssl_certificate     /etc/ssl/site/fullchain.pem;\nssl_certificate_key /etc/ssl/site/key.pem;")
        .apache("SSLEngine on\nSSLCertificateFile    /etc/ssl/site/fullchain.pem\nSSLCertificateKeyFile /etc/ssl/site/key.pem")
        .iis("Bindings > Add > https, porta 443.")
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            refuses_https(site).then(|| {
                let port = site.port;
                Found::fails(format!("la porta {port} rifiuta TLS"), format!("port {port} refuses TLS"))
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("port 443 refuses TLS", |facts| {
            let Answer::Known(endpoints) = &mut site(facts).endpoints else { return };
            for endpoint in endpoints {
                endpoint.https = false.into();
                endpoint.tls = None;
            }
        }),
        passes("one address was silent", |facts| {
            let Answer::Known(endpoints) = &mut site(facts).endpoints else { return };
            endpoints[0].https = false.into();
            endpoints[1].https = Answer::default();
        }),
    ],
};

//! Every page by HTTPS as AgID wants it.

use super::criteria::https;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "comuni-https",
    area: Area::Comuni,
    weight: Weight::Major,
    title: || {
        Text::new(
            "C.SI.5.1: il certificato o TLS non sono a norma",
            "C.SI.5.1: certificate or TLS do not comply",
        )
    },
    citation: "Modello Comuni, criteri di conformità (Designers Italia, 2022), C.SI.5.1",
    meaning: || {
        Text::new(
            "Il criterio è fra quelli che il Comune deve dimostrare per la misura 1.4.1 del PNRR.",
            "The criterion is among those that the body must prove for measure 1.4.1 of the PNRR.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Servire il sito in HTTPS con un certificato valido e TLS 1.2 o 1.3 con le suite raccomandate.",
            "Serve the site by HTTPS with a valid certificate and TLS 1.2 or 1.3 with the recommended suites.",
        )
        .nginx("ssl_protocols TLSv1.2 TLSv1.3;")
        .apache("SSLProtocol -all +TLSv1.2 +TLSv1.3")
    },
    judge: |facts, _| super::failed(facts, https),
    #[cfg(test)]
    cases: &[
        catches("the certificate is not trusted", |facts| chain(facts).trust.trusted = false),
        passes("TLS 1.2 alone", |facts| {
            version(facts, crate::registry::Version::Tls13).offered = false.into();
        }),
    ],
};

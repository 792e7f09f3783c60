//! TLS compression.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-compression",
    area: Area::Tls,
    weight: Weight::Major,
    title: || Text::new("La compressione TLS è attiva", "TLS compression is on"),
    citation: "CRIME, CVE-2012-4929; RFC 9325, 3.3 (2022)",
    meaning: || {
        Text::new("Con CRIME si ricostruiscono i cookie di sessione.", "By CRIME, session cookies are found.")
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Disattivare la compressione TLS, o aggiornare il server.",
            "Turn TLS compression off, or update the server.",
        )
        .nginx("# nginx 1.1.6, OpenSSL 1.0.0 e successivi: già disattivata")
        .apache("SSLCompression off")
    },
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let on = tls.compression.is_yes();
            on.then(|| Found::fails("DEFLATE è accettato", "DEFLATE is taken"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("DEFLATE", |facts| tls(facts).compression = true.into()),
        passes("nothing could be told", |facts| tls(facts).compression = Answer::default()),
    ],
};

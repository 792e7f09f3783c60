//! The certificate demands a stapled OCSP response, and none is served.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-must-staple",
    area: Area::Certificate,
    weight: Weight::Major,
    title: || {
        Text::new(
            "Il certificato esige una risposta OCSP che il server non dà",
            "The certificate demands an OCSP response that the server does not staple",
        )
    },
    citation: "RFC 7633 (2015)",
    meaning: || {
        Text::new(
            "Firefox e i programmi che rispettano questa richiesta rifiutano il collegamento.",
            "Firefox and programs that honour this demand refuse the connection.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Attivare OCSP stapling, o rinnovare il certificato senza «must staple».",
            "Turn OCSP stapling on, or renew the certificate without must-staple.",
        )
        .nginx("ssl_stapling on;\nssl_stapling_verify on;\nresolver 127.0.0.1;")
        .apache("SSLUseStapling on\nSSLStaplingCache shmcb:/run/apache2/stapling(32768)")
    },
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let demands = tls.chains.iter().filter_map(|served| served.chain.certificates.first());
            let demands = demands.into_iter().any(|leaf| leaf.must_staple);
            (demands && tls.ocsp_staple.is_no())
                .then(|| Found::fails("nessuna risposta OCSP allegata", "no OCSP response was stapled"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no OCSP response", |facts| leaf(facts).must_staple = true),
        passes("it is stapled", |facts| {
            leaf(facts).must_staple = true;
            tls(facts).ocsp_staple = true.into();
        }),
    ],
};

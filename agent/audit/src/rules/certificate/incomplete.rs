//! An intermediate certificate is not served.

use crate::facts::Diagnosis;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-chain-incomplete",
    area: Area::Certificate,
    weight: Weight::Grave,
    title: || Text::new("Manca un certificato intermedio", "An intermediate certificate is missing"),
    citation: "RFC 8446, 4.4.2 (2018); SSL Labs, Server Rating Guide 2009r",
    meaning: || {
        Text::new(
            "Alcuni browser rimediano da soli, ma app, programmi e altri enti che usano il sito ricevono un errore.",
            "Some browsers help themselves, but apps, programs and other bodies that use the site get an error.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Servire il certificato del sito seguito dagli intermedi, in un solo file (fullchain.pem).",
            "Serve the site's certificate followed by its intermediates, in one file (fullchain.pem).",
        )
        .nginx("ssl_certificate /etc/ssl/site/fullchain.pem;")
        .apache("SSLCertificateFile /etc/ssl/site/fullchain.pem")
        .iis("Importare l'intermedio in \"Intermediate Certification Authorities\" del computer.")
    },
    judge: |facts, _| {
        on_chains(facts, |_, chain| {
            chain.trust.diagnoses.iter().find_map(|diagnosis| {
                let Diagnosis::Incomplete { missing, would_be_trusted } = diagnosis else { return None };
                let found = Found::fails(format!("manca: {missing}"), format!("missing: {missing}"));
                // with it all would be well: a browser that fetches it shows the site
                Some(if would_be_trusted.is_no() { found } else { found.weighing(Weight::Major) })
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("missing: CN=E7", |facts| {
            let missing = "CN=E7,O=Let's Encrypt,C=US".into();
            let incomplete = Diagnosis::Incomplete { missing, would_be_trusted: true.into() };
            cases::distrust(facts, incomplete);
        }),
        passes("the root is not sent, as it should be", |_| {}),
    ],
};

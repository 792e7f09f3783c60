//! The certificate is for other names.

use crate::facts::Diagnosis;
use crate::rules::prelude::*;
use crate::rules::suites::list;

pub const RULE: Rule = Rule {
    id: "certificate-wrong-name",
    area: Area::Certificate,
    weight: Weight::Grave,
    title: || Text::new("Il certificato è di un altro sito", "The certificate is for another site"),
    citation: "RFC 9525, 6 (2023); CERT-AgID, Monitoraggio HTTPS (2020)",
    meaning: || {
        Text::new(
            "Il browser non può sapere se parla con il sito giusto e avvisa il cittadino di non proseguire.",
            "The browser cannot know whether it talks to the right site, and tells the citizen not to go on.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Richiedere un certificato con tutti i nomi del sito (con e senza www) e servirlo per questo nome (SNI).",
            "Request a certificate with all of the site's names (with and without www) and serve it for this name (SNI).",
        )
        .nginx("server_name comune.example www.comune.example;\nssl_certificate /etc/ssl/site/fullchain.pem;")
        .apache("ServerName comune.example\nServerAlias www.comune.example\nSSLCertificateFile /etc/ssl/site/fullchain.pem")
        .iis("Bindings > https > Host name, con \"Require Server Name Indication\".")
    },
    judge: |facts, _| {
        on_chains(facts, |_, chain| {
            chain.trust.diagnoses.iter().find_map(|diagnosis| match diagnosis {
                Diagnosis::WrongName { has } => {
                    let names = list(has, 4);
                    Some(Found::fails(format!("vale per: {}", names.it), format!("it is for: {}", names.en)))
                }
                Diagnosis::OnlyCommonName => Some(Found::fails(
                    "ha solo un «common name», che nessun browser guarda più",
                    "it has only a common name, which no browser looks at any more",
                )),
                _ => None,
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("it is for: www.provider.example", |facts| {
            let wrong = Diagnosis::WrongName { has: vec!["www.provider.example".into()] };
            cases::distrust(facts, wrong);
        }),
        catches("only a common name", |facts| cases::distrust(facts, Diagnosis::OnlyCommonName)),
        passes("a wildcard that fits", |facts| leaf(facts).names = vec!["*.esempio.lc.test".into()]),
    ],
};

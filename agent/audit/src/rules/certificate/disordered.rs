//! The chain comes in another order than it should.

use crate::facts::Diagnosis;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-chain-disordered",
    area: Area::Certificate,
    weight: Weight::Minor,
    title: || Text::new("La catena dei certificati è in disordine", "The chain is not in order"),
    citation: "RFC 5246, 7.4.2 (2008); RFC 8446, 4.4.2 (2018)",
    meaning: || {
        Text::new(
            "I browser di oggi la riordinano; programmi più vecchi o più severi rifiutano il collegamento.",
            "Today's browsers sort it; older or stricter programs refuse the connection.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Mettere nel file prima il certificato del sito, poi ogni emittente dopo quello che ha firmato; togliere ciò che non c'entra.",
            "Put the site's certificate first, then each issuer after what it signed; take out what does not belong there.",
        )
        .nginx("ssl_certificate /etc/ssl/site/fullchain.pem;")
        .apache("SSLCertificateFile /etc/ssl/site/fullchain.pem")
    },
    judge: |facts, _| {
        on_chains(facts, |_, chain| {
            let disordered = chain.trust.diagnoses.contains(&Diagnosis::Disordered);
            let count = chain.certificates.len();
            disordered.then(|| {
                Found::fails(
                    format!("{count} certificati, non nell'ordine della catena"),
                    format!("{count} certificates, not in the order of the chain"),
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("2 certificates", |facts| chain(facts).trust.diagnoses.push(Diagnosis::Disordered)),
        passes("one certificate alone", |facts| chain(facts).certificates.truncate(1)),
    ],
};

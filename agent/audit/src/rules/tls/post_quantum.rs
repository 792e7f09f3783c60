//! No key exchange that a quantum computer could not undo.

use crate::registry::Version;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-no-post-quantum",
    area: Area::Tls,
    weight: Weight::Notice,
    title: || {
        Text::new("Manca lo scambio di chiavi post-quantistico", "There is no post-quantum key exchange")
    },
    citation: "Mozilla, Server Side TLS 6.0 (2026); NCSC-NL, TLS (2025); draft-ietf-tls-ecdhe-mlkem",
    meaning: || {
        Text::new(
            "Non è un difetto oggi. Il traffico registrato ora potrebbe essere letto fra anni; browser e server recenti lo evitano già.",
            "This is no fault today. Traffic recorded now might be read in years; recent browsers and servers already prevent it.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Al prossimo aggiornamento del sistema (OpenSSL 3.5 o successivo) attivare X25519MLKEM768.",
            "With the next system upgrade (OpenSSL 3.5 or later) turn X25519MLKEM768 on.",
        )
        .nginx("ssl_ecdh_curve X25519MLKEM768:X25519:prime256v1:secp384r1;")
        .apache("SSLOpenSSLConfCmd Groups X25519MLKEM768:X25519:prime256v1:secp384r1")
    },
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let groups = tls.groups_tls13.known()?;
            let hybrid = groups.iter().any(|group| matches!(group.0, 512..=514 | 4587..=4590));
            let speaks = tls.versions.get(&Version::Tls13).is_some_and(|facts| facts.offered.is_yes());
            (speaks && !hybrid).then(|| Found::fails("nessun gruppo ibrido", "no hybrid group"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no hybrid group", |facts| tls(facts).groups_tls13 = Answer::Known(vec![Group(29)])),
        passes("no TLS 1.3: another rule", |facts| {
            tls(facts).groups_tls13 = Answer::Known(Vec::new());
            version(facts, Version::Tls13).offered = false.into();
        }),
    ],
};

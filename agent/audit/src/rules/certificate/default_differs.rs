//! Whoever says no name gets another certificate: worth knowing, no fault.

use crate::rules::prelude::*;
use crate::rules::suites::list;

pub const RULE: Rule = Rule {
    id: "certificate-without-name-differs",
    area: Area::Certificate,
    weight: Weight::Notice,
    title: || {
        Text::new(
            "Senza nome (SNI) il server mostra un altro certificato",
            "Without a name (SNI) the server shows another certificate",
        )
    },
    citation: "RFC 6066, 3 (2011)",
    meaning: || {
        Text::new(
            "Non è un difetto: programmi molto vecchi, che non dicono il nome del sito, vedono un altro certificato.",
            "This is no fault: very old programs, which do not say the site's name, see another certificate.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Nulla, oppure rifiutare i collegamenti senza nome.",
            "Nothing, or refuse connections without a name.",
        )
        .nginx("server { listen 443 ssl default_server; ssl_reject_handshake on; }")
        .apache("SSLStrictSNIVHostCheck on")
    },
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let other = tls.without_name.known()?.as_ref()?.certificates.first()?;
            let served = tls.chains.iter().filter_map(|served| served.chain.certificates.first());
            let mut same = served.filter(|leaf| leaf.sha256 == other.sha256);
            (!tls.chains.is_empty() && same.next().is_none()).then(|| {
                let names = list(&other.names, 3);
                Found::fails(format!("vale per: {}", names.it), format!("it is for: {}", names.en))
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("it is for: provider.example", |facts| {
            tls(facts).without_name = Answer::Known(Some(cases::good_chain("provider.example")));
        }),
        passes("such hellos are refused", |facts| tls(facts).without_name = Answer::Known(None)),
    ],
};

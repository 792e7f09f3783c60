//! Without IPv6.

use crate::rules::prelude::*;
use crate::rules::suites::list;

pub const RULE: Rule = Rule {
    id: "dns-no-ipv6",
    area: Area::Dns,
    weight: Weight::Notice,
    title: || Text::new("Il sito non si raggiunge in IPv6", "The site cannot be reached by IPv6"),
    citation: "RFC 6540, BCP 177 (2012); Internet.nl, IPv6; Decreto PA digitale, linee guida AgID IPv6",
    meaning: || {
        Text::new(
            "Chi ha solo IPv6, soprattutto da telefono, passa da un traduttore del suo operatore.",
            "Whoever has only IPv6, on phones above all, goes through a translator of their provider.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Attivare IPv6 sul server e pubblicare il record AAAA.",
            "Turn IPv6 on at the server and publish an AAAA record.",
        )
        .nginx("listen [::]:443 ssl;")
        .apache("Listen [::]:443")
        .zone("@ IN AAAA 2001:db8::10")
    },
    judge: |facts, _| {
        super::on_domain(facts, |domain| {
            let without = domain.hosts_without_ipv6.known()?;
            let names = list(without, 4);
            (!without.is_empty()).then(|| {
                Found::fails(format!("senza AAAA: {}", names.it), format!("without AAAA: {}", names.en))
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("without AAAA: www.comune.esempio.lc.test", |facts| {
            facts.domain.as_mut().unwrap().hosts_without_ipv6 =
                Answer::Known(vec!["www.comune.esempio.lc.test".into()]);
        }),
        passes("nothing could be told", |facts| {
            facts.domain.as_mut().unwrap().hosts_without_ipv6 = Answer::default();
        }),
    ],
};

//! The parent names other servers than the zone.

use crate::rules::prelude::*;
use std::collections::BTreeSet;

pub const RULE: Rule = Rule {
    id: "dns-delegation-differs",
    area: Area::Dns,
    weight: Weight::Major,
    title: || Text::new("La delega non corrisponde alla zona", "The delegation is not that of the zone"),
    citation: "RFC 1034, 4.2.2 (1987); RFC 1912, 2.8 (1996)",
    meaning: || {
        Text::new(
            "Una parte delle domande finisce a server che non conoscono la zona o ne hanno una copia vecchia.",
            "Some questions go to servers that do not know the zone or have an old copy.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Allineare i record NS della zona con quelli presso il registrar.",
            "Make the zone’s NS records and the registrar’s the same.",
        )
        .zone("@ IN NS ns1.esempio.example.")
    },
    judge: |facts, _| {
        super::on_domain(facts, |domain| {
            let fold = |name: &String| name.trim_end_matches('.').to_ascii_lowercase();
            let parent: BTreeSet<String> = domain.delegated_to.known()?.iter().map(fold).collect();
            let zone: BTreeSet<String> =
                domain.name_servers.known()?.iter().map(|it| fold(&it.name)).collect();
            let (above, below): (Vec<&String>, Vec<&String>) =
                (parent.difference(&zone).collect(), zone.difference(&parent).collect());
            let say = |names: &[&String], none: &str| match names {
                [] => none.to_owned(),
                names => names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", "),
            };
            (!above.is_empty() || !below.is_empty()).then(|| {
                Found::fails(
                    format!(
                        "solo nella delega: {}; solo nella zona: {}",
                        say(&above, "nessuno"),
                        say(&below, "nessuno")
                    ),
                    format!(
                        "only in the delegation: {}; only in the zone: {}",
                        say(&above, "none"),
                        say(&below, "none")
                    ),
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("only in the delegation: ns.vecchio.test; only in the zone: ns2.servizi.test", |facts| {
            facts.domain.as_mut().unwrap().delegated_to =
                Answer::Known(vec!["ns1.servizi.test".into(), "ns.vecchio.test".into()]);
        }),
        passes("the same, otherwise written", |facts| {
            facts.domain.as_mut().unwrap().delegated_to =
                Answer::Known(vec!["NS2.servizi.test.".into(), "ns1.servizi.test".into()]);
        }),
    ],
};

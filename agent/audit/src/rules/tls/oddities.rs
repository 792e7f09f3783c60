//! Answers that no standard lets a server give.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-oddities",
    area: Area::Tls,
    weight: Weight::Notice,
    title: || {
        Text::new(
            "Il server fa cose che nessuno standard prevede",
            "The server does what no standard lets it do",
        )
    },
    citation: "RFC 8446 (2018); RFC 5246 (2008)",
    meaning: || {
        Text::new(
            "Spesso è un apparato davanti al server (firewall, bilanciatore) vecchio o mal configurato.",
            "Often it is a device before the server (firewall, balancer) that is old or badly configured.",
        )
    },
    remedy: super::update,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let odd = tls.oddities.iter();
            odd.map(|odd| Found::fails(format!("osservato: {odd}"), format!("seen: {odd}")))
                .collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("picked a suite that was not offered", |facts| {
            tls(facts).oddities.push("picked a suite that was not offered".into());
        }),
        passes("nothing odd", |facts| tls(facts).oddities.clear()),
    ],
};

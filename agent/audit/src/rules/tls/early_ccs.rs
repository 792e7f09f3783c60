//! Takes an early changecipherspec: only where intrusive probes were allowed.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-early-change-cipher-spec",
    area: Area::Tls,
    weight: Weight::Grave,
    title: || {
        Text::new(
            "Il server accetta un ChangeCipherSpec anticipato",
            "The server takes an early ChangeCipherSpec",
        )
    },
    citation: "CVE-2014-0224",
    meaning: || {
        Text::new(
            "Chi sta in mezzo può imporre chiavi che conosce.",
            "Whoever stands in between can impose keys that they know.",
        )
    },
    remedy: super::update,
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            let hit =
                tls.intrusive.as_ref().is_some_and(|intrusive| intrusive.early_change_cipher_spec.is_yes());
            hit.then(|| Found::fails("vulnerabile, provato", "vulnerable, tried out"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("tried out", |facts| {
            tls(facts).intrusive =
                Some(Intrusive { early_change_cipher_spec: true.into(), ..Intrusive::default() });
        }),
        passes("it withstood", |facts| {
            tls(facts).intrusive =
                Some(Intrusive { early_change_cipher_spec: false.into(), ..Intrusive::default() });
        }),
    ],
};

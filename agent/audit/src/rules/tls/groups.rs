//! Groups that the profile does not have.

use crate::registry::Group;
use crate::rules::prelude::*;
use crate::rules::suites::list;

pub const RULE: Rule = Rule {
    id: "tls-groups-outside-profile",
    area: Area::Tls,
    weight: Weight::Major,
    title: || {
        Text::new(
            "Il server accetta curve o gruppi fuori dal profilo",
            "The server takes groups that the profile does not have",
        )
    },
    citation: "AgID-RACCSECTLS-01 (2020): X25519, P-256, P-384; RFC 8422, 5.1.1 (2018)",
    meaning: || {
        Text::new(
            "Le curve sotto i 224 bit sono alla portata di chi ha mezzi; le altre non servono a nessun browser.",
            "Curves under 224 bits are within reach of whoever has the means; the others serve no browser.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Lasciare solo X25519MLKEM768, X25519, P-256 e P-384.",
            "Leave only X25519MLKEM768, X25519, P-256 and P-384.",
        )
        .nginx("ssl_ecdh_curve X25519MLKEM768:X25519:prime256v1:secp384r1;  # X25519MLKEM768: OpenSSL 3.5 e successivi")
        .apache("SSLOpenSSLConfCmd Groups X25519:prime256v1:secp384r1")
        .iis("Disable-TlsEccCurve per le curve in più; verificare con Get-TlsEccCurve.")
    },
    judge: |facts, context| {
        on_endpoints(facts, |_, tls| {
            let seen = [&tls.groups, &tls.groups_tls13].into_iter().filter_map(Answer::known).flatten();
            let mut outside: Vec<Group> =
                seen.copied().filter(|group| !context.profile.groups.contains(group)).collect();
            outside.sort();
            outside.dedup();
            // finite-field groups have their own rule; curves of fewer than 224 bits are the first 19 but those of 233 and up
            let weak = outside.iter().any(|group| matches!(group.0, 1..=5 | 15..=19));
            let (names, profile) = (list(&outside, 5), &context.profile.name);
            let found = Found::fails(
                format!("fuori da {profile}: {}", names.it),
                format!("not in {profile}: {}", names.en),
            );
            (!outside.is_empty()).then(|| if weak { found } else { found.weighing(Weight::Minor) })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("not in agid-2020: secp192r1, secp521r1", |facts| {
            tls(facts).groups = Answer::Known(vec![Group(29), Group(25), Group(19)]);
        }),
        passes("P-256 alone", |facts| tls(facts).groups = Answer::Known(vec![Group(23)])),
    ],
};

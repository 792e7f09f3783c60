//! A certificate that lives longer than browsers and authorities agreed on.

use jiff::Timestamp;

use crate::rules::prelude::*;

/// Days that a certificate may live, by the first day of its validity (seconds since 1970), newest first:
/// 2029-03-15, 2027-03-15, 2026-03-15, 2020-09-01, 2018-03-01.
const LIMITS: &[(i64, i64)] = &[
    (1_868_227_200, 47),
    (1_805_068_800, 100),
    (1_773_532_800, 200),
    (1_598_918_400, 398),
    (1_519_862_400, 825),
];

/// Days that a certificate may live whose validity begins then.
fn limit(not_before: Timestamp) -> i64 {
    let found = LIMITS.iter().find(|(since, _)| not_before.as_second() >= *since);
    found.map_or(1_187, |(_, days)| *days)
}

pub const RULE: Rule = Rule {
    id: "certificate-too-long",
    area: Area::Certificate,
    weight: Weight::Minor,
    title: || Text::new("Il certificato dura troppo a lungo", "The certificate lives too long"),
    citation: "CA/Browser Forum, Baseline Requirements 6.3.2, ballot SC-081v3 (2025): 398 days, 200 from 2026-03-15, 100 from 2027-03-15, 47 from 2029-03-15",
    meaning: || {
        Text::new(
            "Le autorità pubbliche non possono più emettere certificati così lunghi e i browser li rifiutano; una chiave rubata resterebbe valida per anni.",
            "Public authorities may no longer issue so long ones and browsers refuse them; a stolen key would stay good for years.",
        )
    },
    remedy: super::renew,
    judge: |facts, context| {
        on_chains(facts, |_, chain| {
            let leaf = chain.certificates.first().filter(|leaf| chain.trust.trusted && is_public(leaf))?;
            let wanted = context.profile.certificate_days.map_or(i64::MAX, i64::from);
            let limit = limit(leaf.not_before).min(wanted);
            // the last second belongs to the life (RFC 5280, 4.1.2.5)
            let life = leaf.not_after.as_second() - leaf.not_before.as_second() + 1;
            let days = (life + 86_399) / 86_400;
            (days > limit + 1 || life > limit * 86_400 + 1).then(|| {
                let from = date(leaf.not_before);
                Found::fails(
                    format!("dura {days} giorni, dal {}; al massimo {limit}", from.it),
                    format!("it lives {days} days, from {}; {limit} at most", from.en),
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("200 at most", |facts| {
            leaf(facts).not_before = day("2026-03-15");
            leaf(facts).not_after = day("2027-03-15");
        }),
        passes("a year, issued the day before the limit became 200 days", |facts| {
            leaf(facts).not_before = day("2026-03-14");
            leaf(facts).not_after = day("2027-04-16");
        }),
        passes("a private authority's", |facts| {
            leaf(facts).not_after = day("2036-03-15");
            private(facts);
        }),
        passes("what no public root vouches for is another matter", |facts| {
            leaf(facts).not_after = day("2036-03-15");
            chain(facts).trust.trusted = false;
        }),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_begin_on_their_days() {
        let days = ["2029-03-15", "2027-03-15", "2026-03-15", "2020-09-01", "2018-03-01"];
        for (name, (since, days)) in days.iter().zip(LIMITS) {
            assert_eq!(day(name).as_second(), *since, "{name}");
            assert_eq!(limit(day(name)), *days);
        }
        assert_eq!(limit(day("2017-01-01")), 1_187);
    }
}

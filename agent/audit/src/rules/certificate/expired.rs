//! A certificate of the chain has expired.

use crate::facts::Diagnosis;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "certificate-expired",
    area: Area::Certificate,
    weight: Weight::Grave,
    title: || Text::new("Il certificato è scaduto", "The certificate has expired"),
    citation: "RFC 5280, 4.1.2.5 (2008)",
    meaning: || {
        Text::new(
            "I browser mostrano un avviso a tutta pagina al posto del sito: i cittadini non entrano, o si abituano a ignorare gli avvisi.",
            "Browsers show a full-page warning instead of the site: citizens stay outside, or learn to ignore warnings.",
        )
    },
    remedy: super::renew,
    judge: |facts, context| {
        on_chains(facts, |_, chain| {
            let expired = chain.trust.diagnoses.iter().filter_map(|diagnosis| match diagnosis {
                Diagnosis::Expired { since, position } => Some((*since, *position)),
                _ => None,
            });
            expired
                .map(|(since, position)| {
                    let (on, ago) = (date(since), days_between(since, context.now).max(0));
                    let (it, en) = match position {
                        0 => ("Il certificato del sito", "The site's certificate"),
                        _ => ("Un certificato intermedio", "An intermediate certificate"),
                    };
                    let (fa, ago) = match ago {
                        1 => ("1 giorno fa".to_owned(), "1 day ago".to_owned()),
                        _ => (format!("{ago} giorni fa"), format!("{ago} days ago")),
                    };
                    Found::fails(
                        format!("{it} è scaduto il {}, {fa}", on.it),
                        format!("{en} expired on {}, {ago}", on.en),
                    )
                })
                .collect::<Vec<_>>()
        })
    },
    #[cfg(test)]
    cases: &[
        catches("expired on 2026-11-20, 5 days ago", |facts| {
            let expired = Diagnosis::Expired { since: day("2026-11-20"), position: 0 };
            cases::distrust(facts, expired);
        }),
        catches("An intermediate certificate expired", |facts| {
            let expired = Diagnosis::Expired { since: day("2026-11-20"), position: 1 };
            cases::distrust(facts, expired);
        }),
        passes("it ends tomorrow", |facts| leaf(facts).not_after = day("2026-11-26")),
    ],
};

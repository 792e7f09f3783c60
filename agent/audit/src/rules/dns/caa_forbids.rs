//! The authority in use may not issue the next certificate.

use super::issuers::{issuers_of, may_issue};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "dns-caa-forbids-issuer",
    area: Area::Dns,
    weight: Weight::Major,
    title: || Text::new("Il record CAA vieta il prossimo rinnovo", "The CAA record forbids the next renewal"),
    citation: "RFC 8659, 4 (2019)",
    meaning: || {
        Text::new(
            "L’autorità che ha emesso il certificato in uso dovrà rifiutarsi di rinnovarlo, e il sito si fermerà.",
            "The authority of the certificate in use will have to refuse its renewal, and the site will stop.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Aggiungere l’autorità al record CAA, o cambiare autorità.",
            "Add the authority to the CAA record, or change the authority.",
        )
        .zone("@ IN CAA 0 issue \"letsencrypt.org\"")
    },
    judge: |facts, _| {
        let Some(domain) = &facts.domain else { return Vec::new() };
        let records = domain.caa.known().map(Vec::as_slice).unwrap_or_default();
        on_chains(facts, |site, chain| {
            let ours = site.host == domain.name || site.host.ends_with(&format!(".{}", domain.name));
            let leaf = chain.certificates.first().filter(|_| ours && chain.trust.trusted)?;
            let authority = &leaf.authority;
            let issuers = issuers_of(authority)?;
            let allowed = issuers.iter().any(|issuer| may_issue(records, issuer));
            let wanted = issuers.join(", ");
            (!allowed).then(|| {
                Found::fails(
                    format!("in uso {authority} ({wanted}), non ammesso"),
                    format!("{authority} ({wanted}) is in use, and not allowed"),
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("Let's Encrypt (letsencrypt.org) is in use, and not allowed", |facts| {
            let Answer::Known(records) = &mut facts.domain.as_mut().unwrap().caa else { return };
            for record in records {
                record.value = "actalis.it".into();
            }
        }),
        passes("no record allows all", |facts| {
            facts.domain.as_mut().unwrap().caa = Answer::Known(Vec::new());
        }),
        passes("an authority that no list has", |facts| leaf(facts).authority = "Autorità di prova".into()),
    ],
};

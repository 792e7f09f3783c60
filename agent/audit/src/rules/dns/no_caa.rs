//! Nobody says who may issue certificates.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "dns-no-caa",
    area: Area::Dns,
    weight: Weight::Notice,
    title: || Text::new("Manca il record CAA", "There is no CAA record"),
    citation: "RFC 8659 (2019)",
    meaning: || {
        Text::new(
            "Qualunque autorità può emettere un certificato per il dominio.",
            "Any authority may issue a certificate for the domain.",
        )
    },
    remedy: || {
        Remedy::by(Who::DnsOperator, "Dire quale autorità può emettere.", "Say which authority may issue.")
            .zone("@ IN CAA 0 issue \"letsencrypt.org\"")
    },
    judge: |facts, _| {
        super::on_domain(facts, |domain| {
            let records = domain.caa.known()?;
            let says = records.iter().any(|record| record.tag.eq_ignore_ascii_case("issue"));
            (!says).then(|| Found::fails("nessun record CAA con issue", "no CAA record with issue"))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no CAA record", |facts| facts.domain.as_mut().unwrap().caa = Answer::Known(Vec::new())),
        passes("nothing could be told", |facts| facts.domain.as_mut().unwrap().caa = Answer::default()),
    ],
};

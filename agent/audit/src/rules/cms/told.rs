//! The CMS tells its version.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "cms-version-told",
    area: Area::Cms,
    weight: Weight::Notice,
    title: || Text::new("Il sito dice la versione del CMS", "The site tells its CMS’ version"),
    citation: "OWASP, Information Leakage; Misure minime ICT, ABSC 4 (2017)",
    meaning: || {
        Text::new(
            "Chi attacca vede subito quali falle provare. Aggiornare conta di più che nascondere.",
            "Attackers see at once which flaws to try. Updating matters more than hiding.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Togliere <meta name=\"generator\"> e i file di versione dalle pagine pubbliche.",
            "Take <meta name=\"generator\"> and version files out of public pages.",
        )
        .nginx("location ~* ^/(readme\\.html|CHANGELOG\\.txt)$ { return 404; }")
        .apache("<FilesMatch \"^(readme\\.html|CHANGELOG\\.txt)$\">\n  Require all denied\n</FilesMatch>")
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            let cms = site.cms.known()?.as_ref()?;
            let told = format!("{} {}", cms.name, cms.version.as_ref()?);
            Some(Found::fails(told.clone(), told))
        })
    },
    #[cfg(test)]
    cases: &[catches("WordPress 6.9", |facts| super::version(facts, "6.9")), passes("not told", |_| {})],
};

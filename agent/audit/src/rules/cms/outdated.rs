//! The CMS is not the newest release.

use super::versions::{Age, age};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "cms-outdated",
    area: Area::Cms,
    weight: Weight::Major,
    title: || Text::new("Il CMS non è aggiornato", "The CMS is not up to date"),
    citation: "CERT-AgID, Monitoraggio HTTPS e CMS (2020–2022): «sicuramente non aggiornato»; Misure minime ICT, ABSC 4.5 (2017)",
    meaning: || {
        Text::new(
            "Le falle delle versioni vecchie sono pubbliche e vengono provate da programmi automatici, di solito entro pochi giorni.",
            "The flaws of old versions are public and are tried by programs, usually within days.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::SiteSupplier,
            "Fare una copia, aggiornare CMS, temi ed estensioni, e attivare gli aggiornamenti automatici.",
            "Make a backup, update the CMS, its themes and extensions, and turn automatic updates on.",
        )
    },
    judge: |facts, context| {
        on_sites(facts, |site| {
            let cms = site.cms.known()?.as_ref()?;
            let lines = context.cms_versions.newest.get(&cms.name)?;
            let (name, version, day) = (&cms.name, cms.version.as_ref()?, context.cms_versions.as_of);
            let newest = lines.first()?;
            let (it, en, weight) = match age(version, lines) {
                Age::Behind => {
                    ("l’ultima della sua serie è più nuova", "its line has a newer one", Weight::Minor)
                }
                Age::GivenUp => {
                    ("la sua serie non è più mantenuta", "its line is no longer kept up", Weight::Major)
                }
                Age::Newest | Age::Untold => return None,
            };
            Some(
                Found::fails(
                    format!("{name} {version}: {it}; l’ultima è {newest} (elenco del {day})"),
                    format!("{name} {version}: {en}; the newest is {newest} (list of {day})"),
                )
                .weighing(weight),
            )
        })
    },
    #[cfg(test)]
    cases: &[
        catches(
            "WordPress 5.8: its line is no longer kept up; the newest is 6.9 (list of 2026-11-01)",
            |facts| super::version(facts, "5.8"),
        ),
        catches("its line has a newer one", |facts| super::version(facts, "6.8.1")),
        passes("the newest", |facts| super::version(facts, "6.9")),
        passes("newer than the list", |facts| super::version(facts, "7.0.1")),
        passes("half told", |facts| super::version(facts, "6")),
    ],
};

//! What could not be told of a host's TLS: said once, not for every question.

use crate::facts::{Site, Tls};
use crate::registry::Version;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "tls-not-told",
    area: Area::Tls,
    weight: Weight::Minor,
    title: || Text::new("Non si è potuto sapere tutto di TLS", "Not everything could be told of TLS"),
    citation: "RFC 9325 (2022): only a clear refusal is a no",
    meaning: || {
        Text::new(
            "Il server, o un firewall davanti, non ha risposto a qualche domanda: ciò che non si sa non è né buono né cattivo.",
            "The server, or a firewall before it, did not answer some questions: what is not known is neither good nor bad.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::Hosting,
            "Nulla, se domani la risposta arriva; se si ripete, vedere se un firewall scarta i collegamenti TLS vecchi o limita i nostri.",
            "Nothing, if the answer comes tomorrow; else see whether a firewall drops old TLS hellos or limits ours.",
        )
    },
    judge: |facts, _| {
        let mut found = on_endpoints(facts, |_, tls| {
            let open = open_questions(tls).join(", ");
            let why = why(tls).unwrap_or_default();
            (!open.is_empty()).then(|| {
                Found::unknown(
                    format!("senza risposta: {open} ({why})"),
                    format!("no answer: {open} ({why})"),
                )
            })
        });
        found.extend(facts.sites.iter().flat_map(silent));
        found
    },
    #[cfg(test)]
    cases: &[
        doubts("no answer: TLS 1.0 (no answer within 5 s)", |facts| {
            version(facts, Version::Tls10).offered = Answer::unknown("no answer within 5 s");
        }),
        doubts("no answer: suites of TLS 1.2", |facts| version(facts, Version::Tls12).complete = false),
        doubts("no answer by TLS (no answer within 5 s)", |facts| {
            let Answer::Known(endpoints) = &mut site(facts).endpoints else { return };
            endpoints[1].https = Answer::unknown("no answer within 5 s");
            endpoints[1].tls = None;
        }),
        passes("fall-back is moot", |facts| tls(facts).fallback_scsv = Answer::default()),
    ],
};

/// Addresses of which not even that could be told whether they speak TLS.
fn silent(site: &Site) -> Vec<Found> {
    let silent = site.endpoints.known().into_iter().flatten().filter_map(|endpoint| {
        let why = endpoint.https.why_unknown().filter(|_| endpoint.tls.is_none())?;
        let found =
            Found::unknown(format!("nessuna risposta TLS ({why})"), format!("no answer by TLS ({why})"));
        Some(found.at(format!("{} {}", site.host, endpoint.address)))
    });
    silent.collect()
}

/// The questions that a verdict hangs on and that had no answer.
fn open_questions(tls: &Tls) -> Vec<String> {
    let mut open = Vec::new();
    for (version, facts) in &tls.versions {
        if facts.offered.known().is_none() {
            open.push(version.name().to_owned());
        } else if facts.offered.is_yes() && !facts.complete {
            open.push(format!("suites of {}", version.name()));
        }
    }
    if super::speaks_old_style(tls) {
        let asked = [
            ("compression", tls.compression.known().is_none()),
            ("secure renegotiation", tls.secure_renegotiation.known().is_none()),
            ("extended master secret", tls.extended_master_secret.known().is_none()),
        ];
        open.extend(asked.iter().filter(|(_, missing)| *missing).map(|(name, _)| (*name).to_owned()));
    }
    let speaks = |version: Version| tls.versions.get(&version).is_some_and(|facts| facts.offered.is_yes());
    if speaks(Version::Tls13) && tls.groups_tls13.known().is_none() {
        open.push("groups".to_owned());
    }
    open
}

/// Why the first of them had none.
fn why(tls: &Tls) -> Option<String> {
    let versions = tls.versions.values().find_map(|facts| facts.offered.why_unknown());
    let others = [
        versions,
        tls.compression.why_unknown(),
        tls.secure_renegotiation.why_unknown(),
        tls.extended_master_secret.why_unknown(),
    ];
    let cut = tls.versions.values().any(|facts| facts.offered.is_yes() && !facts.complete);
    let cut = cut.then_some("the look was cut short");
    others.into_iter().flatten().next().or(cut).map(str::to_owned)
}

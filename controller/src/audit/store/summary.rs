//! What is kept of a body for longer than its facts: enough for trends, metrics and conditions.

use std::collections::BTreeMap;

use campanile_audit::grades::{Grade, Scheme};
use campanile_audit::report::{Body, Class, Standing, standing};
use campanile_audit::rules::{Area, Finding, Verdict, Weight, rule};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The class of a body of which too much is unknown to say which.
pub const UNCERTAIN: &str = "incerto";

/// What is kept of a body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Its title for people.
    pub title: String,
    /// CERT-AgID's class, or [`UNCERTAIN`].
    pub class: String,
    /// Its grades.
    pub grades: Vec<Graded>,
    /// When the certificate that each host shows ends.
    pub ends: BTreeMap<String, Timestamp>,
    /// Findings by rule.
    pub found: BTreeMap<String, Found>,
    /// Whether every host shows a certificate that browsers take; none where nothing could be told.
    pub trusted: Option<bool>,
    /// Which does not, and what is wrong with it.
    pub untrusted: Vec<String>,
    /// Whether its zone was looked at.
    pub has_domain: bool,
    /// Whether its mail was looked at.
    pub has_mail: bool,
}

/// A grade without its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graded {
    /// By which scheme.
    pub scheme: Scheme,
    /// What it is about.
    pub object: String,
    /// The worst that it can be.
    pub worst: String,
    /// The best that it can be.
    pub best: String,
}

/// What one rule found at a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What it is about.
    pub area: Area,
    /// What the weightiest finding weighs.
    pub weight: Weight,
    /// How often something is wrong.
    pub fails: u32,
    /// How often it could not be told.
    pub unknown: u32,
}

impl Summary {
    /// Sums a body up.
    pub fn of(body: &Body) -> Self {
        let Body { facts, findings, grades } = body;
        let chains = || {
            facts.sites.iter().flat_map(|site| {
                let endpoints = site.endpoints.known().into_iter().flatten();
                let served = endpoints.filter_map(|it| it.tls.as_ref()).flat_map(|tls| &tls.chains);
                served.map(|served| (site.host.as_str(), &served.chain))
            })
        };
        let mut untrusted: Vec<String> = chains()
            .filter(|(_, chain)| !chain.trust.trusted)
            .map(|(host, chain)| match chain.trust.diagnoses.first() {
                Some(first) => format!("{host} ({})", word(first)),
                None => host.to_owned(),
            })
            .collect();
        untrusted.sort();
        untrusted.dedup();
        let ends = chains()
            .filter_map(|(host, chain)| Some((host.to_owned(), chain.certificates.first()?.not_after)));
        let mut soonest: BTreeMap<String, Timestamp> = BTreeMap::new();
        for (host, end) in ends {
            let known = soonest.entry(host).or_insert(end);
            *known = end.min(*known);
        }
        Self {
            title: facts.title.clone(),
            class: class(body),
            grades: grades.iter().map(graded).collect(),
            ends: soonest,
            found: found(findings),
            trusted: chains().next().is_some().then_some(untrusted.is_empty()),
            untrusted,
            has_domain: facts.domain.is_some(),
            has_mail: facts.mail.is_some(),
        }
    }

    /// How many findings say that something is wrong, by what they weigh.
    pub fn fails(&self, weight: Weight) -> u32 {
        self.found.values().filter(|found| found.weight == weight).map(|found| found.fails).sum()
    }
}

/// The name of a diagnosis, as JSON has it.
fn word(diagnosis: &campanile_audit::facts::Diagnosis) -> String {
    let value = serde_json::to_value(diagnosis).unwrap_or_default();
    value["is"].as_str().unwrap_or("untrusted").to_owned()
}

fn graded(grade: &Grade) -> Graded {
    let Grade { scheme, version: _, object, worst, best, points: _, reasons: _ } = grade;
    Graded { scheme: *scheme, object: object.clone(), worst: worst.clone(), best: best.clone() }
}

/// The class of the whole body.
fn class(body: &Body) -> String {
    standing(body).and_then(Standing::certain).map_or(UNCERTAIN, Class::name).to_owned()
}

fn found(findings: &[Finding]) -> BTreeMap<String, Found> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for finding in findings {
        let Some(area) = rule(&finding.rule).map(|rule| rule.area) else { continue };
        let none = Found { area, weight: finding.weight, fails: 0, unknown: 0 };
        let sum = found.entry(finding.rule.clone()).or_insert(none);
        sum.weight = sum.weight.max(finding.weight);
        match finding.verdict {
            Verdict::Fails => sum.fails += 1,
            Verdict::Unknown => sum.unknown += 1,
        }
    }
    found
}

//! The criteria of the Modello Comuni that a machine can check, one grade each; for comuni alone.

use super::assume::{Assume, Result, between, cap};
use super::{Grade, Scheme};
use crate::facts::{Facts, Site};
use crate::rules::comuni::criteria::{Outcome, accessibility, cookies, domain, https, privacy, theme};
use crate::rules::comuni::is_comune;

/// One criterion: its name, and what it says of a site.
type Criterion = (&'static str, fn(&Site) -> Outcome);

/// The criteria that are asked.
const CRITERIA: &[Criterion] = &[
    ("C.SI.1.4", theme),
    ("C.SI.3.1", cookies),
    ("C.SI.3.2", accessibility),
    ("C.SI.3.3", privacy),
    ("C.SI.5.1", https),
    ("C.SI.5.2", domain),
];

/// One grade for each criterion and host: `passed` or `failed`.
pub fn grades(facts: &Facts) -> Vec<Grade> {
    if !is_comune(facts) {
        return Vec::new();
    }
    let asked = facts.sites.iter().flat_map(|site| {
        CRITERIA.iter().map(move |(name, ask)| (format!("{name} {}", site.host), ask(site)))
    });
    asked.filter_map(|(object, outcome)| grade(&object, outcome)).collect()
}

fn grade(object: &str, outcome: Outcome) -> Option<Grade> {
    let (worst, best, why) = match outcome {
        Outcome::NotAsked => return None,
        Outcome::Passed => ("passed", "passed", None),
        Outcome::Failed(why) => ("failed", "failed", Some(why)),
        Outcome::Unknown(why) => ("failed", "passed", Some(why)),
    };
    Some(between(Scheme::ModelloComuni, "2022", object, |assume: Assume| {
        let grade = if assume.is_best() { best } else { worst }.to_owned();
        let why = why.as_ref().filter(|_| grade == "failed");
        let reasons = why.map(|why| cap("failed", &*why.it, &*why.en)).into_iter().collect();
        Result { grade, points: None, reasons }
    }))
}

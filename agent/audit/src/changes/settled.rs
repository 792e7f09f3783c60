//! What is known of the past: the last report, and where it could not tell, what was known before it.

use std::collections::BTreeMap;

use super::told::{answers, area, key, keys, speaks, told};
use crate::facts::Facts;
use crate::report::{Body, Report, Standing, standing};
use crate::rules::{Finding, RULES, Rule, Verdict};

/// The last report with its gaps filled from what was known before: what the next report is compared with, so that a night in
/// which a host was silent hides neither what broke meanwhile nor what was mended.
pub fn settled(known: &Report, last: Report) -> Report {
    settled_by(RULES, known, last)
}

/// The same with rules of a test.
pub(crate) fn settled_by(rules: &[Rule], known: &Report, last: Report) -> Report {
    let before: BTreeMap<&str, &Body> =
        known.bodies.iter().map(|body| (body.facts.subject.as_str(), body)).collect();
    let bodies = last.bodies.into_iter().map(|body| match before.get(body.facts.subject.as_str()) {
        Some(was) => settle(rules, was, body),
        None => body,
    });
    Report { bodies: bodies.collect(), ..last }
}

fn settle(rules: &[Rule], was: &Body, is: Body) -> Body {
    let certain = standing(&is).and_then(Standing::certain).is_some();
    let grades = if certain || standing(was).is_none() { is.grades.clone() } else { was.grades.clone() };
    Body { findings: findings(rules, was, &is), facts: facts(&was.facts, is.facts), grades }
}

/// What is certain now, and of the rest what was certain before.
fn findings(rules: &[Rule], was: &Body, is: &Body) -> Vec<Finding> {
    let (failed, unsure_before) = (keys(was, Verdict::Fails), keys(was, Verdict::Unknown));
    let (fails, unsure) = (keys(is, Verdict::Fails), keys(is, Verdict::Unknown));
    let still = |finding: &&Finding| {
        let key = key(finding);
        let never_known = unsure_before.contains(&key) || !told(was, finding, area(rules, finding));
        finding.verdict == Verdict::Fails || (never_known && !failed.contains(&key))
    };
    let carried = |finding: &&Finding| {
        let key = key(finding);
        let silent = unsure.contains(&key) || !told(is, finding, area(rules, finding));
        finding.verdict == Verdict::Fails && !fails.contains(&key) && silent
    };
    is.findings.iter().filter(still).chain(was.findings.iter().filter(carried)).cloned().collect()
}

fn facts(was: &Facts, is: Facts) -> Facts {
    let mut facts = is;
    for site in &mut facts.sites {
        let Some(last) = was.sites.iter().find(|last| last.host == site.host) else { continue };
        if !answers(site) {
            site.web = last.web.clone();
        }
        if !speaks(site) {
            site.endpoints = last.endpoints.clone();
        }
    }
    let zone = facts.domain.as_ref().and_then(|domain| domain.zone.known());
    if zone.is_none() {
        facts.domain.clone_from(&was.domain);
    }
    let exchangers = facts.mail.as_ref().and_then(|mail| mail.exchangers.known());
    if exchangers.is_none() {
        facts.mail.clone_from(&was.mail);
    }
    facts
}

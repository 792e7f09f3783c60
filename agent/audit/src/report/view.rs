//! A report as people look at it: hosts with what counts of each, findings of one rule together.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Body, Class, Report, Standing};
use crate::facts::{Certificate, Site};
use crate::grades::{Grade, Scheme};
use crate::registry::Version;
use crate::rules::{Finding, Verdict, Weight};

/// A body's title, or its subject where it has none.
pub(super) fn title(body: &Body) -> &str {
    if body.facts.title.is_empty() { &body.facts.subject } else { &body.facts.title }
}

/// The host in an object: objects are `HOST`, `HOST ADDRESS`, a domain.
pub(crate) fn host_of(object: &str) -> &str {
    object.split(' ').next().unwrap_or(object)
}

/// The grade of a scheme that is about a host.
pub(super) fn grade<'a>(body: &'a Body, scheme: Scheme, host: &str) -> Option<&'a Grade> {
    body.grades.iter().find(|grade| grade.scheme == scheme && host_of(&grade.object) == host)
}

/// Of the certificates that a site itself was served with, the one that ends first.
pub(crate) fn certificate(site: &Site) -> Option<&Certificate> {
    let endpoints = site.endpoints.known()?;
    let chains = endpoints.iter().filter_map(|endpoint| endpoint.tls.as_ref()).flat_map(|tls| &tls.chains);
    let own = chains.filter_map(|served| served.chain.certificates.first());
    own.min_by(|one, other| (one.not_after, &one.sha256).cmp(&(other.not_after, &other.sha256)))
}

/// Versions of TLS that are surely spoken at some address, old to new.
pub(super) fn versions(site: &Site) -> Vec<&'static str> {
    let spoken = site.endpoints.known().into_iter().flatten().filter_map(|endpoint| endpoint.tls.as_ref());
    let offered = spoken.flat_map(|tls| &tls.versions).filter(|(_, facts)| facts.offered.is_yes());
    let versions: BTreeSet<Version> = offered.map(|(version, _)| *version).collect();
    versions.into_iter().map(Version::name).collect()
}

/// The certificate of a body that ends first.
pub(super) fn first_to_end(body: &Body) -> Option<&Certificate> {
    body.facts.sites.iter().filter_map(certificate).min_by_key(|certificate| certificate.not_after)
}

/// Whole days until a moment; negative when it is past.
pub(crate) fn days_until(end: Timestamp, now: Timestamp) -> i64 {
    (end.as_second() - now.as_second()).div_euclid(86_400)
}

/// How many findings of a weight say that something is wrong.
pub(super) fn failures(body: &Body, weight: Weight) -> usize {
    let fails = |finding: &&Finding| finding.verdict == Verdict::Fails && finding.weight == weight;
    body.findings.iter().filter(fails).count()
}

/// Findings of one rule, verdict and weight, in the order in which the first of each stands.
pub(super) fn together(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let key = |finding: &Finding| (finding.rule.clone(), finding.verdict, finding.weight);
    for finding in findings {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| key(first) == key(finding))) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

/// Bodies, the worst class first, those of which it could not be told before the good ones; then the most and weightiest findings, then by title.
pub(super) fn worst_first(report: &Report) -> Vec<&Body> {
    let mut bodies: Vec<&Body> = report.bodies.iter().collect();
    bodies.sort_by_cached_key(|body| {
        let class = match super::standing(body).and_then(Standing::certain) {
            Some(Class::Without) => 0,
            Some(Class::Grave) => 1,
            Some(Class::Misconfigured) => 2,
            None => 3,
            Some(Class::Secure) => 4,
        };
        let weights = [Weight::Grave, Weight::Major, Weight::Minor].map(|weight| failures(body, weight));
        (class, std::cmp::Reverse(weights), title(body), &body.facts.subject)
    });
    bodies
}

/// All hosts that were looked at.
pub(super) fn hosts(report: &Report) -> usize {
    report.bodies.iter().map(|body| body.facts.sites.len()).sum()
}

/// Grades of all schemes, the best first; those that speak of no trust at all stand last.
const LADDER: [&str; 16] =
    ["A+", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D", "D-", "E", "F", "M", "T"];

/// How far down a grade stands: 0 is the best.
pub(super) fn rank(grade: &Grade) -> usize {
    LADDER.iter().position(|letter| *letter == grade.worst).unwrap_or(LADDER.len())
}

/// The worst grade of a scheme that a body has.
pub(super) fn worst_grade(body: &Body, scheme: Scheme) -> Option<&Grade> {
    let grades = body.grades.iter().filter(|grade| grade.scheme == scheme);
    grades.max_by_key(|grade| (rank(grade), std::cmp::Reverse(grade.points)))
}

//! What must hold of issuers, and of what members ask of them.

use std::collections::BTreeMap;

use super::rules::{Against, twice};
use crate::document::{ChallengeKind, Member, Platform, Report};

/// Most names in one certificate: Let's Encrypt takes 100.
const MOST_NAMES: usize = 100;

/// Looks at the issuers that a platform names.
pub(super) fn platform(platform: &Platform, report: &mut Report) {
    let mut names = BTreeMap::new();
    for issuer in &platform.spec.issuers {
        twice(&mut names, &issuer.name, "issuer", report);
        if issuer.name.value.is_internal() {
            let message = "internal is the platform's own authority";
            report.problem(issuer.name.place, message, "give this issuer another name");
        }
    }
}

/// Looks at what a member asks of its issuer.
pub(super) fn member(member: &Member, against: Against, report: &mut Report) {
    let Some(certificate) = &member.spec.certificate else { return };
    let issued_by = &certificate.issuer;
    let mut seen = BTreeMap::new();
    for name in &certificate.names {
        twice(&mut seen, name, "name", report);
    }
    if issued_by.value.is_internal() {
        return;
    }
    let Some(platform) = against.platform() else { return };
    let issuers = &platform.spec.issuers;
    let Some(issuer) = issuers.iter().find(|issuer| issuer.name.value == issued_by.value) else {
        let known: Vec<String> = issuers.iter().map(|issuer| issuer.name.to_string()).collect();
        let known = ["internal".to_owned()].into_iter().chain(known).collect::<Vec<_>>().join(", ");
        let message = format!("{} has no issuer {issued_by}", against.called());
        report.problem(issued_by.place, message, format!("known are {known}"));
        return;
    };
    if certificate.wildcard && issuer.challenge() == ChallengeKind::Http01 {
        let message = format!("{issued_by} issues by http-01, and no page can show whose a wildcard is");
        let remedy = "remove wildcard, or give the issuer challenge: dns-01 in the platform's document";
        report.problem(issued_by.place, message, remedy);
    }
    if issuer.challenge() == ChallengeKind::Dns01 && platform.spec.dns.is_none() {
        let message = format!("{issued_by} issues by dns-01, and {} names no name server", against.called());
        let remedy = "add dns to the platform's document, or let the issuer's challenge be http-01";
        report.problem(issued_by.place, message, remedy);
    }
    let count = member.spec.names().count();
    if count > MOST_NAMES {
        let message = format!("the certificate would have {count} names, and {MOST_NAMES} are the most");
        report.problem(issued_by.place, message, "put some of them into a member of their own");
    }
}

//! Whether a member's certificate is there, and what its hosts answer from outside.

use super::{Condition, Facts, Status, condition};
use crate::certificate;
use crate::docker::Answer;
use crate::document::values::MemberName;
use crate::fleet::DesiredMember;

pub(super) fn certified(facts: &Facts, name: &MemberName, member: &DesiredMember) -> Option<Condition> {
    let hosts = certificate::hosts(&member.spec);
    if hosts.is_empty() {
        return None;
    }
    let there = facts.observed.certificates.get(name);
    let authority = facts.observed.authority.as_deref().unwrap_or_default();
    let kind = "CertificateReady";
    let reason = certificate::reason(there, &hosts, authority, facts.now);
    Some(match (there, reason) {
        (Some(there), None) => {
            let message = format!("until {}", there.not_after.strftime("%Y-%m-%d"));
            condition(kind, Status::True, "Valid", message)
        }
        (_, reason) => condition(kind, Status::False, "NotReady", reason.unwrap_or_default()),
    })
}

pub(super) fn from_outside(facts: &Facts, member: &DesiredMember) -> Option<Condition> {
    let kind = "SiteServed";
    let mut asked = 0;
    let mut bad = Vec::new();
    for host in member.spec.hosts() {
        match facts.answers.get(&host.value) {
            Some(answer) if answer.is_good() => asked += 1,
            Some(Answer::Status(status)) => bad.push(format!("https://{host} answers {status}")),
            Some(Answer::Nothing(why)) => bad.push(format!("https://{host} does not answer: {why}")),
            None => {}
        }
    }
    if let Some(first) = bad.first() {
        let more = if bad.len() > 1 { format!(" (and {} more)", bad.len() - 1) } else { String::new() };
        return Some(condition(kind, Status::False, "NoAnswer", format!("{first}{more}")));
    }
    member.spec.hosts().next()?;
    Some(if asked > 0 {
        let message = if asked == 1 { "1 host answers".to_owned() } else { format!("{asked} hosts answer") };
        condition(kind, Status::True, "Served", message)
    } else {
        condition(kind, Status::Unknown, "NotAsked", "nobody asked from outside")
    })
}

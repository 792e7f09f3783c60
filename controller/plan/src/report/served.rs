//! Whether a member's certificate is there and shown, and what its hosts answer from outside.

use super::index::Index;
use super::{Condition, Facts, Status, condition};
use crate::certificate;
use crate::docker::Answer;
use crate::document::values::{DomainName, MemberName};
use crate::fleet::DesiredMember;
use crate::plan::{Lane, Until};

/// `CertificateReady`: the one in force is good for every host. While it is, an order that has trouble does not change that.
pub(super) fn certified(
    facts: &Facts,
    index: &Index,
    name: &MemberName,
    member: &DesiredMember,
) -> Option<Condition> {
    let kind = "CertificateReady";
    let wanted = certificate::wanted(facts.desired, facts.observed, member)?;
    let there = facts.observed.certificates.get(name);
    let reason = certificate::reason(there, &wanted, facts.now);
    let day =
        |there: &certificate::ObservedCertificate| format!("until {}", there.not_after.strftime("%Y-%m-%d"));
    Some(match (there, reason) {
        (Some(there), None) => condition(kind, Status::True, "Valid", day(there)),
        (there, reason) => {
            let reason =
                [reason, trouble(facts, index, name)].into_iter().flatten().collect::<Vec<_>>().join("; ");
            let good = there.filter(|there| {
                let issued = !member.spec.issuer().is_internal() && there.signer == wanted.signer;
                let covers = member.spec.names().all(|name| there.covers(&name.value));
                issued && covers && there.not_before <= facts.now && !is_ending(there, facts)
            });
            match good {
                Some(there) => condition(kind, Status::True, "Renewing", format!("{}; {reason}", day(there))),
                None => condition(kind, Status::False, "NotReady", reason),
            }
        }
    })
}

/// Whether the last sixth of a certificate's life is left: by then it should long have been renewed.
fn is_ending(there: &certificate::ObservedCertificate, facts: &Facts) -> bool {
    let life = there.not_after.duration_since(there.not_before);
    there.not_after.duration_since(facts.now) < life / 6
}

/// What keeps an order from its end.
fn trouble(facts: &Facts, index: &Index, name: &MemberName) -> Option<String> {
    let own = format!("certificate/{name}");
    let lane: &Lane = index.lanes(name).iter().find(|lane| lane.name == own)?;
    let failure = facts.failures.get(&own).cloned();
    failure.or_else(|| {
        let pending = lane.pending.first()?;
        Some(match &pending.until {
            Until::Mended { remedy } => format!("{}; {remedy}", pending.message),
            Until::Appointed { at } => format!("{}, not before {at:.0}", pending.message),
            Until::Later { .. } => pending.message.clone(),
        })
    })
}

/// `CertificateServed`: a handshake from outside shows the certificate in force.
pub(super) fn shown(facts: &Facts, name: &MemberName, member: &DesiredMember) -> Option<Condition> {
    let kind = "CertificateServed";
    member.spec.hosts().next()?;
    let Some(there) = facts.observed.certificates.get(name) else {
        return Some(condition(kind, Status::False, "NoCertificate", "there is none to show"));
    };
    let hosts = || member.spec.hosts().map(|host| &host.value);
    let other = hosts().find(|host| facts.shown.get(*host).is_some_and(|leaf| *leaf != there.leaf));
    let asked = hosts().filter(|host| facts.shown.contains_key(*host)).count();
    Some(match (other, asked) {
        (Some(host), _) => {
            condition(kind, Status::False, "Another", format!("https://{host} shows another certificate"))
        }
        (None, 0) => condition(kind, Status::Unknown, "NotSeen", "no handshake showed a certificate"),
        (None, 1) => condition(kind, Status::True, "Shown", "1 host shows it"),
        (None, asked) => condition(kind, Status::True, "Shown", format!("{asked} hosts show it")),
    })
}

/// `SiteServed`.
pub(super) fn from_outside(facts: &Facts, member: &DesiredMember) -> Option<Condition> {
    let kind = "SiteServed";
    let mut asked = 0;
    let mut bad = Vec::new();
    for host in member.spec.hosts() {
        match facts.answers.get(&host.value) {
            Some(answer) if answer.is_good() => asked += 1,
            Some(answer) => bad.push(said(&host.value, answer)),
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

fn said(host: &DomainName, answer: &Answer) -> String {
    match answer {
        Answer::Status(status) => format!("https://{host} answers {status}"),
        Answer::Nothing(why) => format!("https://{host} does not answer: {why}"),
    }
}

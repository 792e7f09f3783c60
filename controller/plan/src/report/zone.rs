//! What can be said of a member's zone: whether it is served, everywhere the same, signed, and reached by a chain that holds.

use jiff::{SignedDuration, Timestamp};

use super::{Condition, Facts, Status, condition};
use crate::domain::{Delegation, ObservedDns, ObservedZone, ZoneTrouble};
use crate::fleet::DesiredMember;

/// Signatures that end sooner than this should have been renewed.
const RENEWED: SignedDuration = SignedDuration::from_hours(3 * 24);

/// The conditions of a member's zone; none where the platform has no name server.
pub fn conditions(facts: &Facts, member: &DesiredMember) -> Vec<Condition> {
    let Some(dns) = &facts.observed.dns else { return Vec::new() };
    let zone = &member.spec.domain.name.value;
    let there = match (&dns.away, dns.zones.get(zone)) {
        (Some(why), _) => {
            let message = format!("the name server cannot be asked: {why}");
            return vec![condition("ZoneServed", Status::Unknown, "Unreachable", message)];
        }
        (None, None) => {
            return vec![condition("ZoneServed", Status::Unknown, "NotLookedAt", "it was not looked at yet")];
        }
        (None, Some(Err(ZoneTrouble::Missing(why)))) => {
            let message = format!("the name server does not have {zone}: {why}");
            return vec![condition("ZoneServed", Status::False, "Missing", message)];
        }
        (None, Some(Err(ZoneTrouble::Unreadable(why)))) => {
            let message = format!("{zone} cannot be read: {why}");
            return vec![condition("ZoneServed", Status::Unknown, "Unreadable", message)];
        }
        (None, Some(Ok(there))) => there,
    };
    let mut conditions = served(dns, there, member);
    conditions.extend(signed(there, member, facts.now));
    conditions.extend(delegated(dns, there, member));
    conditions
}

/// Whether every name server has the zone, and the same of it as the one that is changed.
fn served(dns: &ObservedDns, there: &ObservedZone, member: &DesiredMember) -> Vec<Condition> {
    let zone = &member.spec.domain.name.value;
    let answers = dns.served.get(zone).into_iter().flatten();
    let (mut silent, mut others, mut count) = (Vec::new(), Vec::new(), 0);
    for (server, answer) in answers {
        count += 1;
        match answer {
            Err(why) => silent.push(format!("{server}: {why}")),
            Ok(serial) if *serial != there.serial => others.push(format!("{server} has {serial}")),
            Ok(_) => {}
        }
    }
    let served = if silent.is_empty() {
        condition("ZoneServed", Status::True, "Served", format!("by {count} name servers"))
    } else {
        condition("ZoneServed", Status::False, "NotServed", silent.join("; "))
    };
    let consistent = if others.is_empty() {
        condition("ZoneConsistent", Status::True, "SameSerial", format!("serial {}", there.serial))
    } else {
        let message = format!("serial {} is not everywhere: {}", there.serial, others.join("; "));
        condition("ZoneConsistent", Status::False, "SecondaryLags", message)
    };
    vec![served, consistent]
}

/// Whether the zone is signed, and for long enough.
fn signed(there: &ObservedZone, member: &DesiredMember, now: Timestamp) -> Option<Condition> {
    let kind = "ZoneSigned";
    match (there.signed_until, member.spec.domain.dnssec) {
        (None, Some(true)) => {
            let message = "the document asks for DNSSEC, and the name server has not signed the zone";
            Some(condition(kind, Status::False, "NotSigned", message))
        }
        (None, _) => None,
        (Some(until), _) if until.duration_since(now) < RENEWED => {
            let message =
                format!("its first signature ends at {until}, and the name server has not renewed it");
            Some(condition(kind, Status::False, "SignaturesEnd", message))
        }
        (Some(until), _) => {
            let ds =
                if there.ds.is_empty() { String::new() } else { format!("; DS {}", there.ds.join(", ")) };
            let day = until.strftime("%Y-%m-%d");
            Some(condition(kind, Status::True, "Signed", format!("until {day} at least{ds}")))
        }
    }
}

/// Whether the chain of signatures from the root to the zone holds, as a validating resolver sees it.
fn delegated(dns: &ObservedDns, there: &ObservedZone, member: &DesiredMember) -> Option<Condition> {
    let found = dns.delegations.get(&member.spec.domain.name.value)?;
    let kind = "DelegationSecure";
    Some(match found {
        Delegation::Secure => condition(kind, Status::True, "Secure", "the chain of signatures holds"),
        Delegation::Insecure if there.signed_until.is_some() => {
            let message = format!("the parent has no DS; give the registrar: {}", there.ds.join(", "));
            condition(kind, Status::False, "NoDs", message)
        }
        Delegation::Insecure if member.spec.domain.dnssec == Some(true) => {
            condition(kind, Status::False, "NotSigned", "the zone is not signed")
        }
        Delegation::Insecure => condition(kind, Status::True, "Unsigned", "no signatures are asked for"),
        Delegation::Bogus(why) => {
            let message = format!(
                "{why}: signatures and the parent's DS do not agree; the zone's are {}",
                there.ds.join(", ")
            );
            condition(kind, Status::False, "Bogus", message)
        }
        Delegation::Unknown(why) => condition(kind, Status::Unknown, "NoAnswer", why.clone()),
    })
}

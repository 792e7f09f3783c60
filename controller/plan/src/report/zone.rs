//! What can be said of a member's zone: whether it is served, everywhere the same, signed, and reached by a chain that holds.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Condition, Facts, Status, condition};
use crate::document::values::DomainName;
use crate::domain::{
    Delegation, DelegationSigner, Kind, ObservedDns, ObservedZone, Owner, Referral, ZoneTrouble,
};
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
    conditions.extend(named(dns, there, facts, zone));
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

/// Whether the parent names the platform's name servers, and beside them none but those that the zone itself names.
fn named(dns: &ObservedDns, there: &ObservedZone, facts: &Facts, zone: &DomainName) -> Option<Condition> {
    let kind = "ZoneDelegated";
    let servers = match dns.referrals.get(zone)? {
        Referral::To(servers) => servers,
        Referral::Held => {
            let message = "the parent's name servers hold the zone too";
            return Some(condition(kind, Status::True, "HeldByParent", message));
        }
        Referral::Unknown(why) => return Some(condition(kind, Status::Unknown, "NoAnswer", why.clone())),
    };
    let platform = facts.desired.platform.spec.dns.iter().flat_map(|dns| &dns.name_servers.value);
    let ours = platform.map(|server| Owner::from(&server.name.value));
    let own = there.records.get(&(Owner::from(zone), Kind::NS)).into_iter().flat_map(|set| &set.data);
    let own = own.filter_map(|data| data.target(Kind::NS)).filter(|server| servers.contains(server));
    let due: BTreeSet<Owner> = ours.chain(own).collect();
    let list =
        |servers: &BTreeSet<Owner>| servers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Some(if servers.is_empty() {
        let message = format!("the parent does not delegate the zone; give the registrar: {}", list(&due));
        condition(kind, Status::False, "NotDelegated", message)
    } else if *servers == due {
        condition(kind, Status::True, "Delegated", format!("the parent names {}", list(servers)))
    } else {
        let message = format!(
            "the parent names {}; give the registrar, and nothing else: {}",
            list(servers),
            list(&due)
        );
        condition(kind, Status::False, "OtherServers", message)
    })
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
            let ds = if there.signers.is_empty() {
                String::new()
            } else {
                format!("; DS {}", listed(&there.signers))
            };
            let day = until.strftime("%Y-%m-%d");
            Some(condition(kind, Status::True, "Signed", format!("until {day} at least{ds}")))
        }
    }
}

/// Records in the form that registrars take, one after the other.
fn listed<'s>(signers: impl IntoIterator<Item = &'s DelegationSigner>) -> String {
    signers.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// What the parent should have of DS records and what it has, where they are about other keys: a key was rolled over.
fn rolled_over(there: &ObservedZone, parent: &BTreeSet<DelegationSigner>) -> Option<String> {
    let lacks = |set: &BTreeSet<DelegationSigner>, signer: &DelegationSigner| {
        !set.iter().any(|other| other.is_of_key_of(signer))
    };
    let new: Vec<&DelegationSigner> = there.signers.iter().filter(|signer| lacks(parent, signer)).collect();
    let old: Vec<&DelegationSigner> = parent.iter().filter(|signer| lacks(&there.signers, signer)).collect();
    if there.signers.is_empty() || new.is_empty() && old.is_empty() {
        return None;
    }
    let goes = format!("to go from the parent: {}", listed(old.iter().copied()));
    if new.is_empty() {
        return Some(format!("the zone has given up a key that the parent still vouches for; {goes}"));
    }
    let goes = if old.is_empty() { String::new() } else { format!("; {goes}") };
    Some(format!(
        "the zone's key is rolled over; give the registrar: {}{goes}; when the parent has it, tell the name server (Knot: \
         knotc zone-ksk-submitted)",
        listed(new)
    ))
}

/// Whether the chain of signatures from the root to the zone holds, as a validating resolver sees it.
fn delegated(dns: &ObservedDns, there: &ObservedZone, member: &DesiredMember) -> Option<Condition> {
    let zone = &member.spec.domain.name.value;
    let found = dns.delegations.get(zone)?;
    let parent = dns.signers.get(zone);
    let kind = "DelegationSecure";
    Some(match found {
        Delegation::Secure => match parent.and_then(|parent| rolled_over(there, parent)) {
            Some(message) => condition(kind, Status::False, "DsDiffers", message),
            None => condition(kind, Status::True, "Secure", "the chain of signatures holds"),
        },
        Delegation::Insecure if there.signed_until.is_some() => {
            let message = format!("the parent has no DS; give the registrar: {}", listed(&there.signers));
            condition(kind, Status::False, "NoDs", message)
        }
        Delegation::Insecure if member.spec.domain.dnssec == Some(true) => {
            condition(kind, Status::False, "NotSigned", "the zone is not signed")
        }
        Delegation::Insecure => condition(kind, Status::True, "Unsigned", "no signatures are asked for"),
        Delegation::Bogus(why) => {
            let has = parent.map_or(String::new(), |parent| format!("; the parent has {}", listed(parent)));
            let message = format!(
                "{why}: signatures and the parent's DS do not agree{has}; the zone's are {}",
                listed(&there.signers)
            );
            condition(kind, Status::False, "Bogus", message)
        }
        Delegation::Unknown(why) => condition(kind, Status::Unknown, "NoAnswer", why.clone()),
    })
}

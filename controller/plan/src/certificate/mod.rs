//! Certificates of the platform's own authority: one per member, with all its hosts.

pub mod budget;
pub mod calendar;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::document::MemberSpec;
use crate::document::values::{DomainName, MemberName};
use crate::fleet::Desired;
use crate::observed::{Observed, ObservedCertificate};
use crate::plan::{Action, Lane, STARTING};

/// Plans the authority and every certificate, a lane each.
pub fn lanes(desired: &Desired, observed: &Observed, only: Option<&MemberName>, now: Timestamp) -> Vec<Lane> {
    let mut lanes = Vec::new();
    let members = desired.members.iter().filter(|(name, member)| {
        member.may_change() && only.is_none_or(|only| only == *name) && member.spec.hosts().next().is_some()
    });
    let Some(authority) = &observed.authority else {
        if members.count() > 0 {
            let mut lane = Lane::new("certificate/authority".to_owned(), None, None);
            lane.step("authority", "the platform has no certificate authority yet", Action::CreateAuthority);
            lane.wait("certificates", "until the authority can issue them", STARTING);
            lanes.push(lane);
        }
        return lanes;
    };
    for (name, member) in members {
        let hosts = hosts(&member.spec);
        if let Some(because) = reason(observed.certificates.get(name), &hosts, authority, now) {
            let mut lane = Lane::new(format!("certificate/{name}"), Some(name), None);
            lane.step(format!("certificate {name}"), because, Action::IssueCertificate { hosts });
            lanes.push(lane);
        }
    }
    lanes
}

/// All hosts of a member.
pub fn hosts(spec: &MemberSpec) -> BTreeSet<DomainName> {
    spec.hosts().map(|host| host.value.clone()).collect()
}

/// Why a certificate has to be issued; none if the one that is there will do.
pub fn reason(
    there: Option<&ObservedCertificate>,
    hosts: &BTreeSet<DomainName>,
    authority: &str,
    now: Timestamp,
) -> Option<String> {
    let Some(there) = there else {
        return Some("its hosts have no certificate".to_owned());
    };
    if there.authority != authority {
        return Some("another authority issued the one that is there".to_owned());
    }
    if there.hosts != *hosts {
        let new: Vec<&str> = hosts.difference(&there.hosts).map(DomainName::as_str).collect();
        let old: Vec<&str> = there.hosts.difference(hosts).map(DomainName::as_str).collect();
        let list = |sign: &str, names: Vec<&str>| {
            names.into_iter().flat_map(|name| [" ", sign, name]).collect::<String>()
        };
        return Some(format!("its hosts changed:{}{}", list("+", new), list("-", old)));
    }
    if there.not_before > now {
        let day = there.not_before.strftime("%Y-%m-%d");
        return Some(format!("it is valid from {day} on only: the clock went back since it was issued"));
    }
    let life = there.not_after.as_second() - there.not_before.as_second();
    let left = there.not_after.as_second() - now.as_second();
    (left <= life / 3)
        .then(|| format!("it ends on {}, a third of its life is left", there.not_after.strftime("%Y-%m-%d")))
}

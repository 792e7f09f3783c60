//! Where the record goes by which an issuer sees whose a name is (RFC 8555, 8.4), and whether we may set it there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::observed::{ObservedDns, ObservedZone, ZoneTrouble};
use super::record::{Data, Kind, Owner};
use super::rights::{Rights, rights};
use crate::document::Policy;
use crate::document::values::DomainName;
use crate::fleet::{Desired, DesiredMember};
use crate::observed::Observed;

/// The label below which issuers look.
pub const LABEL: &str = "_acme-challenge";
/// Most names that lead one to the next.
const MOST_STEPS: usize = 8;

/// A TXT record that shows an issuer whose a name is; it is noted in the state folder before it is set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Proof {
    /// The zone that it is set in.
    pub zone: DomainName,
    /// Where in it.
    pub owner: Owner,
    /// What it says.
    pub value: String,
}

/// Records that are noted, each with what every name server that was asked for it said; none of them where nobody was.
pub type Proofs = BTreeMap<Proof, BTreeMap<DomainName, Result<(), String>>>;

/// Where a record may be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot<'a> {
    /// The zone.
    pub zone: &'a DomainName,
    /// Where in it.
    pub owner: Owner,
    there: &'a ObservedZone,
}

/// Why a record may not be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoSpot {
    /// Not yet.
    Later(String),
    /// Not before a person does something.
    Never {
        /// Why.
        message: String,
        /// What to do.
        remedy: String,
    },
}

/// Where an issuer looks for the record of a name.
pub fn proof_owner(name: &DomainName) -> Owner {
    Owner::under(LABEL, name)
}

impl Spot<'_> {
    /// Whether a record with this value is there.
    pub fn has(&self, value: &str) -> bool {
        let set = self.there.records.get(&(self.owner.clone(), Kind::TXT));
        set.is_some_and(|set| set.data.contains(&Data::text(value)))
    }
}

/// The zone of ours that a name is in, if any: the lowest one that was asked for.
pub fn kept<'a>(
    dns: &'a ObservedDns,
    owner: &Owner,
) -> Option<(&'a DomainName, &'a Result<Arc<ObservedZone>, ZoneTrouble>)> {
    let mut names = std::iter::successors(Some(owner.as_str()), |name| Some(name.split_once('.')?.1));
    names.find_map(|name| dns.zones.get_key_value(name))
}

/// Finds where the record of a name goes: there, or where a CNAME there leads.
///
/// # Errors
/// Why it cannot be set.
pub fn spot<'a>(desired: &Desired, observed: &'a Observed, name: &DomainName) -> Result<Spot<'a>, NoSpot> {
    let Some(dns) = &observed.dns else {
        return Err(never("the platform names no name server", "add dns to the platform's document"));
    };
    if let Some(why) = &dns.away {
        return Err(NoSpot::Later(format!("until the name server can be asked: {why}")));
    }
    let start = proof_owner(name);
    let mut owner = start.clone();
    let mut seen = BTreeSet::new();
    while seen.len() < MOST_STEPS && seen.insert(owner.clone()) {
        let next = match kept(dns, &owner) {
            Some((zone, Ok(there))) => match leads(there, &owner) {
                Some(next) => next,
                None => return permitted(desired, (zone, there), owner),
            },
            Some((zone, Err(trouble))) if !is_elsewhere(desired, dns, (zone, trouble)) => {
                let (ZoneTrouble::Missing(why) | ZoneTrouble::Unreadable(why)) = trouble;
                return Err(NoSpot::Later(format!("until {zone} can be read: {why}")));
            }
            _ => outside(dns, &start, &owner)?,
        };
        owner = next;
    }
    let message = format!("{start} leads from one name to the next, and not to an end");
    Err(never(message, "let its CNAME lead to a name in a zone that is kept here"))
}

/// Whether a zone is another server's: nobody makes it here.
fn is_elsewhere(desired: &Desired, dns: &ObservedDns, (zone, trouble): (&DomainName, &ZoneTrouble)) -> bool {
    let observes =
        || member_of(desired, zone).is_some_and(|member| member.spec.domain.policy == Some(Policy::Observe));
    matches!(trouble, ZoneTrouble::Missing(_)) && (dns.catalog.is_none() || observes())
}

fn member_of<'d>(desired: &'d Desired, zone: &DomainName) -> Option<&'d DesiredMember> {
    desired.members.values().find(|member| member.spec.domain.name.value == *zone)
}

fn leads(there: &ObservedZone, owner: &Owner) -> Option<Owner> {
    let set = there.records.get(&(owner.clone(), Kind::CNAME))?;
    set.data.first()?.target(Kind::CNAME)
}

/// Where a name in no zone of ours leads, as far as anybody says.
fn outside(dns: &ObservedDns, start: &Owner, owner: &Owner) -> Result<Owner, NoSpot> {
    let remedy = "let a CNAME there lead to a name in a zone that is kept here, or take an issuer with challenge: http-01";
    let led = if start == owner { String::new() } else { format!("{start} leads to {owner}, and ") };
    match dns.leads.get(owner) {
        Some(Ok(next)) if next != owner => Ok(next.clone()),
        Some(Ok(_)) | None => Err(never(format!("{led}{owner} is in no zone that is kept here"), remedy)),
        Some(Err(why)) => {
            let message = format!(
                "{led}{owner} is in no zone that is kept here, and where it leads is not known: {why}"
            );
            Err(never(message, remedy))
        }
    }
}

/// Whether we may set a record in a zone.
fn permitted<'a>(
    desired: &Desired,
    (zone, there): (&'a DomainName, &'a ObservedZone),
    owner: Owner,
) -> Result<Spot<'a>, NoSpot> {
    if let Some(cut) = cut(zone, there, &owner) {
        let message = format!("{owner} is below {cut}, which {zone} gives to other name servers");
        return Err(never(message, "let a CNAME there lead to a name in a zone that is kept here"));
    }
    let Some(member) = member_of(desired, zone) else {
        return Err(NoSpot::Later(format!("until {zone} is somebody's")));
    };
    let why = match rights(desired, member, there) {
        _ if !member.may_change() => "its member is suspended".to_owned(),
        Rights::Own | Rights::Share(_) if there.is_fresh() => {
            return Err(NoSpot::Later(format!("until {zone} has its first records")));
        }
        Rights::Own | Rights::Share(_) => return Ok(Spot { zone, owner, there }),
        Rights::Observe => "its policy is observe".to_owned(),
        Rights::Nobody => "the zone was there before, and is only looked at".to_owned(),
        Rights::Others(other) => format!("the zone is the platform {other}'s"),
    };
    let message = format!("the record {owner} cannot be set by us: {why}");
    let remedy = format!(
        "let the policy of {zone} be share or own, lead {owner} by a CNAME into a zone that is, or take an issuer with \
         challenge: http-01"
    );
    Err(never(message, remedy))
}

/// The delegation below the top of a zone that a name is under.
fn cut(zone: &DomainName, there: &ObservedZone, owner: &Owner) -> Option<Owner> {
    let names = std::iter::successors(Some(owner.clone()), Owner::above);
    let mut below = names.take_while(|name| name.as_str() != zone.as_str());
    below.find(|name| there.records.contains_key(&(name.clone(), Kind::NS)))
}

fn never(message: impl Into<String>, remedy: impl Into<String>) -> NoSpot {
    NoSpot::Never { message: message.into(), remedy: remedy.into() }
}

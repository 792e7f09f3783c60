//! The lane of a member's zone: made, then changed by one message, as far as its policy lets us.

use std::collections::{BTreeMap, BTreeSet};

use super::difference::{self, Difference, Seen, hold};
use super::mark::Mark;
use super::observed::{ObservedDns, ObservedZone, ZoneTrouble};
use super::record::{Kind, Owner};
use super::rights::{Rights, rights};
use super::start;
use super::wanted::{Wanted, own_mark, ttl, wanted};
use crate::document::values::{DomainName, MemberName};
use crate::document::{Dns, Policy};
use crate::fleet::{Desired, DesiredMember};
use crate::observed::Observed;
use crate::plan::{Action, Held, Lane, Request, STARTING};

/// How the lanes of zones are called: `domain/barzago`.
const PREFIX: &str = "domain/";
/// Patience with name servers that fetch a zone from another one, in seconds.
const SPREADING: u32 = 15;
/// So many records are named where many would change.
const NAMED: usize = 10;

/// Whether a lane is about a zone.
pub fn is_lane(lane: &Lane) -> bool {
    lane.name.starts_with(PREFIX)
}

/// Plans every zone, a lane each, and says what is held.
pub fn lanes(desired: &Desired, observed: &Observed, request: &Request) -> (Vec<Lane>, Vec<Held>) {
    let (mut lanes, mut held) = (Vec::new(), Vec::new());
    let (Some(dns), Some(seen)) = (&desired.platform.spec.dns, &observed.dns) else { return (lanes, held) };
    if let Some(why) = &seen.away {
        lanes.push(unreachable(desired, dns, why));
        return (lanes, held);
    }
    let proofs = observed.proofs.values().flat_map(BTreeMap::keys);
    let busy: BTreeSet<Owner> = proofs.map(|proof| proof.owner.clone()).collect();
    let members = desired.members.iter().filter(|(name, member)| {
        member.may_change() && request.only.as_ref().is_none_or(|only| only == *name)
    });
    for (name, member) in members {
        let scene = Scene { desired, dns, seen, busy: &busy, name, member };
        let mut lane = Lane::new(format!("{PREFIX}{name}"), Some(name), None);
        held.extend(scene.plan(&mut lane, request.released.contains(name)));
        lanes.push(lane);
    }
    (lanes, held)
}

fn unreachable(desired: &Desired, dns: &Dns, why: &str) -> Lane {
    let mut lane = Lane::new("domain/server".to_owned(), None, None);
    let count = desired.members.len();
    lane.block(
        format!("name server {}", dns.server),
        format!("it cannot be asked for the zones of {count} members: {why}"),
        "see that it runs, that spec.dns.server leads to it, and that it knows the key",
    );
    lane
}

/// A member's zone with all around it.
struct Scene<'a> {
    desired: &'a Desired,
    dns: &'a Dns,
    seen: &'a ObservedDns,
    /// Where orders that are under way show whose the names are.
    busy: &'a BTreeSet<Owner>,
    name: &'a MemberName,
    member: &'a DesiredMember,
}

impl Scene<'_> {
    fn zone(&self) -> &DomainName {
        &self.member.spec.domain.name.value
    }

    fn object(&self) -> String {
        format!("zone {}", self.zone())
    }

    fn plan(&self, lane: &mut Lane, is_released: bool) -> Option<Held> {
        match self.seen.zones.get(self.zone()) {
            None => {
                lane.wait(self.object(), "until it is looked at", STARTING);
                None
            }
            Some(Err(ZoneTrouble::Missing(why))) => {
                self.make(lane, why);
                None
            }
            Some(Err(ZoneTrouble::Unreadable(why))) if self.is_in_catalog() => {
                lane.wait(self.object(), format!("until it can be read: {why}"), STARTING);
                None
            }
            Some(Err(ZoneTrouble::Unreadable(why))) => {
                let message = format!("it cannot be read, and nothing is changed: {why}");
                lane.block(self.object(), message, "see what the name server's log says of it");
                None
            }
            Some(Ok(there)) => self.change(lane, there, is_released),
        }
    }

    /// Whether the catalog has it: the server may be about to load it.
    fn is_in_catalog(&self) -> bool {
        matches!(&self.seen.catalog, Some(Ok(zones)) if zones.contains(self.zone()))
    }

    fn make(&self, lane: &mut Lane, why: &str) {
        let zone = self.zone();
        if self.member.spec.domain.policy == Some(Policy::Observe) {
            let message = format!("the name server does not have it: {why}");
            lane.block(self.object(), message, "make it there, or let spec.domain.policy be own");
            return;
        }
        match (&self.dns.catalog, &self.seen.catalog) {
            (Some(catalog), Some(Ok(_))) if !self.is_in_catalog() => {
                let action = Action::CreateZone { zone: zone.clone(), catalog: catalog.clone() };
                lane.step(self.object(), format!("the name server does not have it: {why}"), action);
            }
            (Some(catalog), Some(Ok(_))) => {
                lane.wait(
                    self.object(),
                    format!("until the name server has made it, as {catalog} says: {why}"),
                    STARTING,
                );
            }
            (Some(catalog), Some(Err(why))) => {
                let message =
                    format!("it has to be made, and the catalog zone {catalog} cannot be read: {why}");
                lane.block(self.object(), message, "let the key transfer and update the catalog zone");
            }
            _ => {
                let message = format!("the name server does not have it: {why}");
                lane.block(
                    self.object(),
                    message,
                    "make it there, or name a catalog zone in spec.dns.catalog",
                );
            }
        }
    }

    fn change(&self, lane: &mut Lane, there: &ObservedZone, is_released: bool) -> Option<Held> {
        let mut wanted = wanted(self.desired, self.dns, self.member);
        let seen = Seen { zone: self.zone(), there, busy: self.busy };
        let mut difference = match rights(self.desired, self.member, there) {
            Rights::Observe => return None,
            Rights::Others(other) => {
                let remedy = "let that platform give it up; then remove the TXT record _campanile by hand";
                lane.block(self.object(), format!("it is the platform {other}'s"), remedy);
                return None;
            }
            Rights::Nobody => {
                wanted.extend([own_mark(self.desired, self.dns, self.member)]);
                self.propose(lane, &difference::own(&wanted, &seen));
                return None;
            }
            Rights::Own => {
                wanted.extend([own_mark(self.desired, self.dns, self.member)]);
                let mut difference = difference::own(&wanted, &seen);
                difference.changes.extend(start::change(self.dns.soa.as_ref(), self.zone(), there));
                difference
            }
            Rights::Share(mark) => self.shared(lane, &wanted, mark, &seen),
        };
        if difference.changes.is_empty() {
            self.await_servers(lane, there);
        }
        let held = if is_released { None } else { hold(&mut difference, self.zone(), there) };
        self.step(lane, difference);
        held.map(|(objects, because)| Held { member: self.name.clone(), objects, because })
    }

    /// Waits until every name server has what the zone holds now.
    fn await_servers(&self, lane: &mut Lane, there: &ObservedZone) {
        for (server, answer) in self.seen.served.get(self.zone()).into_iter().flatten() {
            let why = match answer {
                Ok(serial) if *serial == there.serial => continue,
                Ok(serial) => format!("it has {serial}"),
                Err(why) => why.clone(),
            };
            let message = format!("until it has serial {}: {why}", there.serial);
            lane.wait(format!("{} at {server}", self.object()), message, SPREADING);
        }
    }

    fn shared(
        &self,
        lane: &mut Lane,
        wanted: &BTreeMap<(Owner, Kind), Wanted>,
        mark: Mark,
        seen: &Seen,
    ) -> Difference {
        let difference = difference::share(wanted, ttl(self.dns), mark, seen);
        for change in &difference.foreign {
            let there = change.old.as_ref().map_or("others".to_owned(), |set| set.to_text(change.kind));
            let new = change.new.as_ref().map(|set| set.to_text(change.kind)).unwrap_or_default();
            lane.block(
                change.object(),
                format!("{new} should stand there, and what stands there is not ours: {there}"),
                "remove it by hand, write it in the document, or let spec.domain.policy be own",
            );
        }
        difference
    }

    /// Says what would be done in a zone that nobody gave us.
    fn propose(&self, lane: &mut Lane, difference: &Difference) {
        let (mut more, mut less) = (Vec::new(), Vec::new());
        for found in &difference.changes {
            let list = if found.change.new.is_some() { &mut more } else { &mut less };
            list.push(format!("{} {}", found.change.owner.within(self.zone()), found.change.kind));
        }
        let listed = |names: &[String]| {
            let rest = names.len().saturating_sub(NAMED);
            let listed = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            if rest == 0 { listed } else { format!("{listed} and {rest} more") }
        };
        let mut message = "it was there before, and is only looked at".to_owned();
        if !more.is_empty() {
            message = format!("{message}; own would write {}", listed(&more));
        }
        if !less.is_empty() {
            message = format!("{message}; own would delete {}", listed(&less));
        }
        let remedy = "write what is to stay into spec.domain.records (campanile import zone does), then let \
                      spec.domain.policy be own; or share, or observe";
        lane.block(self.object(), message, remedy);
    }

    fn step(&self, lane: &mut Lane, difference: Difference) {
        if difference.changes.is_empty() {
            return;
        }
        let count = difference.changes.len();
        let changes = difference
            .changes
            .iter()
            .map(|found| found.change.to_change(self.zone(), &found.because))
            .collect();
        let action = Action::UpdateZone {
            zone: self.zone().clone(),
            changes: difference.changes.into_iter().map(|found| found.change).collect(),
        };
        let because = if count == 1 {
            "one record set differs".to_owned()
        } else {
            format!("{count} record sets differ")
        };
        lane.change(self.object(), because, changes, action);
    }
}

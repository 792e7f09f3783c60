//! Where names lead at which issuers look, of those that are in no zone here: asked of the platform's resolver.

use std::collections::{BTreeMap, BTreeSet};

use campanile_plan::certificate;
use campanile_plan::document::{ChallengeKind, Dns};
use campanile_plan::domain::{Kind, ObservedDns, ObservedZone, Owner, kept, proof_owner};
use campanile_plan::fleet::{Desired, DesiredMember};
use futures_util::{StreamExt, stream};

use super::look_up::look_up;

/// Questions at once.
const QUESTIONS: usize = 16;
/// Most names that lead one to the next.
const MOST_STEPS: usize = 8;

/// Asks about every name that is not in a zone here, or only about those of which nothing is known.
pub(super) async fn lead(dns: &Dns, seen: &mut ObservedDns, desired: &Desired, anew: bool) {
    let by_record = |member: &&DesiredMember| {
        desired.issuer(&member.spec.issuer()).is_some_and(|issuer| issuer.challenge() == ChallengeKind::Dns01)
    };
    let members = desired.members.values().filter(by_record);
    let names = members.flat_map(|member| certificate::names(&member.spec));
    let owners: BTreeSet<Owner> = names.map(|name| proof_owner(name.domain())).collect();
    let owners: BTreeSet<Owner> = owners.into_iter().filter(|owner| there(seen, owner).is_none()).collect();
    seen.leads.retain(|owner, _| owners.contains(owner));
    let is_open = |owner: &Owner| anew || !matches!(seen.leads.get(owner), Some(Ok(_)));
    let open: Vec<Owner> = owners.into_iter().filter(is_open).collect();
    let known = &*seen;
    let asked = stream::iter(open).map(async |owner: Owner| {
        let end = end(dns, known, &owner).await;
        (owner, end)
    });
    let found: BTreeMap<_, _> = asked.buffer_unordered(QUESTIONS).collect().await;
    seen.leads.extend(found);
}

/// Where a name leads: into a zone here, or to where nothing leads on.
async fn end(dns: &Dns, seen: &ObservedDns, owner: &Owner) -> Result<Owner, String> {
    let resolver = dns.resolver.ok_or_else(|| "the platform names no resolver".to_owned())?;
    let mut end = owner.clone();
    for _ in 0..MOST_STEPS {
        // not for the record itself: the zone that it leads to may not be there yet
        let found = look_up(resolver.socket(), (&end, Kind::CNAME), true).await;
        let next = found.map_err(|why| format!("asking the resolver {resolver}, {why}"))?.owner;
        if next == end {
            break;
        }
        end = next;
        if there(seen, &end).is_some() {
            break;
        }
    }
    Ok(end)
}

/// The zone here that a name is in.
fn there<'a>(seen: &'a ObservedDns, owner: &Owner) -> Option<&'a ObservedZone> {
    kept(seen, owner).and_then(|(_, there)| there.as_deref().ok())
}

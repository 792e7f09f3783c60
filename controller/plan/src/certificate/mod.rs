//! Certificates: one per member, with all its hosts, by the platform's own authority or by an issuer that the platform names.

mod appointments;
mod challenges;
mod internal;
mod need;
mod observed;
mod orders;
mod preflight;
mod proofs;

mod authorities;
pub mod budget;
pub mod calendar;

use std::collections::BTreeSet;

use jiff::Timestamp;

pub use appointments::limits;
pub use authorities::forbids;
pub use challenges::{PROBE, challenge_path, probe_answer, shown};
pub use need::{Wanted, due, names, reason};
pub use observed::{Challenge, ObservedCertificate, ObservedOrder, OrderStage, Refusal, Signer, Window};

use crate::document::values::{IssuerName, MemberName};
use crate::fleet::{Desired, DesiredMember};
use crate::observed::Observed;
use crate::plan::{Lane, Request};

/// What certificates are planned from.
struct Asked<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    only: Option<&'a MemberName>,
    now: Timestamp,
    /// What is planned for zones.
    zones: &'a [Lane],
}

/// Plans accounts, orders and certificates, a lane each.
pub fn lanes(desired: &Desired, observed: &Observed, request: &Request, zones: &[Lane]) -> Vec<Lane> {
    let asked = Asked { desired, observed, only: request.only.as_ref(), now: request.now, zones };
    let mut lanes = internal::lanes(&asked);
    lanes.extend(orders::lanes(&asked));
    lanes
}

/// The certificate that a member should have; none for a member without hosts, and before there is an authority.
pub fn wanted(desired: &Desired, observed: &Observed, member: &DesiredMember) -> Option<Wanted> {
    let names = names(&member.spec);
    if names.is_empty() {
        return None;
    }
    let issuer = member.spec.issuer();
    let signer = if issuer.is_internal() {
        Signer::Authority(observed.authority.clone().unwrap_or_default())
    } else {
        Signer::Issuer(desired.issuer(&issuer)?.name.value.clone())
    };
    Some(Wanted { names, signer, key_type: member.spec.key_type() })
}

/// Members whose certificates may be changed.
fn concerned<'a>(asked: &Asked<'a>) -> impl Iterator<Item = (&'a MemberName, &'a DesiredMember)> {
    let only = asked.only;
    asked.desired.members.iter().filter(move |(name, member)| {
        member.may_change() && only.is_none_or(|only| only == *name) && !names(&member.spec).is_empty()
    })
}

/// Issuers that members ask for a certificate.
fn issuers(asked: &Asked) -> BTreeSet<IssuerName> {
    let named = concerned(asked).map(|(_, member)| member.spec.issuer());
    named.filter(|name| !name.is_internal()).collect()
}

//! What may be done in a zone that is there: as its member's document says, and as the note in the zone itself does.

use super::mark::{self, Mark};
use super::observed::ObservedZone;
use crate::document::Policy;
use crate::fleet::{Desired, DesiredMember};

/// What may be done in a zone that is there.
pub(super) enum Rights {
    /// Everything.
    Own,
    /// Our own records.
    Share(Mark),
    /// Nothing, as the document says.
    Observe,
    /// Nothing, until the document says something.
    Nobody,
    /// Nothing: it is another platform's.
    Others(String),
}

/// What may be done in the zone of a member.
pub(super) fn rights(desired: &Desired, member: &DesiredMember, there: &ObservedZone) -> Rights {
    let mark = Mark::read(there.records.get(&mark::key(&member.spec.domain.name.value)));
    let other = mark.platform.clone().filter(|_| !mark.is_of(desired.name()));
    match (member.spec.domain.policy, other) {
        (Some(Policy::Observe), _) => Rights::Observe,
        (_, Some(other)) => Rights::Others(other),
        (Some(Policy::Own), None) => Rights::Own,
        (Some(Policy::Share), None) => {
            Rights::Share(Mark { platform: Some(desired.name().to_string()), ..mark })
        }
        (None, None) if mark.is_of(desired.name()) || there.is_fresh() => Rights::Own,
        (None, None) => Rights::Nobody,
    }
}

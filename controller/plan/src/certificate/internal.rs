//! Certificates of the platform's own authority.

use super::need::{Wanted, names, reason};
use super::{Signer, concerned};
use crate::document::values::IssuerName;
use crate::plan::{Action, Lane, STARTING};

use super::Asked;

/// Plans the authority and every certificate that it issues, a lane each.
pub(super) fn lanes(asked: &Asked) -> Vec<Lane> {
    let mut members = concerned(asked).filter(|(_, member)| member.spec.issuer() == IssuerName::internal());
    let Some(authority) = &asked.observed.authority else {
        return members.next().map(|_| missing()).into_iter().collect();
    };
    let lanes = members.filter_map(|(name, member)| {
        let signer = Signer::Authority(authority.clone());
        let wanted = Wanted { names: names(&member.spec), signer, key_type: member.spec.key_type() };
        let because = reason(asked.observed.certificates.get(name), &wanted, asked.now)?;
        let mut lane = Lane::new(format!("certificate/{name}"), Some(name), None);
        let Wanted { names, key_type, signer: _ } = wanted;
        lane.step(format!("certificate {name}"), because, Action::IssueCertificate { names, key_type });
        Some(lane)
    });
    lanes.collect()
}

fn missing() -> Lane {
    let mut lane = Lane::new("certificate/authority".to_owned(), None, None);
    lane.step("authority", "the platform has no certificate authority yet", Action::CreateAuthority);
    lane.wait("certificates", "until the authority can issue them", STARTING);
    lane
}

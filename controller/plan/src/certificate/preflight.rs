//! What is looked at before an order, so that none is spent on what must fail.

use std::collections::BTreeSet;

use super::orders::{domains, is_shown, object};
use super::proofs::note;
use super::{Asked, PROBE, Wanted, challenge_path, probe_answer};
use crate::document::values::{CertificateName, DomainName, MemberName};
use crate::document::{ChallengeKind, Issuer};
use crate::domain::{Owner, kept, spot};
use crate::fleet::DesiredMember;
use crate::plan::{Action, Lane, LookUp, STARTING, Until};

/// Notes what keeps an order from being placed; true if nothing does.
pub(super) fn can_begin(
    asked: &Asked,
    issuer: &Issuer,
    (name, member): (&MemberName, &DesiredMember),
    names: &BTreeSet<CertificateName>,
    lane: &mut Lane,
) -> bool {
    if !asked.observed.accounts.contains(&issuer.name.value) {
        lane.wait(object(name), format!("until there is an account at {}", issuer.name), STARTING);
        return false;
    }
    match issuer.challenge() {
        ChallengeKind::Http01 => {
            let page = (challenge_path(PROBE), probe_answer(asked.desired.name()));
            let serves = is_shown(asked, member, &page);
            if !serves {
                let message = "until the ingress can show the issuer whose the names are";
                lane.wait(object(name), message, STARTING);
            }
            serves
        }
        ChallengeKind::Dns01 => {
            let spots =
                domains(names).into_iter().map(|name| spot(asked.desired, asked.observed, &name).err());
            let trouble = spots.flatten().next();
            let can = trouble.is_none();
            if let Some(trouble) = trouble {
                note(trouble, name, lane);
            }
            can
        }
    }
}

/// Whether the zone of a member is about to be made or changed. For another certificate than the one that is there that is
/// waited for: where its names lead, and who may issue, may be part of it.
pub(super) fn zone_changes(
    asked: &Asked,
    (name, member): (&MemberName, &DesiredMember),
    wanted: &Wanted,
    lane: &mut Lane,
) -> bool {
    let there = asked.observed.certificates.get(name);
    if there.is_some_and(|there| wanted.renews(there)) {
        return false;
    }
    let zone = format!("zone {}", member.spec.domain.name);
    let is_theirs = |lane: &&Lane| lane.member.as_ref() == Some(name);
    let changes = asked.zones.iter().find(is_theirs).is_some_and(|lane| {
        let comes = |until: &Until| !matches!(until, Until::Mended { .. });
        let pending = lane.pending.iter().any(|pending| pending.object == zone && comes(&pending.until));
        pending || !lane.steps.is_empty()
    });
    if changes {
        lane.wait(object(name), "until its zone is as the document says", STARTING);
    }
    changes
}

/// Plans a look at what the issuer will see of the names.
pub(super) fn look(
    asked: &Asked,
    issuer: &Issuer,
    (name, member): (&MemberName, &DesiredMember),
    names: &BTreeSet<CertificateName>,
    lane: &mut Lane,
) {
    let challenge = issuer.challenge();
    let has_servers = asked.desired.platform.spec.dns.is_some();
    let engine = asked.desired.engines().iter().find(|engine| engine.name.value == member.engine);
    let addresses =
        engine.filter(|_| challenge == ChallengeKind::Http01).map(|engine| &engine.ingress.addresses);
    let look_up = LookUp {
        names: names.clone(),
        zones: zones(asked, names),
        addresses: addresses.into_iter().flatten().map(|address| address.address()).collect(),
        caa: issuer.caa.clone(),
        challenge,
    };
    if has_servers && (!look_up.addresses.is_empty() || look_up.caa.is_some()) {
        let because = match (look_up.addresses.is_empty(), &look_up.caa) {
            (true, _) => "the issuer will ask who may issue for them",
            (false, None) => "the issuer will ask where they lead",
            (false, Some(_)) => "the issuer will ask where they lead, and who may issue for them",
        };
        lane.step(format!("names of {name}"), because, Action::LookUpNames(look_up));
    }
    if challenge == ChallengeKind::Http01 {
        let because = if has_servers {
            "the issuer will ask them by HTTP"
        } else {
            "the issuer will ask them by HTTP; where they lead is not looked up, since the platform names no name server"
        };
        let action = Action::ProbeNames {
            through: member.engine.clone(),
            names: domains(names),
            page: PROBE.to_owned(),
            answer: probe_answer(asked.desired.name()),
        };
        lane.step(format!("names of {name}"), because, action);
    }
}

/// The zones of names that the platform's name servers carry.
fn zones(asked: &Asked, names: &BTreeSet<CertificateName>) -> BTreeSet<DomainName> {
    let Some(dns) = &asked.observed.dns else { return BTreeSet::new() };
    let found = names.iter().filter_map(|name| kept(dns, &Owner::from(name.domain())));
    found.filter(|(_, there)| there.is_ok()).map(|(zone, _)| zone.clone()).collect()
}

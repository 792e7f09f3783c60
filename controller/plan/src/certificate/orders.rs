//! Certificates by ACME: accounts, and each order step by step, so that a crash between or within any two costs no second one.

use std::collections::BTreeSet;

use super::appointments::{Calendar, Entry};
use super::calendar::Appointment;
use super::need::{Wanted, reason};
use super::preflight::{can_begin, look, zone_changes};
use super::proofs::{are_shown, clear};
use super::{
    Asked, Challenge, ObservedOrder, OrderStage, Refusal, challenge_path, concerned, issuers, names,
};
use crate::docker::sha256;
use crate::document::values::{CertificateName, DomainName, MemberName};
use crate::document::{ChallengeKind, Issuer};
use crate::fleet::DesiredMember;
use crate::plan::{Action, Lane, OrderRequest, STARTING};

/// Patience with an issuer that looks at our pages or makes a certificate, in seconds.
const ISSUING: u32 = 120;

/// Plans accounts and orders, a lane each.
pub(super) fn lanes(asked: &Asked) -> Vec<Lane> {
    let mut lanes: Vec<Lane> =
        issuers(asked).iter().filter_map(|name| account(asked, asked.desired.issuer(name)?)).collect();
    let calendar = Calendar::of(asked);
    for (name, member) in concerned(asked) {
        if let Some(issuer) = asked.desired.issuer(&member.spec.issuer()) {
            lanes.push(lane(asked, issuer, (name, member), &calendar));
        } else if asked.observed.orders.contains_key(name) {
            // another lane has its certificate
            let mut lane = left_over(name);
            abandon(asked, &mut lane, name, "its document asks for another issuer");
            lanes.push(lane);
        }
    }
    lanes.extend(cleared(asked));
    lanes
}

/// What is cleared for members that have no lane for it: those that left, and those that ask no issuer any more.
fn cleared<'a>(asked: &'a Asked) -> impl Iterator<Item = Lane> + 'a {
    let Asked { desired, observed, only, .. } = *asked;
    let is_over = move |name: &MemberName| match desired.members.get(name) {
        None => !desired.unknown.contains(name),
        Some(member) if names(&member.spec).is_empty() => member.may_change(),
        Some(member) => {
            let asks = desired.issuer(&member.spec.issuer()).is_some();
            member.may_change() && !asks && !observed.orders.contains_key(name)
        }
    };
    let left =
        observed.proofs.keys().filter(move |name| is_over(name) && only.is_none_or(|only| only == *name));
    left.map(|name| {
        let mut lane = left_over(name);
        clear(asked, name, &mut lane);
        lane
    })
}

fn left_over(name: &MemberName) -> Lane {
    Lane::new(format!("order/{name}"), Some(name), None)
}

/// Plans an account where there is none.
fn account(asked: &Asked, issuer: &Issuer) -> Option<Lane> {
    let name = &issuer.name.value;
    if asked.observed.accounts.contains(name) {
        return None;
    }
    let mut lane = Lane::new(format!("certificate/account.{name}"), None, None);
    let action = Action::RegisterAccount {
        issuer: name.clone(),
        directory: issuer.directory.value.clone(),
        contact: issuer.contact.clone(),
    };
    lane.step(format!("account {name}"), "there is no account at this issuer yet", action);
    Some(lane)
}

fn own(name: &MemberName) -> Lane {
    Lane::new(format!("certificate/{name}"), Some(name), None)
}

pub(super) fn object(name: &MemberName) -> String {
    format!("order {name}")
}

/// Plans the certificate of one member.
fn lane(
    asked: &Asked,
    issuer: &Issuer,
    (name, member): (&MemberName, &DesiredMember),
    calendar: &Calendar,
) -> Lane {
    let mut lane = own(name);
    let Some(wanted) = super::wanted(asked.desired, asked.observed, member) else { return lane };
    let there = asked.observed.certificates.get(name);
    let order = asked.observed.orders.get(name);
    let because = reason(there, &wanted, asked.now);
    match (order, because) {
        (Some(order), _) if order.in_force => abandon(asked, &mut lane, name, "its certificate is in force"),
        (Some(order), _) if !is_for(order, issuer, &wanted) => {
            abandon(asked, &mut lane, name, "its document asks for another certificate");
        }
        (Some(order), None) if order.stage == OrderStage::Intended => {
            abandon(asked, &mut lane, name, "the certificate in force will do");
        }
        (Some(order), because) => {
            let because = because.unwrap_or_else(|| "the order is open".to_owned());
            go_on(asked, issuer, (name, member), order, because, &mut lane);
        }
        (None, Some(because)) => {
            clear(asked, name, &mut lane);
            begin(asked, issuer, (name, member), calendar, because, &mut lane);
        }
        (None, None) => clear(asked, name, &mut lane),
    }
    lane
}

/// Whether an order brings what is wanted today.
fn is_for(order: &ObservedOrder, issuer: &Issuer, wanted: &Wanted) -> bool {
    order.issuer == issuer.name.value
        && order.names == wanted.names
        && order.key_type == wanted.key_type
        && order.challenge == issuer.challenge()
}

fn abandon(asked: &Asked, lane: &mut Lane, name: &MemberName, because: &str) {
    lane.step(object(name), because, Action::ForgetOrder);
    clear(asked, name, lane);
}

/// Plans a new order, after a look at what its issuer will see, if its time has come.
fn begin(
    asked: &Asked,
    issuer: &Issuer,
    (name, member): (&MemberName, &DesiredMember),
    calendar: &Calendar,
    because: String,
    lane: &mut Lane,
) {
    let Some(Entry { wanted, window, exempt, appointment }) = calendar.get(name) else {
        let remedy = "see that the history in the state folder can be read and written";
        lane.block(object(name), format!("how much {} lets us order is not known", issuer.name), remedy);
        return;
    };
    if is_early(asked, issuer, name, (&wanted.names, appointment), lane)
        || !can_begin(asked, issuer, (name, member), &wanted.names, lane)
        || zone_changes(asked, (name, member), wanted, lane)
    {
        return;
    }
    let request = OrderRequest {
        issuer: issuer.name.value.clone(),
        names: wanted.names.clone(),
        key_type: wanted.key_type,
        challenge: issuer.challenge(),
        profile: issuer.profile.clone(),
        replaces: window.map(|window| window.certificate.clone()),
        exempt: *exempt,
    };
    look(asked, issuer, (name, member), &request.names, lane);
    lane.step(object(name), because, Action::PlaceOrder(request));
}

/// Whether the ingress of a member's engine has a page, by path and text.
pub(super) fn is_shown(asked: &Asked, member: &DesiredMember, (path, text): &(String, String)) -> bool {
    let Some(Ok(engine)) = asked.observed.engines.get(&member.engine) else { return false };
    let file = engine.ingress.as_ref().and_then(|there| there.files.get(path));
    file.is_some_and(|hash| *hash == sha256(text.as_bytes()))
}

/// Notes what a member waits for whose time has not come; true if so.
fn is_early(
    asked: &Asked,
    issuer: &Issuer,
    name: &MemberName,
    (names, appointment): (&BTreeSet<CertificateName>, &Appointment),
    lane: &mut Lane,
) -> bool {
    let refusal = standing(asked, issuer, name, names);
    let at = appointment.at.max(refusal.map_or(appointment.at, |refusal| refusal.again));
    if at <= asked.now {
        return false;
    }
    match refusal {
        Some(Refusal { why, .. }) => {
            let remedy = format!("mend that; the next order comes after {at:.0}");
            lane.block(object(name), format!("{} refused the last one: {why}", issuer.name), remedy);
        }
        None => lane.appoint(object(name), appointment.because.clone(), at),
    }
    true
}

/// What the issuer last refused, if it was the same.
fn standing<'a>(
    asked: &Asked<'a>,
    issuer: &Issuer,
    name: &MemberName,
    names: &BTreeSet<CertificateName>,
) -> Option<&'a Refusal> {
    let refusal = asked.observed.refusals.get(name)?;
    (refusal.issuer == issuer.name.value && refusal.names == *names).then_some(refusal)
}

/// Plans the next step of an order.
fn go_on(
    asked: &Asked,
    issuer: &Issuer,
    (name, member): (&MemberName, &DesiredMember),
    order: &ObservedOrder,
    because: String,
    lane: &mut Lane,
) {
    let object = object(name);
    let issuer_name = issuer.name.value.clone();
    match &order.stage {
        OrderStage::Intended => {
            // it has its place in the budget already
            let refusal = standing(asked, issuer, name, &order.names);
            let now = Appointment { member: name.clone(), at: asked.now, because: because.clone() };
            let early = refusal.is_some() && is_early(asked, issuer, name, (&order.names, &now), lane);
            if !early && can_begin(asked, issuer, (name, member), &order.names, lane) {
                lane.step(object, because, Action::ResumeOrder { issuer: issuer_name });
            }
        }
        OrderStage::Pending(challenges) => prove(asked, (name, member), issuer, challenges, lane),
        OrderStage::Ready => {
            let action = Action::FinalizeOrder { issuer: issuer_name };
            lane.step(object, "the issuer has seen that all names are ours", action);
        }
        OrderStage::Processing => {
            lane.wait(object, format!("until {} has made the certificate", issuer.name), ISSUING);
        }
        OrderStage::Valid => {
            let action = Action::TakeCertificate { issuer: issuer_name, names: order.names.clone() };
            lane.step(format!("certificate {name}"), because, action);
            clear(asked, name, lane);
        }
        OrderStage::Invalid { why, names } => {
            let action = Action::GiveUpOrder {
                issuer: issuer_name,
                names: order.names.clone(),
                failed: names.clone(),
                why: why.clone(),
            };
            lane.step(object, format!("{} refused it: {why}", issuer.name), action);
            clear(asked, name, lane);
        }
        OrderStage::Gone => abandon(asked, lane, name, "its issuer does not know it any more"),
        OrderStage::Unseen { why } => {
            lane.wait(object, format!("until {} answers: {why}", issuer.name), STARTING);
        }
    }
}

/// Plans to have the issuer look, once everything that it looks for is there.
fn prove(
    asked: &Asked,
    (name, member): (&MemberName, &DesiredMember),
    issuer: &Issuer,
    challenges: &[Challenge],
    lane: &mut Lane,
) {
    let open: Vec<&Challenge> = challenges.iter().filter(|challenge| !challenge.told).collect();
    if open.is_empty() {
        lane.wait(object(name), format!("until {} has looked whose the names are", issuer.name), ISSUING);
        return;
    }
    let shown = match issuer.challenge() {
        ChallengeKind::Http01 => pages_are_shown(asked, (name, member), &open, lane),
        ChallengeKind::Dns01 => are_shown(asked, name, &open, lane),
    };
    if shown {
        let names: BTreeSet<DomainName> = challenges.iter().map(|challenge| challenge.name.clone()).collect();
        let action = Action::AnswerChallenges { issuer: issuer.name.value.clone(), names };
        lane.step(object(name), "what the issuer looks for is there", action);
    }
}

/// Whether the ingress has every page that the issuer looks for; notes that it has not.
fn pages_are_shown(
    asked: &Asked,
    (name, member): (&MemberName, &DesiredMember),
    open: &[&Challenge],
    lane: &mut Lane,
) -> bool {
    let shown = |challenge: &&Challenge| {
        is_shown(asked, member, &(challenge_path(&challenge.token), challenge.answer.clone()))
    };
    let shown = open.iter().all(shown);
    if !shown {
        lane.wait(object(name), "until the ingress shows the issuer whose the names are", STARTING);
    }
    shown
}

/// The names without their asterisks.
pub(super) fn domains(names: &BTreeSet<CertificateName>) -> BTreeSet<DomainName> {
    names.iter().map(|name| name.domain().clone()).collect()
}

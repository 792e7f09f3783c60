//! Certificates by ACME: accounts, and each order step by step, so that a crash between or within any two costs no second one.

use std::collections::BTreeSet;

use super::appointments::{Calendar, Entry};
use super::calendar::Appointment;
use super::need::{Wanted, reason};
use super::{
    Asked, Challenge, ObservedOrder, OrderStage, PROBE, Refusal, challenge_path, concerned, issuers,
    probe_answer,
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
            let mut lane = Lane::new(format!("order/{name}"), Some(name), None);
            abandon(&mut lane, name, "its document asks for another issuer");
            lanes.push(lane);
        }
    }
    lanes
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

fn object(name: &MemberName) -> String {
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
        (Some(order), _) if order.in_force => abandon(&mut lane, name, "its certificate is in force"),
        (Some(order), _) if !is_for(order, issuer, &wanted) => {
            abandon(&mut lane, name, "its document asks for another certificate");
        }
        (Some(order), None) if order.stage == OrderStage::Intended => {
            abandon(&mut lane, name, "the certificate in force will do");
        }
        (Some(order), because) => {
            let because = because.unwrap_or_else(|| "the order is open".to_owned());
            go_on(asked, issuer, (name, member), order, because, &mut lane);
        }
        (None, Some(because)) => {
            begin(asked, issuer, (name, member), calendar, because, &mut lane);
        }
        (None, None) => {}
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

fn abandon(lane: &mut Lane, name: &MemberName, because: &str) {
    lane.step(object(name), because, Action::ForgetOrder);
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
        || !can_begin(asked, issuer, (name, member), lane)
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
    if request.challenge == ChallengeKind::Http01 {
        let action = Action::ProbeNames {
            through: member.engine.clone(),
            names: domains(&request.names),
            page: PROBE.to_owned(),
            answer: probe_answer(asked.desired.name()),
        };
        lane.step(format!("names of {name}"), "the issuer will ask them by HTTP", action);
    }
    lane.step(object(name), because, Action::PlaceOrder(request));
}

/// Notes what keeps a first step from being planned; true if nothing does.
fn can_begin(
    asked: &Asked,
    issuer: &Issuer,
    (name, member): (&MemberName, &DesiredMember),
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
                lane.wait(
                    object(name),
                    "until the ingress can show the issuer whose the names are",
                    STARTING,
                );
            }
            serves
        }
        ChallengeKind::Dns01 => {
            lane.block(
                object(name),
                "its issuer asks for dns-01, and no zone is kept here yet",
                "give the issuer challenge: http-01",
            );
            false
        }
    }
}

/// Whether the ingress of a member's engine has a page, by path and text.
fn is_shown(asked: &Asked, member: &DesiredMember, (path, text): &(String, String)) -> bool {
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
            if !early && can_begin(asked, issuer, (name, member), lane) {
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
        }
        OrderStage::Invalid { why, names } => {
            let action = Action::GiveUpOrder {
                issuer: issuer_name,
                names: order.names.clone(),
                failed: names.clone(),
                why: why.clone(),
            };
            lane.step(object, format!("{} refused it: {why}", issuer.name), action);
        }
        OrderStage::Gone => abandon(lane, name, "its issuer does not know it any more"),
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
    let mut open = challenges.iter().filter(|challenge| !challenge.told).peekable();
    if open.peek().is_none() {
        lane.wait(object(name), format!("until {} has looked whose the names are", issuer.name), ISSUING);
        return;
    }
    let shown = |challenge: &Challenge| {
        is_shown(asked, member, &(challenge_path(&challenge.token), challenge.answer.clone()))
    };
    if open.all(shown) {
        let names: BTreeSet<DomainName> = challenges.iter().map(|challenge| challenge.name.clone()).collect();
        let action = Action::AnswerChallenges { issuer: issuer.name.value.clone(), names };
        lane.step(object(name), "what the issuer looks for is there", action);
    } else {
        lane.wait(object(name), "until the ingress shows the issuer whose the names are", STARTING);
    }
}

/// The names without their asterisks.
fn domains(names: &BTreeSet<CertificateName>) -> BTreeSet<DomainName> {
    names.iter().map(|name| name.domain().clone()).collect()
}

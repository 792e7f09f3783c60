//! An issuer of certificates in memory: it believes whatever it is shown.

use std::collections::BTreeSet;

use campanile_plan::certificate::budget::{Failed, Spent};
use campanile_plan::certificate::{Challenge, ObservedOrder, OrderStage, Refusal, Signer};
use campanile_plan::document::values::{CertificateName, DomainName, MemberName};
use campanile_plan::observed::Observed;
use campanile_plan::plan::{Action, OrderRequest};
use jiff::Timestamp;

use crate::world::issued;

/// Does a step at an issuer; false if it is none.
pub(crate) fn act(
    observed: &mut Observed,
    member: Option<&MemberName>,
    action: &Action,
    now: Timestamp,
) -> bool {
    if let Action::RegisterAccount { issuer, .. } = action {
        assert!(observed.accounts.insert(issuer.clone()), "{action:?}");
        return true;
    }
    let Some(member) = member else { return false };
    match action {
        Action::ProbeNames { .. } | Action::LookUpNames(_) => {}
        Action::PlaceOrder(request) => place(observed, member, request, now),
        Action::ResumeOrder { .. } => move_on(observed, member, pending),
        Action::AnswerChallenges { .. } => move_on(observed, member, |_| OrderStage::Ready),
        Action::FinalizeOrder { .. } => move_on(observed, member, |_| OrderStage::Valid),
        Action::TakeCertificate { issuer, names } => {
            let order = observed.orders.remove(member).unwrap_or_else(|| panic!("{action:?}"));
            let certificate = issued(member, names, order.key_type, Signer::Issuer(issuer.clone()), now);
            observed.certificates.insert(member.clone(), certificate);
            observed.refusals.remove(member);
        }
        Action::GiveUpOrder { issuer, names, failed, why } => {
            let ledger = observed.ledgers.entry(issuer.clone()).or_default();
            ledger.failures.extend(failed.iter().map(|name| Failed { at: now, name: name.clone() }));
            let (issuer, names, why) = (issuer.clone(), names.clone(), why.clone());
            observed.refusals.insert(member.clone(), Refusal { issuer, names, why, at: now, again: now });
            observed.orders.remove(member);
        }
        Action::ForgetOrder => {
            assert!(observed.orders.remove(member).is_some(), "{action:?}");
        }
        _ => return false,
    }
    true
}

fn place(observed: &mut Observed, member: &MemberName, request: &OrderRequest, now: Timestamp) {
    let OrderRequest { issuer, names, key_type, challenge, exempt, .. } = request.clone();
    let ledger = observed.ledgers.entry(issuer.clone()).or_default();
    ledger.orders.push(Spent { at: now, names: domains(&names), exempt });
    let stage = OrderStage::Intended;
    let order = ObservedOrder { issuer, names, key_type, challenge, begun: now, stage, in_force: false };
    assert!(observed.orders.insert(member.clone(), order).is_none(), "a second order of {member}");
    move_on(observed, member, pending);
}

fn move_on(observed: &mut Observed, member: &MemberName, stage: impl Fn(&ObservedOrder) -> OrderStage) {
    let order = observed.orders.get_mut(member).unwrap_or_else(|| panic!("{member} has no order"));
    order.stage = stage(order);
}

fn pending(order: &ObservedOrder) -> OrderStage {
    let challenge = |name: &CertificateName| {
        let token = name.to_string().replace('.', "-").replace('*', "any");
        Challenge { answer: format!("{token}.thumb"), token, name: name.domain().clone(), told: false }
    };
    OrderStage::Pending(order.names.iter().map(challenge).collect())
}

fn domains(names: &BTreeSet<CertificateName>) -> BTreeSet<DomainName> {
    names.iter().map(|name| name.domain().clone()).collect()
}

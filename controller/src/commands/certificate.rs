//! `campanile certificate`: a new key for an account, and the end of a certificate before its time.

use campanile_plan::document::Issuer;
use campanile_plan::document::values::{IssuerName, MemberName};
use campanile_plan::fleet::Desired;
use instant_acme::RevocationReason;

use super::apply::lock;
use super::arguments::{self, CertificateAction, Reason, Where};
use super::plan::load;
use super::{DONE, Failure, print};
use crate::acme::Acme;
use crate::http::client::want_fetch;
use crate::state::State;

/// Seconds to wait while the daemon or an apply changes something.
const WAIT: u64 = 90;

pub(super) async fn run(command: arguments::Certificate) -> Result<u8, Failure> {
    match command.action {
        CertificateAction::Rollover { issuer, at } => roll_over(&issuer, &at).await,
        CertificateAction::Revoke { member, reason, at } => revoke(&member, reason, &at).await,
    }
}

async fn roll_over(name: &IssuerName, at: &Where) -> Result<u8, Failure> {
    let (state, desired) = fleet(at).await?;
    let issuer = named(&desired, name)?;
    let _lock = lock(&state, WAIT).await?;
    Acme::new(&state).roll_over(issuer).await?;
    print(&format!("the account at {name} has a new key\n"))?;
    Ok(DONE)
}

async fn revoke(member: &MemberName, reason: Reason, at: &Where) -> Result<u8, Failure> {
    let (state, desired) = fleet(at).await?;
    let _lock = lock(&state, WAIT).await?;
    let name = state.issuer_of(member).ok_or_else(|| {
        format!("{member} has no certificate of an issuer that could revoke it; one of the platform's own authority ends by itself")
    })?;
    Acme::new(&state).revoke(named(&desired, &name)?, member, code(reason)).await?;
    state.forget_certificate(member)?;
    print(&format!("the certificate of {member} is revoked; another is ordered by the next pass\n"))?;
    // a daemon that is there goes on at once
    let _ = want_fetch(&state).await;
    Ok(DONE)
}

async fn fleet(at: &Where) -> Result<(State, Desired), Failure> {
    let (state, source, fetcher) = at.open()?;
    let fleet = load(&fetcher, &source, &state).await?;
    let desired = fleet.desired.as_deref().cloned();
    let desired = desired
        .ok_or("the platform's document has problems, and it was never valid before: campanile check")?;
    Ok((state, desired))
}

fn named<'d>(desired: &'d Desired, name: &IssuerName) -> Result<&'d Issuer, Failure> {
    let known: Vec<String> =
        desired.platform.spec.issuers.iter().map(|issuer| issuer.name.to_string()).collect();
    let issuer = desired.issuer(name);
    issuer.ok_or_else(|| format!("the platform has no issuer {name}; it has {}", known.join(", ")).into())
}

fn code(reason: Reason) -> RevocationReason {
    match reason {
        Reason::KeyCompromise => RevocationReason::KeyCompromise,
        Reason::AffiliationChanged => RevocationReason::AffiliationChanged,
        Reason::Superseded => RevocationReason::Superseded,
        Reason::CessationOfOperation => RevocationReason::CessationOfOperation,
    }
}

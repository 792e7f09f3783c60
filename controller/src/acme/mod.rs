//! Issuers of certificates, by ACME (RFC 8555): accounts, orders step by step, and what is to be seen of both.

mod chains;
mod desk;
mod error;
mod look;
mod order;
mod preflight;
mod probe;
mod signed;
mod transport;
mod trust;
mod windows;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use campanile_plan::certificate::Refusal;
use campanile_plan::document::values::{Contact, DomainName, IssuerName, MemberName};
use campanile_plan::document::{Issuer, Platform};
use campanile_plan::plan::{Action, Step};
use instant_acme::{RevocationReason, RevocationRequest};
use jiff::Timestamp;

pub use error::AcmeError;
pub use look::Looked;
pub use preflight::PreflightError;
pub use probe::probe;
pub use trust::{roots, verify};

use crate::history::History;
use crate::locked::locked;
use crate::state::State;
use desk::Desk;
use look::Polled;

/// How long a directory's addresses are believed.
const BELIEVED: Duration = Duration::from_hours(1);

/// The issuers of a platform: accounts that are kept open between two looks, and what was last seen of orders.
pub struct Acme {
    state: State,
    desks: Mutex<BTreeMap<IssuerName, Open>>,
    polled: Mutex<BTreeMap<MemberName, Polled>>,
    history: Mutex<Option<History>>,
    silent: Mutex<BTreeMap<IssuerName, Instant>>,
}

/// An account that is open.
struct Open {
    issuer: Issuer,
    since: Instant,
    desk: Arc<Desk>,
}

impl Acme {
    /// Nobody is asked yet.
    pub fn new(state: &State) -> Self {
        Self {
            state: state.clone(),
            desks: Mutex::default(),
            polled: Mutex::default(),
            history: Mutex::default(),
            silent: Mutex::default(),
        }
    }

    /// Whether a step is one of ours.
    pub fn does(action: &Action) -> bool {
        matches!(
            action,
            Action::RegisterAccount { .. }
                | Action::ProbeNames { .. }
                | Action::LookUpNames(_)
                | Action::PlaceOrder(_)
                | Action::ResumeOrder { .. }
                | Action::AnswerChallenges { .. }
                | Action::FinalizeOrder { .. }
                | Action::TakeCertificate { .. }
                | Action::GiveUpOrder { .. }
                | Action::ForgetOrder
        )
    }

    /// Does one step.
    ///
    /// # Errors
    /// Why it was not done.
    pub async fn act(&self, platform: &Platform, step: &Step, now: Timestamp) -> Result<(), AcmeError> {
        let issuer = |name: &IssuerName| {
            let found = platform.spec.issuers.iter().find(|issuer| issuer.name.value == *name);
            found.ok_or_else(|| AcmeError::NoAccount { issuer: name.to_string() })
        };
        if let Action::RegisterAccount { issuer: name, directory: _, contact } = &step.action {
            return self.register(issuer(name)?, contact).await;
        }
        if let Action::ProbeNames { through, names, page, answer } = &step.action {
            return probe(platform, through, names, (page, answer)).await;
        }
        if let Action::LookUpNames(look_up) = &step.action {
            let found = preflight::look_up_names(platform, look_up).await;
            return found.map_err(|why| AcmeError::Preflight(Box::new(why)));
        }
        let Some(member) = &step.member else { return Ok(()) };
        // whatever comes of it, what was seen of the order is of yesterday
        locked(&self.polled).remove(member);
        match &step.action {
            Action::PlaceOrder(request) => self.place(issuer(&request.issuer)?, member, request, now).await,
            Action::ResumeOrder { issuer: name } => self.resume(issuer(name)?, member, now).await,
            Action::AnswerChallenges { issuer: name, names: _ } => self.answer(issuer(name)?, member).await,
            Action::FinalizeOrder { issuer: name } => self.finalize(issuer(name)?, member).await,
            Action::TakeCertificate { issuer: name, names } => {
                self.take(issuer(name)?, member, names, now).await
            }
            Action::GiveUpOrder { issuer: name, names, failed, why } => {
                let refusal = Refusal {
                    issuer: name.clone(),
                    names: names.clone(),
                    why: why.clone(),
                    at: now,
                    again: now,
                };
                self.give_up(issuer(name)?, member, failed, &refusal)
            }
            Action::ForgetOrder => self.state.forget_order(member).map_err(AcmeError::state),
            _ => Ok(()),
        }
    }

    async fn register(&self, issuer: &Issuer, contact: &[Contact]) -> Result<(), AcmeError> {
        desk::register(&self.state, issuer, contact).await
    }

    /// Puts a new key in the place of an account's.
    ///
    /// # Errors
    /// Why not; the one before then still counts, or the next try finds out which does.
    pub async fn roll_over(&self, issuer: &Issuer) -> Result<(), AcmeError> {
        locked(&self.desks).remove(&issuer.name.value);
        desk::roll_over(&self.state, issuer).await
    }

    /// Revokes the certificate of a member; one that is revoked already is revoked.
    ///
    /// # Errors
    /// Why not.
    pub async fn revoke(
        &self,
        issuer: &Issuer,
        member: &MemberName,
        reason: RevocationReason,
    ) -> Result<(), AcmeError> {
        let doing = "revoking the certificate";
        let garbled = || AcmeError::Garbled { doing: doing.to_owned(), reason: "there is none".to_owned() };
        let leaf = self.state.leaf(member).ok_or_else(garbled)?;
        let desk = self.desk(issuer).await?;
        let request = RevocationRequest { certificate: &leaf, reason: Some(reason) };
        match desk::patiently(doing, || desk.account.revoke(&request)).await {
            Err(AcmeError::Refused { kind, .. }) if kind == "alreadyRevoked" => Ok(()),
            revoked => revoked,
        }
    }

    /// The account at an issuer.
    async fn desk(&self, issuer: &Issuer) -> Result<Arc<Desk>, AcmeError> {
        let name = &issuer.name.value;
        let open = locked(&self.desks).get(name).and_then(|open| {
            (open.issuer == *issuer && open.since.elapsed() < BELIEVED).then(|| Arc::clone(&open.desk))
        });
        if let Some(desk) = open {
            return Ok(desk);
        }
        let desk = Arc::new(Desk::open(&self.state, issuer).await?);
        let open = Open { issuer: issuer.clone(), since: Instant::now(), desk: Arc::clone(&desk) };
        locked(&self.desks).insert(name.clone(), open);
        Ok(desk)
    }

    /// Notes an order that is not to be repeated soon, and names that failed.
    fn give_up(
        &self,
        issuer: &Issuer,
        member: &MemberName,
        failed: &std::collections::BTreeSet<DomainName>,
        refusal: &Refusal,
    ) -> Result<(), AcmeError> {
        let directory = issuer.directory.value.as_str();
        self.spend(|history| history.spend_failures(refusal.at, directory, member, failed))?;
        self.state.note_refusal(member, refusal).map_err(AcmeError::state)?;
        self.state.forget_order(member).map_err(AcmeError::state)
    }

    /// Notes what is about to be spent.
    fn spend<T>(
        &self,
        note: impl Fn(&History) -> Result<T, crate::history::HistoryError>,
    ) -> Result<T, AcmeError> {
        let mut open = locked(&self.history);
        // one that somebody set aside meanwhile is read by nobody any more
        if open.as_ref().is_some_and(|history| history.look_at_disk().is_err()) {
            *open = None;
        }
        if open.is_none() {
            *open = Some(History::open(self.state.folder()).map_err(AcmeError::history)?.history);
        }
        let Some(history) = open.as_ref() else { return Err(AcmeError::Key { of: "history".to_owned() }) };
        let noted = note(history).map_err(AcmeError::history);
        if noted.is_err() {
            *open = None;
        }
        noted
    }
}

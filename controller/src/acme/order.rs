//! The steps of an order. Each is written down before it is asked for, and can be repeated: no crash costs a second order.

use std::collections::BTreeSet;
use std::sync::Arc;

use campanile_plan::certificate::Refusal;
use campanile_plan::document::values::{CertificateName, DomainName, MemberName};
use campanile_plan::document::{ChallengeKind, Issuer};
use campanile_plan::plan::OrderRequest;
use instant_acme::{CertificateIdentifier, ChallengeType, Identifier, NewOrder};
use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, DistinguishedName};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;

use super::desk::{Desk, patiently};
use super::signed::read;
use super::{Acme, AcmeError, trust};
use crate::history::OrderSpent;
use crate::state::OrderRecord;

/// When an issuer that refused an order is asked again, where it does not say.
const REFUSED: SignedDuration = SignedDuration::from_hours(1);
/// Most orders of an account that are looked at to find one.
const MOST_ORDERS: usize = 1000;

impl Acme {
    /// Notes an order, writes it down with its key, then places it.
    pub(super) async fn place(
        &self,
        issuer: &Issuer,
        member: &MemberName,
        request: &OrderRequest,
        now: Timestamp,
    ) -> Result<(), AcmeError> {
        let desk = self.desk(issuer).await?;
        let names: BTreeSet<DomainName> = request.names.iter().map(|name| name.domain().clone()).collect();
        let directory = &issuer.directory.value;
        let exempt = request.exempt;
        let spent = OrderSpent { at: now, directory: directory.as_str(), member, names: &names, exempt };
        self.spend(|history| history.spend_order(&spent))?;
        let record = self.state.begin_order(member, request, directory, now).map_err(AcmeError::state)?;
        self.request(&desk, issuer, member, record, now).await
    }

    /// Finds an order that was written down at its issuer; places it where the issuer does not have it.
    pub(super) async fn resume(
        &self,
        issuer: &Issuer,
        member: &MemberName,
        now: Timestamp,
    ) -> Result<(), AcmeError> {
        let record = self.record(member)?;
        let desk = self.desk(issuer).await?;
        match find(&desk, &record).await? {
            Some(url) => self.placed(member, record, url),
            None => self.request(&desk, issuer, member, record, now).await,
        }
    }

    async fn request(
        &self,
        desk: &Arc<Desk>,
        issuer: &Issuer,
        member: &MemberName,
        record: OrderRecord,
        now: Timestamp,
    ) -> Result<(), AcmeError> {
        let placed = match new_order(desk, &record, true).await {
            // somebody else has renewed it, or the order that did was lost: then it is an order like any other
            Err(AcmeError::Refused { kind, .. })
                if kind == "alreadyReplaced" && record.replaces.is_some() =>
            {
                new_order(desk, &record, false).await
            }
            placed => placed,
        };
        match placed {
            Ok(url) => self.placed(member, record, url),
            Err(error) => {
                if let Some(again) = refused_until(&error, now) {
                    let OrderRecord { names, .. } = record;
                    let (issuer, why) = (issuer.name.value.clone(), error.to_string());
                    let refusal = Refusal { issuer, names, why, at: now, again };
                    self.state.note_refusal(member, &refusal).map_err(AcmeError::state)?;
                }
                Err(error)
            }
        }
    }

    fn placed(&self, member: &MemberName, record: OrderRecord, url: String) -> Result<(), AcmeError> {
        let record = OrderRecord { url: Some(url), ..record };
        self.state.place_order(member, &record).map_err(AcmeError::state)
    }

    /// Tells an issuer to look at what proves that the names are ours.
    pub(super) async fn answer(&self, issuer: &Issuer, member: &MemberName) -> Result<(), AcmeError> {
        let doing = "having it look whose the names are";
        let record = self.record(member)?;
        let url = placed_at(&record, doing)?;
        let desk = self.desk(issuer).await?;
        let kind = &challenge(record.challenge);
        patiently(doing, || async {
            let mut order = desk.account.order(url.clone()).await?;
            let mut authorizations = order.authorizations();
            while let Some(authorization) = authorizations.next().await {
                let mut authorization = authorization?;
                let open = authorization.status == instant_acme::AuthorizationStatus::Pending;
                let Some(mut challenge) = authorization.challenge(kind.clone()).filter(|_| open) else {
                    continue;
                };
                if challenge.status == instant_acme::ChallengeStatus::Pending {
                    challenge.set_ready().await?;
                }
            }
            Ok(())
        })
        .await?;
        self.state.place_order(member, &OrderRecord { told: true, ..record }).map_err(AcmeError::state)
    }

    /// Sends an issuer what it is to sign, for a key that was made when the order was written down.
    pub(super) async fn finalize(&self, issuer: &Issuer, member: &MemberName) -> Result<(), AcmeError> {
        let doing = "sending it what it is to sign";
        let record = self.record(member)?;
        let url = placed_at(&record, doing)?;
        let key = self.state.order_key(member).map_err(AcmeError::state)?;
        let desk = self.desk(issuer).await?;
        let unmade =
            |error: rcgen::Error| AcmeError::Garbled { doing: doing.to_owned(), reason: error.to_string() };
        let names: Vec<String> = record.names.iter().map(ToString::to_string).collect();
        let mut parameters = CertificateParams::new(names).map_err(unmade)?;
        parameters.distinguished_name = DistinguishedName::new();
        let request = parameters.serialize_request(&key).map_err(unmade)?;
        patiently(doing, || async {
            let mut order = desk.account.order(url.clone()).await?;
            order.finalize_csr(request.der()).await
        })
        .await
    }

    /// Fetches a certificate and, if it is what was ordered, puts it in force; the order is then forgotten.
    pub(super) async fn take(
        &self,
        issuer: &Issuer,
        member: &MemberName,
        names: &BTreeSet<CertificateName>,
        now: Timestamp,
    ) -> Result<(), AcmeError> {
        let doing = "fetching the certificate";
        let record = self.record(member)?;
        let url = placed_at(&record, doing)?;
        let desk = self.desk(issuer).await?;
        let chain = patiently(doing, || async {
            let mut order = desk.account.order(url.clone()).await?;
            let address = order.state().certificate.clone();
            Ok((order.certificate().await?, address))
        });
        let (chain, address) = chain.await?;
        let none = || AcmeError::Garbled { doing: doing.to_owned(), reason: "there is none yet".to_owned() };
        let mut chain = chain.ok_or_else(none)?;
        if let (Some(preferred), Some(address)) = (&issuer.preferred_chain, address)
            && let Some(other) = super::chains::preferred(&desk, &address, preferred.as_str(), &chain).await?
        {
            chain = other;
        }
        let roots = trust::roots(issuer.roots.as_ref())?;
        self.fit(issuer, member, &chain, (names, &roots), now)?;
        self.state.forget_refusal(member).map_err(AcmeError::state)?;
        self.state.forget_order(member).map_err(AcmeError::state)
    }

    /// Puts a chain in force, if it holds.
    fn fit(
        &self,
        issuer: &Issuer,
        member: &MemberName,
        chain: &str,
        (names, roots): (&BTreeSet<CertificateName>, &rustls::RootCertStore),
        now: Timestamp,
    ) -> Result<(), AcmeError> {
        let unfit = |reason: String| AcmeError::Unfit { reason };
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain.as_bytes()).collect();
        let certificates = certificates.map_err(|error| unfit(error.to_string()))?;
        let (leaf, rest) = certificates.split_first().ok_or_else(|| unfit("it is empty".to_owned()))?;
        let key = self.state.order_key(member).map_err(AcmeError::state)?;
        crate::state::fits(leaf, &key, names).map_err(unfit)?;
        trust::verify(roots, (leaf, rest), names, now).map_err(|reason| {
            unfit(format!(
                "its chain does not hold {reason}; see the issuer's roots, and this machine's clock"
            ))
        })?;
        let kept = self.state.put_in_force(member, &issuer.name.value, &certificates, &key);
        kept.map_err(AcmeError::state)
    }

    fn record(&self, member: &MemberName) -> Result<OrderRecord, AcmeError> {
        let record = self.state.order(member).map_err(AcmeError::state)?;
        let none = || AcmeError::Garbled {
            doing: format!("going on with the order of {member}"),
            reason: "there is none".to_owned(),
        };
        record.ok_or_else(none)
    }
}

fn placed_at(record: &OrderRecord, doing: &str) -> Result<String, AcmeError> {
    let none = || AcmeError::Garbled {
        doing: doing.to_owned(),
        reason: "nobody knows where the order is".to_owned(),
    };
    record.url.clone().ok_or_else(none)
}

pub(super) fn challenge(kind: ChallengeKind) -> ChallengeType {
    match kind {
        ChallengeKind::Http01 => ChallengeType::Http01,
        ChallengeKind::Dns01 => ChallengeType::Dns01,
    }
}

async fn new_order(desk: &Desk, record: &OrderRecord, renews: bool) -> Result<String, AcmeError> {
    let doing = "placing the order";
    let names: Vec<Identifier> = record.names.iter().map(|name| Identifier::Dns(name.to_string())).collect();
    let replaced = record.replaces.as_deref().filter(|_| renews && desk.renewal_info);
    patiently(doing, || async {
        let mut order = NewOrder::new(&names);
        if let Some(profile) = &record.profile {
            order = order.profile(profile);
        }
        if let Some((authority, serial)) = replaced.and_then(|replaced| replaced.split_once('.')) {
            order = order.replaces(CertificateIdentifier {
                authority_key_identifier: authority.into(),
                serial: serial.into(),
            });
        }
        desk.account.new_order(&order).await.map(|order| order.url().to_owned())
    })
    .await
}

/// Until when an issuer that refused an order is not to be asked again; none where it did nothing at all.
fn refused_until(error: &AcmeError, now: Timestamp) -> Option<Timestamp> {
    let later = now.checked_add(REFUSED).ok();
    match error {
        AcmeError::Throttled { again, .. } => again.or(later),
        AcmeError::Refused { kind, .. } if !matches!(kind.as_str(), "badNonce" | "serverInternal") => later,
        _ => None,
    }
}

/// What of an order says whether it is the one that was written down.
#[derive(Deserialize)]
struct Listed {
    status: String,
    identifiers: Vec<Name>,
}

#[derive(Deserialize)]
struct Name {
    value: String,
}

/// Finds an order among those of the account, where the issuer lists them (RFC 8555, 7.1.2.1); where it does not, it gives
/// an open order to whoever asks for the same again.
async fn find(desk: &Desk, record: &OrderRecord) -> Result<Option<String>, AcmeError> {
    #[derive(Deserialize)]
    struct Account {
        orders: Option<String>,
    }
    #[derive(Deserialize)]
    struct Orders {
        orders: Vec<String>,
    }
    let doing = "looking for the order";
    let account: Account = read(doing, &desk.itself().await?)?;
    let Some(mut page) = account.orders else { return Ok(None) };
    let mut list = Vec::new();
    while list.len() < MOST_ORDERS {
        let reply = match desk.ask(doing, &page).await {
            Ok(reply) => reply,
            // it says where the list would be, and has none
            Err(AcmeError::Refused { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let more = read::<Orders>(doing, &reply)?.orders;
        let next = super::chains::links(&reply.headers, "next").into_iter().next();
        let is_last = more.is_empty();
        list.extend(more);
        match next.filter(|_| !is_last) {
            Some(next) => page = next,
            None => break,
        }
    }
    let wanted: BTreeSet<String> = record.names.iter().map(ToString::to_string).collect();
    for url in list.into_iter().rev() {
        let order: Listed = match desk.ask(doing, &url).await {
            Ok(reply) => read(doing, &reply)?,
            Err(AcmeError::Refused { .. }) => continue,
            Err(error) => return Err(error),
        };
        let names: BTreeSet<String> = order.identifiers.into_iter().map(|name| name.value).collect();
        // one that got further was known here already
        if names == wanted && matches!(order.status.as_str(), "pending" | "ready") {
            return Ok(Some(url));
        }
    }
    Ok(None)
}

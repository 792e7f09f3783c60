//! A look at accounts, open orders, refusals and budgets. Only an order that is open costs a question to its issuer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use campanile_plan::certificate::budget::Ledger;
use campanile_plan::certificate::{Challenge, ObservedOrder, OrderStage, Refusal};
use campanile_plan::document::values::{DomainName, IssuerName, MemberName};
use campanile_plan::document::{ChallengeKind, Issuer, Platform};
use futures_util::future::join_all;
use instant_acme::{AuthorizationState, AuthorizationStatus, Identifier, OrderStatus};
use tokio::time::timeout;

use super::desk::{Desk, patiently, words};
use super::order::challenge;
use super::transport::bounded;
use super::{Acme, AcmeError};
use crate::history::{History, HistoryError};
use crate::locked::locked;
use crate::state::{LeftOut, OrderRecord, StateError};
use crate::world::chain;

/// What questions to issuers may add to a look.
const TIME: Duration = Duration::from_secs(10);
/// The shortest and the longest time between two questions about one order.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    /// Issuers where we have an account.
    pub accounts: BTreeSet<IssuerName>,
    /// Orders that are open.
    pub orders: BTreeMap<MemberName, ObservedOrder>,
    /// What issuers refused.
    pub refusals: BTreeMap<MemberName, Refusal>,
    /// What was spent; not there for an issuer where nobody could say.
    pub ledgers: BTreeMap<IssuerName, Ledger>,
    /// Files that were left out.
    pub left_out: Vec<LeftOut>,
}

/// What an issuer last said of an order.
pub(super) struct Polled {
    url: String,
    first: Instant,
    last: Instant,
    stage: OrderStage,
}

impl Acme {
    /// Looks at what there is of a platform's issuers.
    ///
    /// # Errors
    /// When the state folder cannot be read.
    pub async fn look(&self, platform: &Platform) -> Result<Looked, StateError> {
        let issuers = &platform.spec.issuers;
        let orders = self.state.orders()?;
        if issuers.is_empty() && orders.records.is_empty() {
            return Ok(Looked::default());
        }
        let refusals = self.state.refusals()?;
        let mut looked =
            Looked { refusals: refusals.records, left_out: orders.left_out, ..Looked::default() };
        looked.left_out.extend(refusals.left_out);
        for issuer in issuers {
            match self.state.account(&issuer.name.value, &issuer.directory.value) {
                Ok(account) => {
                    let made = account.filter(|account| account.url.is_some());
                    looked.accounts.extend(made.map(|_| issuer.name.value.clone()));
                }
                Err(error) => {
                    let path = self.state.account_path(&issuer.name.value, &issuer.directory.value);
                    looked.left_out.push(LeftOut { path, reason: chain(&error) });
                }
            }
        }
        match self.ledgers(issuers) {
            Ok(ledgers) => looked.ledgers = ledgers,
            Err(error) => {
                let path = self.state.folder().join(crate::history::FILE);
                looked.left_out.push(LeftOut { path, reason: chain(&error) });
            }
        }
        locked(&self.polled).retain(|member, _| orders.records.contains_key(member));
        let seen = orders.records.into_iter().map(|(member, record)| async move {
            let issuer = issuers.iter().find(|issuer| {
                issuer.name.value == record.issuer && issuer.directory.value.as_str() == record.directory
            });
            let stage = self.stage(issuer, &member, &record).await;
            let order = self.observed(&member, record, stage);
            (member, order)
        });
        looked.orders = join_all(seen).await.into_iter().collect();
        Ok(looked)
    }

    fn observed(&self, member: &MemberName, record: OrderRecord, stage: OrderStage) -> ObservedOrder {
        let in_force = self.state.has_key_of_order(member);
        let OrderRecord { issuer, names, key_type, challenge, begun, .. } = record;
        ObservedOrder { issuer, names, key_type, challenge, begun, stage, in_force }
    }

    fn ledgers(&self, issuers: &[Issuer]) -> Result<BTreeMap<IssuerName, Ledger>, HistoryError> {
        let history = History::read(self.state.folder())?;
        let ledger = |issuer: &Issuer| {
            let ledger = history.as_ref().map(|history| history.ledger(issuer.directory.value.as_str()));
            Ok((issuer.name.value.clone(), ledger.transpose()?.unwrap_or_default()))
        };
        issuers.iter().map(ledger).collect()
    }

    /// How far an order is, asked anew where enough time has gone by.
    async fn stage(&self, issuer: Option<&Issuer>, member: &MemberName, record: &OrderRecord) -> OrderStage {
        let Some(url) = &record.url else { return OrderStage::Intended };
        // an issuer that is named no more, or has another directory: nobody can be asked
        let Some(issuer) = issuer else { return OrderStage::Gone };
        let known = locked(&self.polled)
            .get(member)
            .filter(|polled| polled.url == *url && polled.holds())
            .map(|polled| polled.stage.clone());
        if let Some(stage) = known {
            return stage;
        }
        let asked = timeout(TIME, async { self.ask(&*self.desk(issuer).await?, url, record).await });
        let stage = match asked.await {
            Ok(Ok(stage)) => stage,
            Ok(Err(AcmeError::Refused { status: 404, .. })) => OrderStage::Gone,
            Ok(Err(error)) => OrderStage::Unseen { why: self.unseen(issuer, &error) },
            Err(_) => OrderStage::Unseen { why: format!("no answer within {} seconds", TIME.as_secs()) },
        };
        let mut polled = locked(&self.polled);
        let now = Instant::now();
        let first =
            polled.get(member).filter(|polled| polled.stage == stage).map_or(now, |polled| polled.first);
        polled.insert(member.clone(), Polled { url: url.clone(), first, last: now, stage: stage.clone() });
        stage
    }

    fn unseen(&self, issuer: &Issuer, error: &AcmeError) -> String {
        locked(&self.desks).remove(&issuer.name.value);
        let remedy = match error {
            AcmeError::Refused { kind, .. }
                if matches!(kind.as_str(), "accountDoesNotExist" | "unauthorized") =>
            {
                let path = self.state.account_path(&issuer.name.value, &issuer.directory.value);
                format!("; if the account is closed, move {} away, and another one is made", path.display())
            }
            _ => String::new(),
        };
        bounded(&format!("{}{remedy}", chain(error)))
    }

    async fn ask(&self, desk: &Desk, url: &str, record: &OrderRecord) -> Result<OrderStage, AcmeError> {
        let kind = &challenge(record.challenge);
        patiently("asking for the order", || async {
            let mut order = desk.account.order(url.to_owned()).await?;
            let status = order.state().status;
            let error = order.state().error.as_ref().map(words);
            match status {
                OrderStatus::Ready => return Ok(OrderStage::Ready),
                OrderStatus::Processing => return Ok(OrderStage::Processing),
                OrderStatus::Valid => return Ok(OrderStage::Valid),
                OrderStatus::Pending | OrderStatus::Invalid => {}
            }
            let mut open = Vec::new();
            let mut failed = BTreeSet::new();
            let mut said: Vec<String> = error.into_iter().collect();
            let mut authorizations = order.authorizations();
            while let Some(authorization) = authorizations.next().await {
                let mut authorization = authorization?;
                let Some(name) = name(&authorization) else { continue };
                match authorization.status {
                    AuthorizationStatus::Pending => {
                        if let Some(challenge) = authorization.challenge(kind.clone()) {
                            let told =
                                record.told || challenge.status != instant_acme::ChallengeStatus::Pending;
                            let answer = challenge.key_authorization();
                            let answer = match record.challenge {
                                ChallengeKind::Http01 => answer.as_str().to_owned(),
                                ChallengeKind::Dns01 => answer.dns_value(),
                            };
                            open.push(Challenge { name, token: challenge.token.clone(), answer, told });
                        }
                    }
                    AuthorizationStatus::Valid => {}
                    _ => {
                        let problems =
                            authorization.challenges.iter().filter_map(|challenge| challenge.error.as_ref());
                        said.extend(problems.map(|problem| format!("{name}: {}", words(problem))));
                        failed.insert(name);
                    }
                }
            }
            if status == OrderStatus::Pending && failed.is_empty() {
                return Ok(OrderStage::Pending(open));
            }
            if failed.is_empty() {
                failed = record.names.iter().map(|name| name.domain().clone()).collect();
            }
            let why =
                if said.is_empty() { "it does not say why".to_owned() } else { bounded(&said.join("; ")) };
            Ok(OrderStage::Invalid { why, names: failed })
        })
        .await
    }
}

impl Polled {
    /// Whether it is too early to ask again: the longer nothing changed, the longer it holds.
    fn holds(&self) -> bool {
        let (shortest, longest) = PAUSES;
        let pause = (self.last.duration_since(self.first) / 4).clamp(shortest, longest);
        let waits = match &self.stage {
            // nothing happens there before we do something
            OrderStage::Pending(challenges) => challenges.iter().all(|challenge| challenge.told),
            OrderStage::Processing | OrderStage::Unseen { .. } => true,
            OrderStage::Ready | OrderStage::Valid | OrderStage::Invalid { .. } => {
                return self.last.elapsed() < longest;
            }
            OrderStage::Intended | OrderStage::Gone => false,
        };
        self.last.elapsed() < if waits { pause } else { longest }
    }
}

fn name(authorization: &AuthorizationState) -> Option<DomainName> {
    match authorization.identifier().identifier {
        Identifier::Dns(name) => name.parse().ok(),
        _ => None,
    }
}

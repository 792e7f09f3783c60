//! Steps in zones, and the records there that show issuers whose names are.

use std::collections::{BTreeMap, BTreeSet};

use campanile_plan::certificate::{ObservedOrder, OrderStage};
use campanile_plan::document::Platform;
use campanile_plan::document::values::{DomainName, MemberName};
use campanile_plan::domain::{Owner, Proof, Proofs};
use campanile_plan::plan::{Action, Step};

use super::{DoError, World};
use crate::dns;
use crate::state::{Records, StateError};

/// Values of TXT records by owner, in a zone.
type InZone<'a> = (&'a DomainName, &'a BTreeMap<Owner, BTreeSet<String>>);

impl World {
    /// Does a step that is one message to the name server.
    pub(super) async fn change_zone(&self, step: &Step) -> Result<(), DoError> {
        let platform = self.platform();
        let Some(dns) = platform.as_ref().and_then(|platform| platform.spec.dns.as_ref()) else {
            return Err(DoError::Nowhere { object: step.object.clone() });
        };
        let failed = |source| DoError::Zone { object: step.object.clone(), source };
        let mut connection = dns::Server::open(dns).map_err(failed)?.connect().await.map_err(failed)?;
        let done = match &step.action {
            Action::CreateZone { zone, catalog } => dns::create(&mut connection, zone, catalog).await,
            Action::UpdateZone { zone, changes } => dns::update(&mut connection, zone, changes).await,
            Action::SetProofs { zone, records } => dns::add_texts(&mut connection, zone, records).await,
            Action::ClearProofs { zone, records } => dns::remove_texts(&mut connection, zone, records).await,
            _ => return Err(DoError::Nowhere { object: step.object.clone() }),
        };
        done.map_err(failed)
    }

    /// Notes records, then sets them: whatever ends us in between, somebody knows what to clear.
    pub(super) async fn set_proofs(
        &self,
        step: &Step,
        member: &MemberName,
        (zone, records): InZone<'_>,
    ) -> Result<(), DoError> {
        let doing = || format!("noting the {}", step.object);
        let noted = self.state.note_proofs(member, zone, records);
        noted.map_err(|source| DoError::State { doing: doing(), source })?;
        self.change_zone(step).await
    }

    /// Removes records, then forgets them; where the zone is not there any more, they are gone with it.
    pub(super) async fn clear_proofs(
        &self,
        step: &Step,
        member: &MemberName,
        (zone, records): InZone<'_>,
    ) -> Result<(), DoError> {
        match self.change_zone(step).await {
            Err(DoError::Zone { source, .. }) if source.is_missing() => {}
            Err(DoError::Nowhere { .. }) => {}
            done => done?,
        }
        let doing = || format!("forgetting the {}", step.object);
        let forgotten = self.state.forget_proofs(member, zone, records);
        forgotten.map_err(|source| DoError::State { doing: doing(), source })
    }

    /// The records that show issuers whose names are, and for orders that wait for them, who shows them.
    pub(super) async fn proofs(
        &self,
        platform: &Platform,
        before: Records<BTreeSet<Proof>>,
        orders: &BTreeMap<MemberName, ObservedOrder>,
    ) -> Result<Records<Proofs>, StateError> {
        let Records { records, left_out } = self.state.proofs()?;
        let mut noted = before.records;
        for (member, proofs) in records {
            noted.entry(member).or_default().extend(proofs);
        }
        let is_open = |member: &MemberName| match orders.get(member).map(|order| &order.stage) {
            Some(OrderStage::Pending(challenges)) => challenges.iter().any(|challenge| !challenge.told),
            _ => false,
        };
        let open: Vec<Proof> = noted
            .iter()
            .filter(|(member, _)| is_open(member))
            .flat_map(|(_, proofs)| proofs.iter().cloned())
            .collect();
        let mut shown = match &platform.spec.dns {
            Some(dns) if !open.is_empty() => dns::shown(dns, &open).await,
            _ => BTreeMap::new(),
        };
        let mut with_answers = |proof: Proof| {
            let answers = shown.remove(&proof).unwrap_or_default();
            (proof, answers)
        };
        let records = noted
            .into_iter()
            .map(|(member, proofs)| (member, proofs.into_iter().map(&mut with_answers).collect()))
            .collect();
        Ok(Records { records, left_out })
    }
}

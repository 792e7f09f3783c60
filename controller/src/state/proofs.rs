//! Records that show issuers whose names are: noted before they are set in a zone, forgotten after they are gone from it. One
//! file a member.

use std::collections::{BTreeMap, BTreeSet};

use campanile_plan::document::values::{DomainName, MemberName};
use campanile_plan::domain::{Owner, Proof};
use serde::{Deserialize, Serialize};

use super::atomic::remove;
use super::{Records, State, StateError, create_folder};

const PROOFS: &str = "acme/proofs";

/// A record as it was noted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct ProofRecord {
    zone: DomainName,
    /// The name below the zone.
    name: String,
    value: String,
}

impl State {
    /// Notes records that are about to be set, beside those that are noted.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn note_proofs(
        &self,
        member: &MemberName,
        zone: &DomainName,
        records: &BTreeMap<Owner, BTreeSet<String>>,
    ) -> Result<(), StateError> {
        create_folder(&self.folder().join(PROOFS))?;
        let mut noted = self.noted(member)?;
        noted.extend(listed(zone, records));
        self.write_json(&file(member), &noted)
    }

    /// Forgets records that are gone.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn forget_proofs(
        &self,
        member: &MemberName,
        zone: &DomainName,
        records: &BTreeMap<Owner, BTreeSet<String>>,
    ) -> Result<(), StateError> {
        let gone: BTreeSet<ProofRecord> = listed(zone, records).collect();
        let mut noted = self.noted(member)?;
        noted.retain(|record| !gone.contains(record));
        if noted.is_empty() {
            let path = self.folder().join(file(member));
            return remove(&path).map_err(StateError::write(&path));
        }
        self.write_json(&file(member), &noted)
    }

    /// Every record that is noted.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn proofs(&self) -> Result<Records<BTreeSet<Proof>>, StateError> {
        let Records { records, left_out } = self.records::<BTreeSet<ProofRecord>>(PROOFS)?;
        let proof =
            |ProofRecord { zone, name, value }| Proof { owner: Owner::under(&name, &zone), zone, value };
        let proofs = |(member, noted): (MemberName, BTreeSet<ProofRecord>)| {
            (member, noted.into_iter().map(proof).collect())
        };
        Ok(Records { records: records.into_iter().map(proofs).collect(), left_out })
    }

    fn noted(&self, member: &MemberName) -> Result<BTreeSet<ProofRecord>, StateError> {
        Ok(self.json(&file(member))?.unwrap_or_default())
    }
}

fn file(member: &MemberName) -> String {
    format!("{PROOFS}/{member}.json")
}

fn listed<'a>(
    zone: &'a DomainName,
    records: &'a BTreeMap<Owner, BTreeSet<String>>,
) -> impl Iterator<Item = ProofRecord> + 'a {
    records.iter().flat_map(move |(owner, values)| {
        let record = |value: &String| ProofRecord {
            zone: zone.clone(),
            name: owner.within(zone).to_owned(),
            value: value.clone(),
        };
        values.iter().map(record)
    })
}

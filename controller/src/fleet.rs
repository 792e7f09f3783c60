//! Loading a fleet: fetched from its source, parsed, and validated against what was last valid.

use std::collections::BTreeMap;

use campanile_plan::document::Problem;
use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::{Desired, Snapshot, Validated, file_of, parse, validate};

use crate::git::{FetchError, Fetcher, Source};
use crate::state::{Accepted, FleetRecord, LeftOut, State, StateError};

/// A fleet at one commit.
#[derive(Debug)]
pub struct Fleet {
    /// Its files.
    pub snapshot: Snapshot,
    /// What should be; none if the platform's document has problems.
    pub desired: Option<Desired>,
    /// Every problem.
    pub problems: Vec<Problem>,
    /// Last valid documents that could not be read.
    pub left_out: Vec<LeftOut>,
    accepted: Vec<MemberName>,
}

/// Why a fleet could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The source could not be read.
    #[error("reading the fleet from {source_name}")]
    Fetch {
        /// The source.
        source_name: String,
        /// Why.
        source: FetchError,
    },
    /// The state folder could not be read.
    #[error("reading what was last valid")]
    State {
        /// Why.
        source: StateError,
    },
}

impl Fleet {
    /// Fetches, parses and validates.
    ///
    /// # Errors
    /// When there is nothing to read; bad documents are no error, they are problems.
    pub async fn load(fetcher: &Fetcher, source: &Source, state: &State) -> Result<Self, LoadError> {
        let read = |source| LoadError::State { source };
        let record = state.fleet_record().map_err(read)?;
        let here = record.as_ref().filter(|record| record.source == source.to_string());
        let before = here.and_then(|record| record.commit.as_deref());
        let failed = |error| LoadError::Fetch {
            source_name: fetcher.credentials.redact(&source.to_string()),
            source: error,
        };
        let mut snapshot = fetcher.fetch(source, before).await.map_err(failed)?;
        if let Some(record) = &record
            && !goes_on(record, source, &snapshot, fetcher).await.map_err(failed)?
        {
            let names = format!("from {} to {source}", described(record));
            snapshot
                .doubts
                .push(format!("the fleet's source changed {}", fetcher.credentials.redact(&names)));
        }
        let Accepted { documents, left_out } = state.accepted().map_err(read)?;
        Ok(Self { left_out, ..Self::validated(snapshot, &documents) })
    }

    /// Parses and validates a snapshot.
    pub fn validated(snapshot: Snapshot, accepted: &BTreeMap<MemberName, String>) -> Self {
        let Validated { desired, problems, accepted } = validate(parse(&snapshot), accepted);
        let accepted = accepted.into_iter().collect();
        Self { snapshot, desired, problems, left_out: Vec::new(), accepted }
    }

    /// Notes today's valid documents as the last valid ones.
    ///
    /// # Errors
    /// When the state folder cannot be written.
    pub fn accept(&self, state: &State) -> Result<(), StateError> {
        for member in &self.accepted {
            if let Some(Ok(text)) = self.snapshot.files.get(&file_of(member)) {
                state.accept(member, text)?;
            }
        }
        Ok(())
    }

    /// Notes the commit as the one that was applied in full.
    ///
    /// # Errors
    /// When the state folder cannot be written.
    pub fn record(&self, state: &State, source: &Source, now: jiff::Timestamp) -> Result<(), StateError> {
        let commit = self.snapshot.commit.clone();
        state.record_fleet(&FleetRecord { source: source.to_string(), commit, at: now })
    }

    /// Forgets the last valid documents of those who are no longer in the fleet.
    ///
    /// # Errors
    /// When the state folder cannot be read or written.
    pub fn forget_gone(&self, state: &State) -> Result<(), StateError> {
        for gone in state.accepted_members()?.iter().filter(|member| !self.names(member)) {
            state.forget(gone)?;
        }
        Ok(())
    }

    fn names(&self, member: &MemberName) -> bool {
        self.snapshot.files.contains_key(&file_of(member))
    }
}

/// Whether the fleet comes from where it came when it was last applied, or from elsewhere with the same history. A
/// folder has no history, so that another folder is as good as the one before.
async fn goes_on(
    record: &FleetRecord,
    source: &Source,
    snapshot: &Snapshot,
    fetcher: &Fetcher,
) -> Result<bool, FetchError> {
    match (&record.commit, &snapshot.commit) {
        (None, None) => Ok(true),
        // the fetch has compared the two commits itself
        (Some(_), Some(_)) if record.source == source.to_string() => Ok(true),
        (Some(before), Some(now)) => fetcher.is_ancestor(before, now).await,
        (None, Some(_)) | (Some(_), None) => Ok(false),
    }
}

/// The source as it was when the fleet was last applied.
fn described(record: &FleetRecord) -> String {
    match &record.commit {
        Some(commit) => format!("{} at commit {commit}", record.source),
        None => format!("the folder {}", record.source),
    }
}

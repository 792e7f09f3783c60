//! Loading a fleet: fetched from its source, parsed, and validated against what was last valid.

use std::collections::BTreeMap;

use campanile_plan::document::Problem;
use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::{Desired, MEMBERS_FOLDER, Snapshot, Validated, parse, validate};

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
        let here = record.filter(|record| record.source == source.to_string());
        let redacted = |name: &str| fetcher.credentials.redact(name);
        let before = here.and_then(|record| record.commit);
        let snapshot = fetcher.fetch(source, before.as_deref()).await.map_err(|error| LoadError::Fetch {
            source_name: redacted(&source.to_string()),
            source: error,
        })?;
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
            if let Some(Ok(text)) = self.snapshot.files.get(&format!("{MEMBERS_FOLDER}/{member}.yaml")) {
                state.accept(member, text)?;
            }
        }
        Ok(())
    }

    fn names(&self, member: &MemberName) -> bool {
        self.snapshot.files.contains_key(&format!("{MEMBERS_FOLDER}/{member}.yaml"))
    }

    /// Notes the commit as the one that was applied with nothing held, and forgets who is no longer in it.
    ///
    /// # Errors
    /// When the state folder cannot be written.
    pub fn record(&self, state: &State, source: &Source, now: jiff::Timestamp) -> Result<(), StateError> {
        for gone in state.accepted_members()?.iter().filter(|member| !self.names(member)) {
            state.forget(gone)?;
        }
        let commit = self.snapshot.commit.clone();
        state.record_fleet(&FleetRecord { source: source.to_string(), commit, at: now })
    }
}

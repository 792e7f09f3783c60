//! Loading a fleet: fetched from its source, parsed, and validated against what was last valid.

use std::collections::BTreeMap;
use std::sync::Arc;

use campanile_plan::document::Problem;
use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::{
    Accepted, Desired, PLATFORM_FILE, Pin, Snapshot, Validated, file_of, parse, validate,
};
use jiff::Timestamp;

use crate::git::{FetchError, Fetcher, Source};
use crate::pass::Outcome;
use crate::state::{AcceptedThere, FleetRecord, LeftOut, State, StateError};

/// A fleet at one commit.
#[derive(Debug)]
pub struct Fleet {
    /// Its files.
    pub snapshot: Snapshot,
    /// What should be; none if the platform's document has problems and never was valid.
    pub desired: Option<Arc<Desired>>,
    /// Every problem.
    pub problems: Vec<Problem>,
    /// Last valid documents that could not be read.
    pub left_out: Vec<LeftOut>,
    /// Members whose pin has ended, since their document in git is another one now.
    pub ended_pins: BTreeMap<MemberName, Pin>,
    accepted: Vec<MemberName>,
    platform_accepted: bool,
    /// Whether it is what the source says, and not what was last valid.
    is_todays: bool,
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

/// Why a fleet in force could not be noted.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The state folder.
    #[error("noting what is in force")]
    State {
        /// Why.
        source: StateError,
    },
    /// The private repository.
    #[error("keeping the commit that is in force")]
    Commit {
        /// Why.
        source: FetchError,
    },
}

impl Fleet {
    /// Fetches, puts earlier documents in the place of those that they are pinned for, parses and validates.
    ///
    /// # Errors
    /// When there is nothing to read; bad documents are no error, they are problems.
    pub async fn load(
        fetcher: &Fetcher,
        source: &Source,
        state: &State,
        pins: &BTreeMap<MemberName, Pin>,
    ) -> Result<Self, LoadError> {
        let read = |source| LoadError::State { source };
        let record = state.fleet_record().map_err(read)?;
        let here = record.as_ref().filter(|record| record.source == source.to_string());
        let before = here.and_then(|record| record.commit.as_deref());
        let failed = |error| LoadError::Fetch {
            source_name: fetcher.credentials.redact(&source.to_string()),
            source: error,
        };
        let mut snapshot = fetcher.fetch(source, before).await.map_err(failed)?;
        let AcceptedThere { mut documents, left_out } = state.accepted().map_err(read)?;
        if let Some(record) = &record
            && !goes_on(record, source, &snapshot, fetcher).await.map_err(failed)?
        {
            let names = format!("from {} to {source}", described(record));
            snapshot
                .doubts
                .push(format!("the fleet's source changed {}", fetcher.credentials.redact(&names)));
            // one fleet's members must not come to stand on another's platform
            documents.platform = None;
        }
        let ended = snapshot.pin(pins);
        let ended_pins =
            ended.into_iter().filter_map(|member| Some((member.clone(), pins.get(&member)?.clone())));
        let ended_pins = ended_pins.collect();
        Ok(Self { left_out, ended_pins, ..Self::validated(snapshot, &documents) })
    }

    /// The fleet as it was last valid, for a start while its source cannot be read; none where nothing was ever valid.
    /// Somebody may be missing, so that nothing of anybody is removed.
    ///
    /// # Errors
    /// When the state folder cannot be read.
    pub fn last_valid(state: &State) -> Result<Option<Self>, StateError> {
        let AcceptedThere { documents, left_out } = state.accepted()?;
        let Some(platform) = &documents.platform else { return Ok(None) };
        let members = documents.members.iter().map(|(name, text)| (file_of(name), Ok(text.clone())));
        let platform = (PLATFORM_FILE.to_owned(), Ok(platform.clone()));
        let doubt = "its source cannot be read, and what was last valid is in force".to_owned();
        let snapshot = Snapshot {
            commit: state.fleet_record()?.and_then(|record| record.commit),
            files: members.chain([platform]).collect(),
            doubts: vec![doubt],
            ..Snapshot::default()
        };
        Ok(Some(Self { left_out, is_todays: false, ..Self::validated(snapshot, &documents) }))
    }

    /// Parses and validates a snapshot.
    pub fn validated(snapshot: Snapshot, accepted: &Accepted) -> Self {
        let Validated { desired, problems, accepted, platform_accepted } =
            validate(parse(&snapshot), accepted);
        let accepted = accepted.into_iter().collect();
        let (left_out, ended_pins) = (Vec::new(), BTreeMap::new());
        let desired = desired.map(Arc::new);
        Self {
            snapshot,
            desired,
            problems,
            left_out,
            ended_pins,
            accepted,
            platform_accepted,
            is_todays: true,
        }
    }

    /// Whether the platform's document of today is the one in force.
    pub fn has_valid_platform(&self) -> bool {
        self.platform_accepted
    }

    /// Notes the valid documents that are in force as the last valid ones: of a pinned member, that is the earlier one.
    ///
    /// # Errors
    /// When the state folder cannot be written.
    pub fn accept(&self, state: &State) -> Result<(), StateError> {
        if let Some(Ok(text)) = self.snapshot.files.get(PLATFORM_FILE)
            && self.platform_accepted
        {
            state.accept_platform(text)?;
        }
        for member in &self.accepted {
            if let Some(Ok(text)) = self.snapshot.files.get(&file_of(member)) {
                state.accept(member, text)?;
            }
        }
        Ok(())
    }

    /// The text of a member's document that is in force; none where it is not in today's fleet.
    pub fn text(&self, member: &MemberName) -> Option<&str> {
        self.snapshot.files.get(&file_of(member))?.as_deref().ok()
    }

    /// Notes the commit as the one that was applied in full.
    ///
    /// # Errors
    /// When the state folder cannot be written.
    pub fn record(&self, state: &State, source: &Source, now: Timestamp) -> Result<(), StateError> {
        let commit = self.snapshot.commit.clone();
        state.record_fleet(&FleetRecord { source: source.to_string(), commit, at: now })
    }

    /// Notes a fleet that is in force in full, and forgets who left it once nothing of them waits for anything.
    ///
    /// # Errors
    /// When the state folder cannot be written, or the private repository has lost the commit.
    pub async fn keep(
        &self,
        outcome: &Outcome,
        (state, source, fetcher): (&State, &Source, &Fetcher),
    ) -> Result<(), KeepError> {
        if !self.is_todays {
            return Ok(());
        }
        let noted = |source| KeepError::State { source };
        let commit = self.snapshot.commit.clone();
        let known = state.fleet_record().map_err(noted)?;
        let same = known.is_some_and(|known| known.source == source.to_string() && known.commit == commit);
        if !same {
            self.record(state, source, Timestamp::now()).map_err(noted)?;
        }
        if outcome.plan.lanes.is_empty() {
            self.forget_gone(state).map_err(noted)?;
        }
        match commit {
            Some(commit) if !same => {
                fetcher.keep(&commit).await.map_err(|source| KeepError::Commit { source })
            }
            _ => Ok(()),
        }
    }

    /// Forgets the last valid documents of those who are no longer in the fleet.
    ///
    /// # Errors
    /// When the state folder cannot be read or written.
    fn forget_gone(&self, state: &State) -> Result<(), StateError> {
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

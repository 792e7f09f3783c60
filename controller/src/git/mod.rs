//! The fleet's source: a folder, or the committed tree of a git repository at one commit.
//!
//! Nothing of a repository is ever checked out: no symbolic link is followed, no submodule entered, no hook run.

mod credentials;
mod documents;
mod environment;
mod error;
mod folder;
mod process;
mod repository;
mod source;
mod tree;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use campanile_plan::fleet::Snapshot;

pub use credentials::Credentials;
pub use error::FetchError;
pub use source::{Remote, Source, SourceError};

use crate::locked::locked;
use repository::Repository;

/// The most that is taken from a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document.
    pub file_bytes: u64,
    /// Number of documents.
    pub files: usize,
    /// Bytes of all documents together.
    pub total_bytes: u64,
    /// Bytes of the private repository on disk.
    pub repository_bytes: u64,
    /// Time for one fetch, all of it.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 256 << 10,
            files: 20_000,
            total_bytes: 256 << 20,
            repository_bytes: 2 << 30,
            time: Duration::from_mins(1),
        }
    }
}

/// Reads fleets; keeps what it needs in a folder of its own.
#[derive(Debug, Clone)]
pub struct Fetcher {
    /// Where the private repository is kept, `git` in the state folder.
    pub folder: PathBuf,
    /// The files with which it shows who it is.
    pub credentials: Credentials,
    /// The most that it takes.
    pub limits: Limits,
    /// What it last read: a commit never changes, so that it need not be read again.
    pub last: LastRead,
}

/// What was last read of a repository, where in it, and how much of it at most.
#[derive(Debug, Clone, Default)]
pub struct LastRead(Arc<Mutex<Option<(Remote, Limits, Snapshot)>>>);

impl LastRead {
    /// The fleet at this commit, if that is what was last read.
    fn get(&self, remote: &Remote, limits: &Limits, commit: &str) -> Option<Snapshot> {
        let last = locked(&self.0);
        let (_, _, snapshot) = last.as_ref().filter(|(from, most, _)| from == remote && most == limits)?;
        (snapshot.commit.as_deref() == Some(commit)).then(|| snapshot.clone())
    }

    fn put(&self, remote: &Remote, limits: &Limits, snapshot: &Snapshot) {
        let read = (remote.clone(), limits.clone(), snapshot.clone());
        *locked(&self.0) = Some(read);
    }
}

impl Fetcher {
    /// Reads the fleet as it is now. `accepted` is the commit that was last applied: if the branch was rewritten
    /// since, the snapshot says so among its doubts.
    ///
    /// # Errors
    /// When there is nothing to read a fleet from; one bad file is no error, it stands in the snapshot.
    pub async fn fetch(&self, source: &Source, accepted: Option<&str>) -> Result<Snapshot, FetchError> {
        match source {
            Source::Folder(path) => folder::read(path, &self.limits).await,
            Source::Git(remote) => {
                let work = self.fetch_remote(remote, accepted);
                self.in_time(work, &remote.to_string()).await
            }
        }
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, FetchError>>,
        what: &str,
    ) -> Result<T, FetchError> {
        let timed_out =
            |_| FetchError::TimedOut { what: what.to_owned(), seconds: self.limits.time.as_secs_f32() };
        let result = tokio::time::timeout(self.limits.time, work).await;
        result.map_err(timed_out)?
    }

    async fn fetch_remote(&self, remote: &Remote, accepted: Option<&str>) -> Result<Snapshot, FetchError> {
        let repository = Repository::open(self).await?; // I/O
        let commit = repository.fetch(remote).await?; // I/O
        let mut snapshot = if let Some(snapshot) = self.last.get(remote, &self.limits, &commit) {
            snapshot
        } else {
            let snapshot = tree::read(&repository, remote, &commit).await?; // I/O
            repository.tidy_up().await; // I/O
            self.last.put(remote, &self.limits, &snapshot);
            snapshot
        };
        if let Some(accepted) = accepted
            && accepted != commit
            && !repository.is_ancestor(accepted, &commit).await?
        {
            let doubt = format!(
                "{} was rewritten: {accepted} (last applied) is not among the ancestors of {commit}",
                remote.branch_name()
            );
            snapshot.doubts.push(doubt);
        }
        Ok(snapshot)
    }

    /// Whether the commit `old` is `new` or one of its ancestors; a commit that is not known is nobody's ancestor.
    ///
    /// # Errors
    /// When a commit is not written in hexadecimal, or the private repository is damaged.
    pub async fn is_ancestor(&self, old: &str, new: &str) -> Result<bool, FetchError> {
        let work = async { Repository::open(self).await?.is_ancestor(old, new).await };
        self.in_time(work, "the private git repository").await
    }

    /// Keeps a commit in the private repository, whatever becomes of its branch.
    ///
    /// # Errors
    /// When the private repository does not know the commit.
    pub async fn keep(&self, commit: &str) -> Result<(), FetchError> {
        let work = async { Repository::open(self).await?.keep(commit).await };
        self.in_time(work, "the private git repository").await
    }
}

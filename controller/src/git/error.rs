//! Why no fleet could be read from its source.

use std::io;
use std::path::PathBuf;

/// Why no fleet could be read from its source; passwords never stand in it.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The folder cannot be opened.
    #[error("reading the folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the fetcher's own cannot be read or written.
    #[error("keeping the private git repository, at {}", path.display())]
    Private {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file with a credential cannot be read.
    #[error("reading the credential in {}", path.display())]
    Credential {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A credential's path cannot be handed to git or ssh.
    #[error(
        "the path {path:?} of a credential has a character that ssh or git would read as its own; \
         move it to a path of letters, digits and plain signs"
    )]
    CredentialPath {
        /// The path.
        path: PathBuf,
    },
    /// The git program did not start.
    #[error("starting the git program; install Debian's package git")]
    Start {
        /// Why.
        source: io::Error,
    },
    /// The git program said no.
    #[error("git could not {task}: {message}")]
    Git {
        /// What it was to do: `fetch URL`.
        task: String,
        /// The beginning of its own words, without passwords.
        message: String,
    },
    /// It took too long.
    #[error("reading {what} took longer than {seconds} s; the server hangs or is too slow")]
    TimedOut {
        /// What was read, as it was named.
        what: String,
        /// The limit.
        seconds: f32,
    },
    /// The download is larger than the limit.
    #[error("the repository {url} is larger than {limit} bytes; keep large files out of it")]
    TooLarge {
        /// Where it came from.
        url: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The repository has no such branch, or no commit at all.
    #[error("the repository {url} has no {branch}; push to it first, or name another branch")]
    NoBranch {
        /// The repository.
        url: String,
        /// `branch main`, or `the default branch`.
        branch: String,
    },
    /// The commit has no such folder.
    #[error("commit {commit} of {url} has no folder {path:?}; name the folder with platform.yaml in it")]
    NoPath {
        /// The repository.
        url: String,
        /// The commit.
        commit: String,
        /// The folder.
        path: String,
    },
    /// There is neither a platform nor a member.
    #[error("{place} has neither platform.yaml nor members/*.yaml; this is not a fleet")]
    NoFleet {
        /// The source, and the commit.
        place: String,
    },
    /// A commit is not 40 hexadecimal digits.
    #[error("{commit:?} is not a commit")]
    Commit {
        /// The text.
        commit: String,
    },
    /// The git program answered what it never should.
    #[error("git's answer to {question} cannot be read")]
    Answer {
        /// What was asked.
        question: &'static str,
    },
}

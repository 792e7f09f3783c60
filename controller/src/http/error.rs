//! Why the daemon cannot listen.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Why the daemon cannot listen; secrets never stand in it.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address cannot be had.
    #[error("listening on {address}; name another address with --listen")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A file with a secret cannot be read.
    #[error("reading {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The token cannot be kept.
    #[error("writing {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file does not hold a secret.
    #[error("{} holds no secret: {reason}; make one with: openssl rand -hex 32", path.display())]
    NoSecret {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The daemon of this machine answers, and not with what was asked for.
    #[error("asking the daemon on {address}: {why}; campanile status --look does without it")]
    Daemon {
        /// Where it listens.
        address: SocketAddr,
        /// What is wrong.
        why: String,
    },
    /// The system gives no random numbers.
    #[error("asking the system for random numbers")]
    Random {
        /// Why.
        source: getrandom::Error,
    },
}

impl HttpError {
    /// For `map_err`, with the file.
    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Read { path, source }
    }
}

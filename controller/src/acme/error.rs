//! Why an issuer gave no certificate.

use std::path::PathBuf;

use jiff::Timestamp;

use super::preflight::PreflightError;
use crate::history::HistoryError;
use crate::state::StateError;

/// Why an issuer gave no certificate; keys never stand in it.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// It does not answer, or not in time.
    #[error("{url} does not answer: {reason}")]
    Away {
        /// What was asked.
        url: String,
        /// Why.
        reason: String,
    },
    /// It says no.
    #[error("{doing}: it refuses: {detail} ({kind})")]
    Refused {
        /// What was asked for.
        doing: String,
        /// The last word of its problem's type (RFC 8555, 6.7): `rejectedIdentifier`.
        kind: String,
        /// In its words.
        detail: String,
        /// The HTTP status.
        status: u16,
    },
    /// It wants to be asked later.
    #[error("{url} wants to be asked later{}: {detail}", when(*.again))]
    Throttled {
        /// What was asked.
        url: String,
        /// In its words.
        detail: String,
        /// Not before; none where it does not say.
        again: Option<Timestamp>,
    },
    /// Its answer is not what the protocol has.
    #[error("{doing}: its answer cannot be read: {reason}")]
    Garbled {
        /// What was asked for.
        doing: String,
        /// Why.
        reason: String,
    },
    /// What it issued is not what was ordered.
    #[error("what it issued is not put in force: {reason}")]
    Unfit {
        /// Why.
        reason: String,
    },
    /// A file that the platform names.
    #[error("reading {what} in {}: {reason}", path.display())]
    File {
        /// What it holds.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The platform names no such issuer, or there is no account at it.
    #[error("there is no account at the issuer {issuer}")]
    NoAccount {
        /// The issuer.
        issuer: String,
    },
    /// A name does not lead here.
    #[error(
        "http://{name}/.well-known/acme-challenge/{page} {said} when asked through {address}; see that nothing else \
         listens there, then apply again"
    )]
    Unproven {
        /// The name.
        name: String,
        /// The page.
        page: String,
        /// The ingress's address.
        address: String,
        /// What it did in place of answering right.
        said: String,
    },
    /// What name servers say would make the issuer refuse.
    #[error(transparent)]
    Preflight(Box<PreflightError>),
    /// A key could not be used.
    #[error("the key of {of} cannot be used")]
    Key {
        /// Whose.
        of: String,
    },
    /// The state folder.
    #[error("keeping it in the state folder")]
    State {
        /// Why.
        source: StateError,
    },
    /// The history, in which every order is noted before it is placed.
    #[error("no order is placed that cannot be noted")]
    History {
        /// Why.
        source: HistoryError,
    },
}

impl AcmeError {
    /// For `map_err`.
    pub(super) fn state(source: StateError) -> Self {
        Self::State { source }
    }

    /// For `map_err`.
    pub(super) fn history(source: HistoryError) -> Self {
        Self::History { source }
    }

    /// Whether the issuer wants a newer number in the request (RFC 8555, 6.5): it did nothing, and may be asked again.
    pub(super) fn is_bad_nonce(&self) -> bool {
        matches!(self, Self::Refused { kind, .. } if kind == "badNonce")
    }
}

fn when(again: Option<Timestamp>) -> String {
    again.map(|again| format!(", after {again:.0}")).unwrap_or_default()
}

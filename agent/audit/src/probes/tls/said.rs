//! What came back to a hello: yes, no, something else than TLS, or nothing that could be told.

use std::error::Error;

use super::flight::Flight;
use crate::probes::ConnectError;

/// What came back.
#[derive(Debug)]
pub(super) enum Said {
    /// A server hello, and what followed it.
    Hello(Box<Flight>),
    /// An alert that means no, by its number.
    Refused(u8),
    /// Bytes that are no TLS: what they look like.
    NotTls(&'static str),
    /// Nothing that could be told: why.
    Nothing(Silence),
}

/// Why nothing could be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Silence {
    /// In which way.
    pub kind: Kind,
    /// In words.
    pub why: String,
    /// The alert that it answered with, which means neither yes nor no.
    pub alert: Option<u8>,
}

/// In which way nothing came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nobody listens.
    NotListening,
    /// No connection: nothing came back, or the way is closed.
    Unreachable,
    /// It ended the connection, or reset it.
    Ended,
    /// It said nothing, or too slowly.
    Late,
    /// It said something that means neither yes nor no.
    Unclear,
}

/// What was heard of a server at all.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    /// It spoke TLS.
    pub tls: bool,
    /// It spoke something else.
    pub other: Option<&'static str>,
    /// Why nothing came, the last time that nothing did.
    pub last_silence: Option<Silence>,
}

/// Alerts that mean no: handshake failure, illegal parameter, protocol version, insufficient security, internal error,
/// inappropriate fallback.
const REFUSALS: [u8; 6] = [40, 47, 70, 71, 80, 86];

impl Said {
    /// What an answer says, as far as it came, and how it ended before it was whole.
    pub fn of(mut flight: Flight, ended: Option<Silence>) -> Self {
        flight.judge_rest();
        if let Some(what) = flight.not_tls {
            return Self::NotTls(what);
        }
        if flight.hello.is_some() {
            return Self::Hello(Box::new(flight));
        }
        // An alert of level warning before the end is what some servers refuse with; `close_notify` says nothing.
        let last_word = flight.fatal.or(flight.warnings.last().copied().filter(|number| *number != 0));
        match (last_word, ended) {
            (Some(number), _) if REFUSALS.contains(&number) => Self::Refused(number),
            (Some(number), _) => {
                let why = format!("it answered with alert {number}");
                Self::Nothing(Silence { kind: Kind::Unclear, why, alert: Some(number) })
            }
            (None, Some(silence)) => Self::Nothing(silence),
            (None, None) => Self::Nothing(Silence::new(Kind::Unclear, "it sent no server hello")),
        }
    }
}

impl Silence {
    /// Without an alert.
    pub fn new(kind: Kind, why: &str) -> Self {
        Self { kind, why: why.to_owned(), alert: None }
    }

    /// For want of a connection.
    pub fn of(error: &ConnectError) -> Self {
        let kind = match error {
            ConnectError::Closed { .. } => Kind::NotListening,
            ConnectError::Refused { .. } | ConnectError::Late { .. } | ConnectError::Failed { .. } => {
                Kind::Unreachable
            }
        };
        let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
        Self::new(kind, &format!("{error}{cause}"))
    }
}

impl Heard {
    /// Takes up one more answer.
    pub fn take_up(&mut self, said: &Said) {
        match said {
            Said::Hello(_) | Said::Refused(_) => self.tls = true,
            Said::Nothing(silence) if silence.alert.is_some() => self.tls = true,
            Said::NotTls(what) => self.other = Some(what),
            Said::Nothing(silence) => self.last_silence = Some(silence.clone()),
        }
    }

    /// There is no connection.
    pub fn is_unreachable(&self) -> bool {
        let kind = self.last_silence.as_ref().map(|silence| silence.kind);
        matches!(kind, Some(Kind::NotListening | Kind::Unreachable))
    }
}

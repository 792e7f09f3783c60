//! One call to an engine: its time limit, and what can go wrong.

use std::io;
use std::time::Duration;

use bollard::errors::Error;
use tokio::time::timeout;

use super::text::bounded;

/// A list of objects.
pub(super) const LIST: Duration = Duration::from_secs(10);
/// Every call that has no limit of its own.
pub(super) const DEFAULT: Duration = Duration::from_secs(30);

/// Why an engine could not be reached or asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A file with certificates or a key.
    #[error("reading {file}")]
    File {
        /// Its path.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// A file that holds something else.
    #[error("{file} holds no {what} in PEM")]
    Pem {
        /// Its path.
        file: String,
        /// What it should hold.
        what: &'static str,
    },
    /// Certificates that do not fit together.
    #[error("the certificates for the engine at {endpoint} cannot be used")]
    Certificates {
        /// The engine's endpoint.
        endpoint: String,
        /// Why.
        source: rustls::Error,
    },
    /// An endpoint that cannot be called safely.
    #[error("the engine at {endpoint} {why}")]
    Endpoint {
        /// The engine's endpoint.
        endpoint: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// No answer in time.
    #[error("{doing}: no answer within {seconds} seconds")]
    TimeLimit {
        /// What we were doing.
        doing: String,
        /// The limit.
        seconds: u64,
    },
    /// The engine said no.
    #[error("{doing}: the engine says: {message}")]
    Refused {
        /// What we were doing.
        doing: String,
        /// HTTP status; 0 where the engine had begun with a success.
        status: u16,
        /// The engine's words, bounded.
        message: String,
    },
    /// An answer that is not the API's.
    #[error("{doing}: the engine's answer makes no sense: {message}")]
    Garbled {
        /// What we were doing.
        doing: String,
        /// What is wrong with it, bounded.
        message: String,
    },
    /// The connection could not be made, or broke.
    #[error("{doing}: the engine cannot be reached")]
    Connection {
        /// What we were doing.
        doing: String,
        /// Why.
        source: Error,
    },
}

impl EngineError {
    /// Sorts an error of the client by whose fault it is.
    pub(super) fn new(doing: &str, error: Error) -> Self {
        let doing = doing.to_owned();
        match error {
            Error::DockerResponseServerError { status_code, message } => {
                Self::Refused { doing, status: status_code, message: bounded(&message) }
            }
            Error::DockerStreamError { error } => {
                Self::Refused { doing, status: 0, message: bounded(&error) }
            }
            Error::JsonDataError { message, .. } => Self::Garbled { doing, message: bounded(&message) },
            source => Self::Connection { doing, source },
        }
    }

    /// Whether the engine says that the object is not there.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

/// Makes a call and waits for its end, but no longer than the limit.
pub(super) async fn call<T>(
    doing: &str,
    limit: Duration,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, EngineError> {
    match timeout(limit, answer).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(EngineError::new(doing, error)),
        Err(_) => Err(EngineError::TimeLimit { doing: doing.to_owned(), seconds: limit.as_secs() }),
    }
}

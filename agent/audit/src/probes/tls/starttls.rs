//! What is said before TLS begins: nothing on HTTPS, `STARTTLS` to a mail server (RFC 3207).

use std::io;

use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::said::Kind;
use crate::probes::Connection;

/// What is said before TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preface {
    /// Nothing.
    #[default]
    None,
    /// `EHLO` and `STARTTLS`.
    Smtp,
}

/// Why TLS could not begin at a mail server.
#[derive(Debug, Error)]
pub(super) enum StartTlsError {
    /// The connection broke.
    #[error("the mail server could not be spoken with")]
    Broken(#[source] io::Error),
    /// It answered something else than it should.
    #[error("the mail server answered {question} with {code}")]
    Answered {
        /// What was said.
        question: &'static str,
        /// Its code; 0 for something that is no reply.
        code: u16,
    },
    /// It does not offer it.
    #[error("the mail server does not offer STARTTLS")]
    NotOffered,
}

impl StartTlsError {
    /// In which way nothing came.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Broken(error) if error.kind() == io::ErrorKind::TimedOut => Kind::Late,
            Self::Broken(_) => Kind::Ended,
            Self::Answered { .. } | Self::NotOffered => Kind::Unclear,
        }
    }
}

/// The longest reply that is read.
const LONGEST_REPLY: usize = 16 * 1024;

/// Greets, and asks for TLS.
pub(super) async fn smtp(connection: &mut Connection) -> Result<(), StartTlsError> {
    reply(connection, "the connection", 220).await?;
    say(connection, "EHLO audit.invalid\r\n").await?;
    let offers = reply(connection, "EHLO", 250).await?;
    let starts = |line: &str| line.get(4..).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS"));
    if !offers.lines().any(starts) {
        return Err(StartTlsError::NotOffered);
    }
    say(connection, "STARTTLS\r\n").await?;
    reply(connection, "STARTTLS", 220).await.map(drop)
}

async fn say(connection: &mut Connection, line: &str) -> Result<(), StartTlsError> {
    connection.write_all(line.as_bytes()).await.map_err(StartTlsError::Broken)
}

/// Reads a reply of one or more lines, and no byte more than it.
async fn reply(
    connection: &mut Connection,
    question: &'static str,
    code: u16,
) -> Result<String, StartTlsError> {
    let mut bytes = Vec::new();
    let mut line_at = 0;
    while bytes.len() < LONGEST_REPLY {
        bytes.push(connection.read_u8().await.map_err(StartTlsError::Broken)?);
        if bytes.last() != Some(&b'\n') {
            continue;
        }
        let line = String::from_utf8_lossy(bytes.get(line_at..).unwrap_or_default()).into_owned();
        line_at = bytes.len();
        if line.get(3..4) != Some("-") {
            let answered = line.get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(0);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            return if answered == code {
                Ok(text)
            } else {
                Err(StartTlsError::Answered { question, code: answered })
            };
        }
    }
    Err(StartTlsError::Answered { question, code: 0 })
}

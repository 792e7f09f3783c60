//! What only an attacker would send, and only where the body consented: each probe changes nothing and takes nothing, but a
//! server that has the fault may log it, or end the process that answered.

mod early_change;
mod heartbleed;
mod robot;

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::ask::Server;
use super::flight::Flight;
use super::hello::Hello;
use super::old::Old;
use super::random;
use crate::facts::Intrusive;
use crate::probes::Connection;

/// Asks all of it, one after the other, by the newest version up to TLS 1.2; `suites` are those that it takes.
pub(super) async fn look(old: &Old<'_>, suites: &[u16], has_heartbeat: Option<bool>) -> Intrusive {
    Intrusive {
        heartbleed: heartbleed::ask(old, suites, has_heartbeat).await,
        early_change_cipher_spec: early_change::ask(old, suites).await,
        robot: robot::ask(old, suites).await,
    }
}

/// What a server does with something that no honest client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reaction {
    /// An alert, by its number.
    Alert(u8),
    /// A heartbeat message of so many bytes.
    Heartbeat(usize),
    /// Another record, by its type.
    Other(u8),
    /// It ended the connection.
    Ended,
    /// It reset it.
    Reset,
    /// Nothing, as long as it was waited for.
    Silence,
}

/// A handshake that came as far as the server's `ServerHelloDone`.
struct Begun {
    connection: Connection,
    flight: Flight,
    patience: Duration,
    unread: Vec<u8>,
}

impl Begun {
    /// Begins; none where that does not succeed.
    async fn with(server: &Server<'_>, hello: &Hello<'_>) -> Option<Self> {
        let mut connection = server.connect().await.ok()?;
        let patience = server.patience_after(server.eyes.patience.least);
        connection.write_all(&hello.record(&random())).await.ok()?;
        let mut flight = Flight::default();
        let mut buffer = Vec::with_capacity(4_096);
        let end = Instant::now() + server.eyes.patience.first;
        while !flight.is_over() {
            match timeout_at(end, connection.read_buf(&mut buffer)).await {
                Ok(Ok(1..)) => flight.feed(&buffer),
                Ok(Ok(0) | Err(_)) | Err(_) => return None,
            }
            buffer.clear();
        }
        let version = flight.hello.as_ref()?.version;
        (flight.is_done && version == hello.version.number()).then_some(())?;
        Some(Self { connection, flight, patience, unread: Vec::new() })
    }

    /// A record in the version that was agreed to.
    fn record(&self, kind: u8, content: &[u8]) -> Vec<u8> {
        let version = self.flight.hello.as_ref().map_or(0x0303, |hello| hello.version);
        let mut record = vec![kind];
        record.extend_from_slice(&version.to_be_bytes());
        super::hello::put_vector(&mut record, 2, |record| record.extend_from_slice(content));
        record
    }

    /// Sends something, and waits for the next record.
    async fn send(&mut self, bytes: &[u8]) -> Reaction {
        if self.connection.write_all(bytes).await.is_err() {
            return Reaction::Reset;
        }
        let end = Instant::now() + self.patience;
        loop {
            if let [kind, _, _, high, low, ..] = *self.unread.as_slice() {
                let length = usize::from(u16::from_be_bytes([high, low]));
                if self.unread.len() >= 5 + length {
                    let record: Vec<u8> = self.unread.drain(..5 + length).collect();
                    return match (kind, record.get(6)) {
                        (21, Some(number)) => Reaction::Alert(*number),
                        (24, _) => Reaction::Heartbeat(length),
                        _ => Reaction::Other(kind),
                    };
                }
            }
            match timeout_at(end, self.connection.read_buf(&mut self.unread)).await {
                Ok(Ok(1..)) if self.unread.len() <= 64 * 1024 => {}
                Ok(Ok(1..)) => return Reaction::Other(0),
                Ok(Ok(0)) => return Reaction::Ended,
                Ok(Err(_)) => return Reaction::Reset,
                Err(_) => return Reaction::Silence,
            }
        }
    }
}

//! Asks one server one hello after the other, at the pace that it bears, and says what came back.
//!
//! Silence, a reset, an end without a word are no answer: the question is asked again, slower and alone. What stays
//! without an answer is unknown.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::flight::Flight;
use super::starttls::{self, Preface};
use crate::facts::Cost;
use crate::probes::{ConnectError, Connection, Eyes};

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

/// One server, as it is asked.
pub(super) struct Server<'a> {
    /// What all probes share.
    pub eyes: &'a Eyes,
    /// Where it is.
    pub address: SocketAddr,
    /// The host's name; none for an address.
    pub name: Option<&'a str>,
    /// What is said before TLS begins.
    pub preface: Preface,
    begun: Instant,
    connections: AtomicU32,
    hellos: AtomicU32,
    pace: Mutex<Pace>,
    /// Whoever asks slowly asks alone.
    alone: tokio::sync::Mutex<()>,
    oddities: Mutex<BTreeSet<String>>,
}

/// How fast a server is, as far as it was seen.
#[derive(Debug, Default)]
struct Pace {
    /// The longest that an answer took.
    slowest: Option<Duration>,
    /// It ended connections without a word: everything is asked alone, with pauses.
    is_slow: bool,
    /// Until when nothing is asked.
    rest_until: Option<Instant>,
}

/// Alerts that mean no: handshake failure, illegal parameter, protocol version, insufficient security, internal error,
/// inappropriate fallback.
const REFUSALS: [u8; 6] = [40, 47, 70, 71, 80, 86];
/// How long a server rests that ended a connection: as long as the usual limits of rate count.
const REST: Duration = Duration::from_millis(1_100);

impl<'a> Server<'a> {
    /// A server that was not asked anything yet.
    pub fn new(eyes: &'a Eyes, address: SocketAddr, name: Option<&'a str>, preface: Preface) -> Self {
        Self {
            eyes,
            address,
            name,
            preface,
            begun: Instant::now(),
            connections: AtomicU32::new(0),
            hellos: AtomicU32::new(0),
            pace: Mutex::new(Pace::default()),
            alone: tokio::sync::Mutex::new(()),
            oddities: Mutex::new(BTreeSet::new()),
        }
    }

    /// Asks, and asks again while nothing that could be told comes back.
    pub async fn ask(&self, record: &[u8]) -> Said {
        let mut said = if lock(&self.pace).is_slow { self.ask_alone(record).await } else { self.ask_once(record).await };
        for again in 1..=self.eyes.patience.again {
            let Said::Nothing(silence) = &said else { break };
            match silence.kind {
                Kind::NotListening | Kind::Unreachable if !self.has_answered() => break,
                // Nothing ever came: whoever drops everything is not asked for long.
                Kind::Late if !self.has_answered() || again > 1 => break,
                Kind::Late => said = self.ask_within(record, self.eyes.patience.least * 3).await,
                Kind::Unclear if again > 1 => break,
                Kind::Unclear => said = self.ask_alone(record).await,
                Kind::NotListening | Kind::Unreachable | Kind::Ended => {
                    self.rest(REST * again);
                    said = self.ask_alone(record).await;
                    // After a rest, a reset is not for having asked too fast: this question is answered so.
                    let deliberate = matches!(&said, Said::Nothing(silence) if silence.kind == Kind::Ended);
                    lock(&self.pace).is_slow &= !deliberate;
                }
            }
        }
        said
    }

    /// It was ever heard.
    pub fn has_answered(&self) -> bool {
        lock(&self.pace).slowest.is_some()
    }

    /// Notes what no standard lets a server do.
    pub fn note(&self, oddity: impl Into<String>) {
        lock(&self.oddities).insert(oddity.into());
    }

    /// What was noted, each once.
    pub fn oddities(&self) -> Vec<String> {
        lock(&self.oddities).iter().cloned().collect()
    }

    /// What it cost so far.
    pub fn cost(&self) -> Cost {
        Cost {
            connections: self.connections.load(Ordering::Relaxed),
            hellos: self.hellos.load(Ordering::Relaxed),
            milliseconds: u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// A connection on which TLS can begin.
    pub async fn connect(&self) -> Result<Connection, Silence> {
        let opened = match self.name {
            Some(name) => self.eyes.open_for(name, self.address).await,
            None => self.eyes.open(self.address).await,
        };
        let mut connection = opened.map_err(|error| unreachable(&error))?;
        self.connections.fetch_add(1, Ordering::Relaxed);
        match self.preface {
            Preface::None => {}
            Preface::Smtp => starttls::smtp(&mut connection)
                .await
                .map_err(|error| Silence { kind: error.kind(), why: error.to_string() })?,
        }
        self.hellos.fetch_add(1, Ordering::Relaxed);
        Ok(connection)
    }

    fn rest(&self, how_long: Duration) {
        let mut pace = lock(&self.pace);
        pace.is_slow = true;
        let until = Instant::now() + how_long;
        pace.rest_until = Some(pace.rest_until.map_or(until, |earlier| earlier.max(until)));
    }

    async fn ask_alone(&self, record: &[u8]) -> Said {
        let _alone = self.alone.lock().await;
        let rest_until = lock(&self.pace).rest_until;
        if let Some(until) = rest_until {
            sleep_until(until).await;
        }
        sleep(self.eyes.patience.pause).await;
        self.ask_within(record, self.eyes.patience.least * 3).await
    }

    async fn ask_once(&self, record: &[u8]) -> Said {
        self.ask_within(record, Duration::ZERO).await
    }

    /// Asks, and waits at least so long.
    async fn ask_within(&self, record: &[u8], least: Duration) -> Said {
        let mut connection = match self.connect().await {
            Ok(connection) => connection,
            Err(silence) => return Said::Nothing(silence),
        };
        let sent = Instant::now();
        if let Err(error) = connection.write_all(record).await {
            return Said::Nothing(Silence { kind: Kind::Ended, why: format!("it did not read the hello: {error}") });
        }
        let mut flight = Flight::default();
        let ended = self.read(&mut connection, &mut flight, sent, least).await;
        connection.abandon();
        self.said(flight, ended)
    }

    /// Reads until nothing more has to be read; says how it ended before that, if it did.
    async fn read(
        &self,
        connection: &mut Connection,
        flight: &mut Flight,
        sent: Instant,
        least: Duration,
    ) -> Option<Silence> {
        let mut buffer = [0; 8_192];
        while !flight.is_over() {
            let patience = self.patience(flight).max(least);
            // Looked at again now and then: another answer may have shown meanwhile how fast the server is.
            let look_again = Instant::now() + self.eyes.patience.least / 4;
            match timeout_at(look_again.min(sent + patience), connection.read(&mut buffer)).await {
                Err(_) if sent.elapsed() < patience => {}
                Err(_) => {
                    let why = format!("no answer within {:.1} s", patience.as_secs_f32());
                    return Some(Silence { kind: Kind::Late, why });
                }
                Ok(Ok(0)) => return Some(ended("it ended the connection without an answer")),
                Ok(Ok(length)) => {
                    if flight.is_empty() {
                        let took = sent.elapsed();
                        let mut pace = lock(&self.pace);
                        pace.slowest = Some(pace.slowest.map_or(took, |slowest| slowest.max(took)));
                    }
                    flight.feed(&buffer[..length]);
                }
                Ok(Err(error)) if error.kind() == std::io::ErrorKind::TimedOut => {
                    return Some(Silence { kind: Kind::Late, why: "it was too slow".to_owned() });
                }
                Ok(Err(_)) => return Some(ended("it reset the connection")),
            }
        }
        None
    }

    /// How long an answer is waited for; whoever has begun to answer gets the time of a first one.
    fn patience(&self, flight: &Flight) -> Duration {
        let patience = &self.eyes.patience;
        match lock(&self.pace).slowest {
            Some(slowest) if flight.is_empty() => (slowest * 3).clamp(patience.least, patience.first),
            _ => patience.first,
        }
    }

    fn said(&self, mut flight: Flight, ended: Option<Silence>) -> Said {
        flight.judge_rest();
        if flight.is_endless {
            self.note("sends without end before its handshake is done");
        }
        if let Some(what) = flight.not_tls {
            return Said::NotTls(what);
        }
        if flight.hello.is_some() {
            return Said::Hello(Box::new(flight));
        }
        // An alert of level warning before the end is what some servers refuse with.
        let last_word = flight.fatal.or(flight.warnings.last().copied().filter(|number| *number != 0));
        match (last_word, ended) {
            (Some(number), _) if REFUSALS.contains(&number) => Said::Refused(number),
            (Some(number), _) => {
                Said::Nothing(Silence { kind: Kind::Unclear, why: format!("it answered with alert {number}") })
            }
            (None, Some(silence)) => Said::Nothing(silence),
            (None, None) => Said::Nothing(Silence { kind: Kind::Unclear, why: "it sent no server hello".to_owned() }),
        }
    }
}

fn ended(why: &str) -> Silence {
    Silence { kind: Kind::Ended, why: why.to_owned() }
}

fn unreachable(error: &ConnectError) -> Silence {
    let kind = match error {
        ConnectError::Closed { .. } => Kind::NotListening,
        ConnectError::Refused { .. } | ConnectError::Late { .. } | ConnectError::Failed { .. } => Kind::Unreachable,
    };
    Silence { kind, why: error.to_string() }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

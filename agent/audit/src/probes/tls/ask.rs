//! Asks one server one hello after the other, at the pace that it bears, and says what came back.
//!
//! Silence, a reset, an end without a word are no answer: the question is asked again, slower and alone. What stays
//! without an answer is unknown; but where a hello that was taken before is taken again between two such ends, the end is how
//! this server refuses.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::flight::Flight;
use super::said::{Heard, Kind, Said, Silence};
use super::starttls::{self, Preface};
use crate::facts::Cost;
use crate::probes::{Connection, Eyes};

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
    heard: Mutex<Heard>,
}

/// How fast a server is, as far as it was seen.
#[derive(Debug, Default)]
struct Pace {
    /// The longest that an answer took.
    slowest: Option<Duration>,
    /// It ended connections without a word: everything is asked alone, with pauses.
    is_slow: bool,
    /// How long it kept us waiting for nothing, all together.
    wasted: Duration,
    /// Until when nothing is asked.
    rest_until: Option<Instant>,
    /// The last hello that it took.
    taken: Option<Vec<u8>>,
    /// It ends the connection where others send an alert.
    ends_to_refuse: bool,
}

/// A server that keeps us waiting longer than this, all together, is not asked anything more.
const MOST_WASTED: Duration = Duration::from_secs(45);
/// The alert that a hello without a suite in common is refused with (RFC 5246, 7.2.2).
const HANDSHAKE_FAILURE: u8 = 40;
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
            heard: Mutex::new(Heard::default()),
        }
    }

    /// Asks, and asks again while nothing that could be told comes back.
    pub async fn ask(&self, record: &[u8]) -> Said {
        let mut said = self.ask_patiently(record).await;
        match &said {
            Said::Hello(_) => lock(&self.pace).taken = Some(record.to_vec()),
            Said::Nothing(silence) if silence.kind == Kind::Ended && self.is_refusal(record).await => {
                lock(&self.pace).ends_to_refuse = true;
                self.note("ends the connection where it should send an alert");
                said = Said::Refused(HANDSHAKE_FAILURE);
            }
            _ => {}
        }
        lock(&self.heard).take_up(&said);
        said
    }

    /// What was heard of it at all.
    pub fn heard(&self) -> Heard {
        lock(&self.heard).clone()
    }

    /// What its certificate has to be for.
    pub fn name_or_address(&self) -> String {
        self.name.map_or_else(|| self.address.ip().to_string(), str::to_owned)
    }

    /// Whether it ends the connection for what this hello offers, and not for how fast or how often it is asked: a hello that
    /// it took before is taken again, and this one is not.
    async fn is_refusal(&self, record: &[u8]) -> bool {
        let Some(taken) = lock(&self.pace).taken.clone() else { return false };
        matches!(self.ask_alone(&taken).await, Said::Hello(_))
            && matches!(self.ask_alone(record).await, Said::Nothing(silence) if silence.kind == Kind::Ended)
    }

    async fn ask_patiently(&self, record: &[u8]) -> Said {
        let mut said =
            if lock(&self.pace).is_slow { self.ask_alone(record).await } else { self.ask_once(record).await };
        for again in 1..=self.eyes.patience.again {
            let Said::Nothing(silence) = &said else { break };
            match silence.kind {
                Kind::NotListening | Kind::Unreachable if !self.has_answered() => break,
                // Nothing ever came: whoever drops everything is not asked for long.
                Kind::Late if !self.has_answered() || again > 1 => break,
                Kind::Late => said = self.ask_within(record, self.eyes.patience.least * 3).await,
                // The name will not be known the next time either.
                Kind::Unclear if again > 1 || silence.alert == Some(112) => break,
                Kind::Unclear => said = self.ask_alone(record).await,
                Kind::Ended if lock(&self.pace).ends_to_refuse => break,
                Kind::NotListening | Kind::Unreachable | Kind::Ended => {
                    self.rest(REST * again);
                    said = self.ask_alone(record).await;
                    // After two rests, a reset is not for having asked too fast: this question is answered so.
                    let is_last = again == self.eyes.patience.again;
                    if matches!(&said, Said::Nothing(silence) if is_last && silence.kind == Kind::Ended) {
                        lock(&self.pace).is_slow = false;
                    }
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
        let mut connection = opened.map_err(|error| Silence::of(&error))?;
        self.connections.fetch_add(1, Ordering::Relaxed);
        match self.preface {
            Preface::None => {}
            Preface::Smtp => starttls::smtp(&mut connection)
                .await
                .map_err(|error| Silence::new(error.kind(), &error.to_string()))?,
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
        if lock(&self.pace).wasted > MOST_WASTED {
            return Said::Nothing(Silence::new(Kind::Late, "it had kept us waiting for too long already"));
        }
        let mut connection = match self.connect().await {
            Ok(connection) => connection,
            Err(silence) => return Said::Nothing(silence),
        };
        let sent = Instant::now();
        if let Err(error) = connection.write_all(record).await {
            return Said::Nothing(Silence::new(Kind::Ended, &format!("it did not read the hello: {error}")));
        }
        let mut flight = Flight::default();
        let ended = self.read(&mut connection, &mut flight, sent, least).await;
        connection.abandon();
        if flight.is_endless {
            self.note("sends without end before its handshake is done");
        }
        if ended.is_some() {
            lock(&self.pace).wasted += sent.elapsed();
        }
        Said::of(flight, ended)
    }

    /// Reads until nothing more has to be read; says how it ended before that, if it did.
    async fn read(
        &self,
        connection: &mut Connection,
        flight: &mut Flight,
        sent: Instant,
        least: Duration,
    ) -> Option<Silence> {
        let mut buffer = Vec::with_capacity(4_096);
        while !flight.is_over() {
            let patience = self.patience(flight).max(least);
            // Looked at again now and then: another answer may have shown meanwhile how fast the server is.
            let look_again = Instant::now() + self.eyes.patience.least / 4;
            match timeout_at(look_again.min(sent + patience), connection.read_buf(&mut buffer)).await {
                Err(_) if sent.elapsed() < patience => {}
                Err(_) => {
                    let why = format!("no answer within {:.1} s", patience.as_secs_f32());
                    return Some(Silence::new(Kind::Late, &why));
                }
                Ok(Ok(0)) => {
                    return Some(Silence::new(Kind::Ended, "it ended the connection without an answer"));
                }
                Ok(Ok(_)) => {
                    if flight.is_empty() {
                        let took = sent.elapsed();
                        let mut pace = lock(&self.pace);
                        pace.slowest = Some(pace.slowest.map_or(took, |slowest| slowest.max(took)));
                    }
                    flight.feed(&buffer);
                    buffer.clear();
                }
                Ok(Err(error)) if error.kind() == std::io::ErrorKind::TimedOut => {
                    return Some(Silence::new(Kind::Late, "it was too slow"));
                }
                Ok(Err(_)) => return Some(Silence::new(Kind::Ended, "it reset the connection")),
            }
        }
        None
    }

    /// How long an answer is waited for; whoever has begun to answer gets the time of a first one.
    fn patience(&self, flight: &Flight) -> Duration {
        if flight.is_empty() { self.patience_after(Duration::ZERO) } else { self.eyes.patience.first }
    }

    /// How long a first byte is waited for, at least so long.
    pub fn patience_after(&self, least: Duration) -> Duration {
        let patience = &self.eyes.patience;
        match lock(&self.pace).slowest {
            Some(slowest) => (slowest * 3).clamp(patience.least, patience.first).max(least),
            None => patience.first,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

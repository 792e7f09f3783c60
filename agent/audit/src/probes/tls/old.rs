//! One version up to TLS 1.2 at one server: its hellos, and what every answer shows by the way: certificates, groups,
//! signature schemes, DH primes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tls_parser::TlsCipherAu;

use super::ask::Server;
use super::flight::Flight;
use super::hello::{Hello, RENEGOTIATION_SCSV, Shares};
use super::list::{Learned, OLD_GROUPS, SCHEMES, Taken};
use super::random;
use super::said::Said;
use super::server_hello::Prime;
use crate::registry::{Suite, Version};

/// Protocols that HTTPS is asked for by ALPN.
pub(super) const ALPN: &[&str] = &["h2", "http/1.1"];

/// One version at one server.
pub(super) struct Old<'a> {
    /// The server.
    pub server: &'a Server<'a>,
    /// The version.
    pub version: Version,
    seen: Mutex<Seen>,
}

/// What answers showed by the way.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Groups of ECDHE.
    pub groups: Taken,
    /// Schemes that key exchanges are signed with.
    pub schemes: Taken,
    /// Chains by the kind of key: `RSA`, `ECDSA`, `DSS`.
    pub chains: BTreeMap<&'static str, Vec<Vec<u8>>>,
    /// Primes of DH.
    pub primes: BTreeSet<Prime>,
    /// A session was given an identifier, to a client that takes no tickets.
    pub session_ids: Option<bool>,
    /// Its random bytes said that a newer version is spoken.
    pub sentinel: Option<Version>,
}

/// An answer about one version.
#[derive(Debug)]
pub(super) enum Reply {
    /// It was taken.
    Taken(Box<Flight>),
    /// It was refused, as a whole: by an alert that says so, or by an older version.
    NotThisVersion,
    /// It was refused, perhaps for what else was offered.
    Refused,
    /// Nothing could be told: why.
    Unknown(String),
}

/// What one question offers; what is none is all.
#[derive(Debug, Clone, Default)]
pub(super) struct Offer {
    /// Suites.
    pub suites: Vec<u16>,
    /// Groups.
    pub groups: Option<Vec<u16>>,
    /// Signature schemes.
    pub schemes: Option<Vec<u16>>,
}

impl<'a> Old<'a> {
    /// A version of which nothing is known.
    pub fn new(server: &'a Server<'a>, version: Version) -> Self {
        let seen = Seen {
            groups: Taken::of(OLD_GROUPS),
            schemes: Taken::of(SCHEMES),
            chains: BTreeMap::new(),
            primes: BTreeSet::new(),
            session_ids: None,
            sentinel: None,
        };
        Self { server, version, seen: Mutex::new(seen) }
    }

    /// What was seen so far.
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A hello that offers these suites and all else.
    pub fn hello(&self, suites: Vec<u16>) -> Hello<'a> {
        let (groups, schemes) = {
            let seen = self.seen();
            (seen.groups.all(), seen.schemes.all())
        };
        Hello {
            version: self.version,
            suites,
            groups,
            schemes,
            name: self.server.name,
            alpn: &[],
            curious: false,
            shares: Shares::None,
        }
    }

    /// Asks with an offer.
    pub async fn ask(&self, offer: Offer) -> Reply {
        let mut hello = self.hello(offer.suites);
        hello.groups = offer.groups.unwrap_or(hello.groups);
        hello.schemes = offer.schemes.unwrap_or(hello.schemes);
        self.ask_hello(hello).await
    }

    /// Asks with a hello.
    pub async fn ask_hello(&self, mut hello: Hello<'_>) -> Reply {
        if self.version == Version::Ssl3 {
            hello.suites.push(RENEGOTIATION_SCSV);
        }
        match self.server.ask(&hello.record(&random())).await {
            Said::Hello(flight) => self.take_up(&hello, flight),
            Said::Refused(70) => Reply::NotThisVersion,
            Said::Refused(_) => Reply::Refused,
            Said::NotTls(what) => Reply::Unknown(format!("it answered with {what}")),
            Said::Nothing(silence) => Reply::Unknown(silence.why),
        }
    }

    fn take_up(&self, hello: &Hello, flight: Box<Flight>) -> Reply {
        let Some(answer) = &flight.hello else {
            return Reply::Unknown("it sent no server hello".to_owned());
        };
        let mut seen = self.seen();
        seen.sentinel = seen.sentinel.max(answer.sentinel);
        if answer.version < self.version.number() {
            return Reply::NotThisVersion;
        }
        if answer.version > self.version.number() {
            self.server.note("answered with a newer version than was offered");
            return Reply::Unknown("it answered with a newer version than was offered".to_owned());
        }
        if !hello.curious {
            seen.session_ids = Some(seen.session_ids.unwrap_or(false) || answer.has_session);
        }
        if let Some(exchange) = &flight.exchange {
            seen.primes.extend(exchange.prime.clone());
            if let Some(group) = exchange.group
                && seen.groups.learn(&hello.groups, group) == Learned::NotOffered
            {
                self.server.note("picked a group that was not offered");
            }
            if let Some(scheme) = exchange.scheme
                && seen.schemes.learn(&hello.schemes, scheme) == Learned::NotOffered
            {
                self.server.note("signed with a scheme that was not offered");
            }
        }
        if let (Some(kind), Some(certificates)) = (authentication(answer.suite), &flight.certificates)
            && hello.name == self.server.name
        {
            seen.chains.entry(kind).or_insert_with(|| certificates.clone());
        }
        drop(seen);
        Reply::Taken(flight)
    }
}

/// The kind of key that a suite's certificate has.
pub(super) fn authentication(suite: u16) -> Option<&'static str> {
    match Suite(u32::from(suite)).parts()?.au {
        TlsCipherAu::Rsa => Some("RSA"),
        TlsCipherAu::Ecdsa => Some("ECDSA"),
        TlsCipherAu::Dss => Some("DSS"),
        _ => None,
    }
}

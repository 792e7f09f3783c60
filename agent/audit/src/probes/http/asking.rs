//! Requests of one look at one host, one after the other, on one connection where they can share it.
//!
//! At most one connection is kept for a next request, and it is closed before another is opened: looks that wait for each
//! other's connections to one address would wait for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustls::ClientConfig;
use tokio::time::Instant;
use url::Url;

use super::encoding::{self, ACCEPTED};
use super::target::{Ports, Target};
use super::wire::{Raw, Wire};
use super::{NoAnswer, trust};
use crate::facts::HopCertificate;
use crate::page::headers::Headers;
use crate::probes::Eyes;

/// How long the answers of one look at one host may take together, whatever it meets; waiting for the budget does not count.
const LONGEST_LOOK: Duration = Duration::from_mins(1);
/// How often a question is asked whose connection broke before an answer.
const TRIES: usize = 2;

/// One look at one host.
pub struct Asking<'a> {
    /// How it looks.
    pub eyes: &'a Eyes,
    /// Where HTTP and HTTPS are found.
    pub ports: Ports,
    config: Arc<ClientConfig>,
    idle: Option<(Target, Wire)>,
    /// Places that take only an older handshake: there the usual one is not tried again.
    older: BTreeSet<(String, u16)>,
    left: Duration,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Question<'a> {
    /// What `Cookie` says.
    pub cookies: Option<String>,
    /// What `Origin` says.
    pub origin: Option<&'a str>,
    /// The most bytes of the body that are wanted, encoded and decoded.
    pub most: usize,
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Fetched {
    /// The status.
    pub status: u16,
    /// The headers, secrets and all.
    pub headers: Headers,
    /// The body, decoded.
    pub body: Vec<u8>,
    /// There was more of it.
    pub cut: bool,
    /// What was odd.
    pub oddities: Vec<String>,
    /// The certificate that it came with.
    pub certificate: Option<HopCertificate>,
}

/// What was asked for already without cookies, by address.
pub type Known = BTreeMap<Url, Result<Fetched, NoAnswer>>;

impl<'a> Asking<'a> {
    /// Begins a look.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(eyes: &'a Eyes, ports: Ports) -> Result<Self, String> {
        let config = trust::taking_everything().map_err(|error| error.to_string())?;
        Ok(Self { eyes, ports, config, idle: None, older: BTreeSet::new(), left: LONGEST_LOOK })
    }

    /// Asks for two addresses at once: where nothing answers, one wait is enough.
    pub async fn get_both(
        &mut self,
        urls: [&Url; 2],
        question: &Question<'_>,
    ) -> [Result<Fetched, NoAnswer>; 2] {
        let (eyes, ports, config, left) = (self.eyes, self.ports, Arc::clone(&self.config), self.left);
        let mut beside = Self { eyes, ports, config, idle: None, older: self.older.clone(), left };
        let is_alone = AtomicBool::new(false);
        let [first, second] = urls;
        let (first, second) = tokio::join!(
            async {
                let fetched = self.get(first, question).await;
                // kept while the other one waits for a connection of its own, it may be what that one waits for
                self.idle.take_if(|_| !is_alone.load(Ordering::Relaxed));
                fetched
            },
            async {
                let fetched = beside.get(second, question).await;
                is_alone.store(true, Ordering::Relaxed);
                drop(beside);
                fetched
            }
        );
        [first, second]
    }

    /// Asks for an address.
    pub async fn get(&mut self, url: &Url, question: &Question<'_>) -> Result<Fetched, NoAnswer> {
        let target = Target::of(url, self.ports).map_err(NoAnswer::Refused)?;
        let request = self.request(&target, question);
        let mut tried = 0;
        loop {
            tried += 1;
            let time = self.left.min(self.eyes.patience.whole);
            if time.is_zero() {
                return Err(NoAnswer::Silence(format!("the look took {} s", LONGEST_LOOK.as_secs())));
            }
            let mut wire = self.connect(&target).await?;
            let was_used = wire.is_used();
            let begin = Instant::now();
            let answer = wire.ask(&request, question.most, time).await;
            self.left = self.left.saturating_sub(begin.elapsed());
            match answer {
                Ok(raw) => return Ok(self.fetched(target, wire, raw, question.most)),
                // a server may close a connection that it kept at the moment when it is used again
                Err(NoAnswer::Broken(_)) if was_used || tried < TRIES => {}
                Err(no_answer) => return Err(no_answer),
            }
        }
    }

    /// Asks for an address, unless it was asked for already; with cookies, which make it another question, in any case.
    pub async fn get_once(
        &mut self,
        url: &Url,
        cookies: Option<String>,
        most: usize,
        known: &mut Known,
    ) -> Result<Fetched, NoAnswer> {
        if cookies.is_some() {
            return self.get(url, &Question { cookies, origin: None, most }).await;
        }
        if let Some(fetched) = known.get(url) {
            return fetched.clone();
        }
        let fetched = self.get(url, &Question { cookies, origin: None, most }).await;
        known.insert(url.clone(), fetched.clone());
        fetched
    }

    /// The connection that was kept for the same place, else a new one.
    async fn connect(&mut self, target: &Target) -> Result<Wire, NoAnswer> {
        match self.idle.take() {
            Some((kept, wire)) if kept.leads_where(target) => Ok(wire),
            kept => {
                drop(kept);
                let place = (target.host.clone(), target.port);
                let config = (!self.older.contains(&place)).then_some(&self.config);
                let wire = Wire::open(self.eyes, config, target).await?;
                if wire.is_older() {
                    self.older.insert(place);
                }
                Ok(wire)
            }
        }
    }

    fn request(&self, target: &Target, question: &Question<'_>) -> String {
        let Target { path, authority, .. } = target;
        let agent: String = self.eyes.agent.chars().filter(|c| !c.is_control()).collect();
        let mut request = format!(
            "GET {path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: {agent}\r\n\
             Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Language: it,en;q=0.5\r\n\
             Accept-Encoding: {ACCEPTED}\r\n"
        );
        for (name, value) in [("Cookie", question.cookies.as_deref()), ("Origin", question.origin)] {
            if let Some(value) = value {
                request.extend([name, ": ", value, "\r\n"]);
            }
        }
        request.push_str("\r\n");
        request
    }

    fn fetched(&mut self, target: Target, wire: Wire, raw: Raw, most: usize) -> Fetched {
        let certificate = wire.certificate.clone();
        if raw.reusable {
            self.idle = Some((target, wire));
        }
        let plain = encoding::decode(&encoding::encodings(&raw.head.headers), raw.body, most);
        // what was cut off cannot be whole: only what else was odd is worth a word
        let oddities = raw.oddity.into_iter().chain(plain.oddity.filter(|_| !raw.cut)).collect();
        Fetched {
            status: raw.head.status,
            headers: raw.head.headers,
            body: plain.bytes,
            cut: raw.cut || plain.cut,
            oddities,
            certificate,
        }
    }
}

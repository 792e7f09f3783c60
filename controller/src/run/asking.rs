//! Which hosts are asked from outside, and when: those of members that were touched or are not ready at once, the others
//! in turns.

use std::collections::{BTreeMap, BTreeSet};

use campanile_plan::document::values::DomainName;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;

use crate::known::Asked;
use crate::outside::{Host, Trusted, Visitor};

/// While nothing happens, a host that answered well is asked in one of so many looks at everything.
const TURNS: usize = 4;

/// The hosts, what they answered, and the questions that are under way.
pub(super) struct Asking {
    visitor: Visitor,
    hosts: BTreeMap<DomainName, Host>,
    turn: usize,
    answers: BTreeMap<DomainName, Asked>,
    under_way: FuturesUnordered<BoxFuture<'static, (DomainName, Asked)>>,
    asked: BTreeSet<DomainName>,
    /// Hosts whose answer, on its way, may be older than the last look.
    again: BTreeSet<DomainName>,
}

impl Asking {
    /// Nobody is asked yet, and nobody could be trusted.
    pub fn new() -> Self {
        Self {
            visitor: Visitor::new(&Trusted::default()),
            hosts: BTreeMap::new(),
            turn: 0,
            answers: BTreeMap::new(),
            under_way: FuturesUnordered::new(),
            asked: BTreeSet::new(),
            again: BTreeSet::new(),
        }
    }

    /// Trusts others from now on.
    pub fn trust(&mut self, trusted: &Trusted) {
        self.visitor = Visitor::new(trusted);
    }

    /// The hosts that there are now; what others answered is forgotten.
    pub fn turn_to(&mut self, hosts: BTreeMap<DomainName, Host>) {
        self.answers.retain(|host, _| hosts.contains_key(host));
        self.hosts = hosts;
    }

    /// What each host answered last.
    pub fn answers(&self) -> &BTreeMap<DomainName, Asked> {
        &self.answers
    }

    /// Whether a question is under way.
    pub fn is_waiting(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Whether a host did not answer well.
    pub fn has_silent(&self) -> bool {
        self.answers.values().any(|asked| !asked.answer.is_good())
    }

    /// Asks those that are wanted, and those that were never asked.
    pub fn ask_where(&mut self, wanted: impl Fn(&DomainName, &Host) -> bool) {
        let wanted =
            self.hosts.iter().filter(|(name, host)| !self.answers.contains_key(*name) || wanted(name, host));
        for name in wanted.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            if self.asked.contains(&name) {
                self.again.insert(name);
            } else {
                self.ask(name);
            }
        }
    }

    /// The hosts whose turn it is where nothing happened. What goes wrong inside is seen by each look, and everybody is
    /// asked at once when one no longer answers.
    pub fn next_turn(&mut self) -> BTreeSet<DomainName> {
        self.turn = (self.turn + 1) % TURNS;
        self.hosts.keys().skip(self.turn).step_by(TURNS).cloned().collect()
    }

    /// Asks those again that did not answer well.
    pub fn ask_silent(&mut self) {
        let silent = self.answers.iter().filter(|(_, asked)| !asked.answer.is_good());
        self.ask_free(silent.map(|(name, _)| name.clone()).collect());
    }

    fn ask_free(&mut self, names: Vec<DomainName>) {
        for name in names {
            if !self.asked.contains(&name) {
                self.ask(name);
            }
        }
    }

    fn ask(&mut self, name: DomainName) {
        let Some(host) = self.hosts.get(&name).cloned() else { return };
        self.asked.insert(name.clone());
        let visitor = self.visitor.clone();
        self.under_way.push(Box::pin(async move {
            let asked = visitor.ask(&name, &host).await;
            (name, asked)
        }));
    }

    /// Waits for the next answer, and notes it; none where nobody was asked. How long it took, in seconds.
    pub async fn answered(&mut self) -> Option<f64> {
        let (name, asked) = self.under_way.next().await?;
        self.asked.remove(&name);
        if self.again.remove(&name) {
            self.ask(name.clone());
        }
        let is_good = |asked: &Asked| asked.answer.is_good();
        if !is_good(&asked) && self.answers.get(&name).is_some_and(is_good) {
            self.ask_free(self.hosts.keys().cloned().collect());
        }
        let seconds = asked.seconds;
        if self.hosts.contains_key(&name) {
            self.answers.insert(name, asked);
        }
        Some(seconds)
    }
}

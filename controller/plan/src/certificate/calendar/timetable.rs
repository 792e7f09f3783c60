//! The going through time: who is ready, who waits for what, and when the next thing happens.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use jiff::Timestamp;

use super::{Appointment, Held, Standing, Wanted, because};
use crate::certificate::budget::{Ledger, Limits, Rate, Window, by_time, kept, pause, registered_domains};
use crate::document::values::DomainName;

/// Everything wanted, with all that bears on when it may be ordered.
pub(super) struct Timetable<'a> {
    limits: &'a Limits,
    now: Timestamp,
    account: Window,
    /// What members may have in common: domains and sets of names.
    shares: Vec<Share<'a>>,
    failures: BTreeMap<&'a DomainName, Vec<Timestamp>>,
    entries: Vec<Entry<'a>>,
    events: BinaryHeap<Reverse<(Timestamp, Event)>>,
    ready: BinaryHeap<Reverse<Place>>,
    appointments: Vec<(Timestamp, Place, String)>,
}

/// Something wanted.
struct Entry<'a> {
    wanted: &'a Wanted,
    domains: Vec<usize>,
    names: usize,
    /// Those of its names that failed.
    failing: Vec<&'a DomainName>,
    /// Since when nothing but the account holds it up.
    ready: Timestamp,
    held: Option<Held<'a>>,
    done: bool,
}

/// A limit that is counted for a domain or for a set of names, and those who wait for it.
struct Share<'a> {
    window: Window,
    /// The domain; none for a set of names.
    domain: Option<&'a str>,
    waiting: BinaryHeap<Reverse<Place>>,
    /// When the first of them is let on.
    wakes: Option<Timestamp>,
}

/// Where an entry stands in a queue, the first one least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    standing: Standing,
    /// The end of the certificate in force; where there is none, since when one is wanted.
    by: Timestamp,
    entry: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// An entry may be wanted from now on, has become urgent, or has paused long enough.
    Arrives(usize),
    /// A share has room again.
    Wakes(usize),
}

impl<'a> Timetable<'a> {
    pub(super) fn new(limits: &'a Limits, ledger: &'a Ledger, wanted: &[&'a Wanted], now: Timestamp) -> Self {
        let mut index = Index::default();
        let mut timetable = Self {
            limits,
            now,
            account: Window::new(limits.orders_per_account),
            shares: Vec::new(),
            failures: BTreeMap::new(),
            entries: Vec::with_capacity(wanted.len()),
            events: BinaryHeap::new(),
            ready: BinaryHeap::new(),
            appointments: Vec::with_capacity(wanted.len()),
        };
        for wanted in wanted {
            let domains = registered_domains(&wanted.names).into_iter().map(|domain| {
                *index
                    .domains
                    .entry(domain)
                    .or_insert_with(|| timetable.share(limits.certificates_per_domain, Some(domain)))
            });
            let domains = domains.collect();
            let names = index.names.entry(&wanted.names);
            let names = *names.or_insert_with(|| timetable.share(limits.certificates_per_names, None));
            let (failing, ready) = (Vec::new(), now);
            timetable.entries.push(Entry { wanted, domains, names, failing, ready, held: None, done: false });
        }
        timetable.count(ledger, &index);
        timetable
    }

    fn share(&mut self, rate: Rate, domain: Option<&'a str>) -> usize {
        self.shares.push(Share {
            window: Window::new(rate),
            domain,
            waiting: BinaryHeap::new(),
            wakes: None,
        });
        self.shares.len() - 1
    }

    /// Counts what was spent. What the ledger has of later than now, the clock having gone back, counts as of now.
    fn count(&mut self, ledger: &'a Ledger, index: &Index<'a>) {
        for order in by_time(&ledger.orders, |order| order.at) {
            let at = order.at.min(self.now);
            if let Some(share) = index.names.get(&order.names) {
                self.shares[*share].window.spend(at);
            }
            if !order.exempt {
                self.account.spend(at);
                for share in
                    registered_domains(&order.names).iter().filter_map(|name| index.domains.get(name))
                {
                    self.shares[*share].window.spend(at);
                }
            }
        }
        for failed in by_time(&ledger.failures, |failed| failed.at) {
            self.failures.entry(&failed.name).or_default().push(failed.at.min(self.now));
        }
        if !self.failures.is_empty() {
            for entry in &mut self.entries {
                let failing = entry.wanted.names.iter().filter(|name| self.failures.contains_key(name));
                entry.failing = failing.collect();
            }
        }
    }

    /// Finds a time for everything.
    pub(super) fn fill(mut self) -> Vec<Appointment> {
        for (entry, Entry { wanted, .. }) in self.entries.iter().enumerate() {
            self.events.push(Reverse((wanted.from.max(self.now), Event::Arrives(entry))));
            // it may have to be looked at anew as soon as it is urgent
            let ending = wanted.ending_from().filter(|ending| *ending > wanted.from.max(self.now));
            self.events.extend(ending.map(|ending| Reverse((ending, Event::Arrives(entry)))));
        }
        let mut at = self.now;
        while self.appointments.len() < self.entries.len() {
            while let Some(Reverse((time, event))) = self.events.peek().copied()
                && time <= at
            {
                self.events.pop();
                match event {
                    Event::Arrives(entry) => self.arrives(entry, at),
                    Event::Wakes(share) => self.wakes(share, time, at),
                }
            }
            let blocked = self.serve(at);
            let next = self.events.peek().map(|Reverse((time, _))| *time);
            match blocked.into_iter().chain(next).min() {
                Some(time) => at = time.max(at),
                // nobody is left in any queue
                None => break,
            }
        }
        self.written()
    }

    /// The appointments in their order.
    fn written(mut self) -> Vec<Appointment> {
        self.appointments.sort();
        let member = |place: Place| self.entries[place.entry].wanted.member.clone();
        let written = self.appointments.into_iter();
        written.map(|(at, place, because)| Appointment { member: member(place), at, because }).collect()
    }

    /// Lets those who are ready order, the most urgent first, and says when the account lets the next one.
    fn serve(&mut self, at: Timestamp) -> Option<Timestamp> {
        while let Some(Reverse(place)) = self.ready.peek().copied() {
            if self.entries[place.entry].done {
                self.ready.pop();
                continue;
            }
            let free = self.account.free_from(keeps(self.limits.orders_per_account, place.standing));
            if free > at {
                return Some(free);
            }
            self.ready.pop();
            let entry = &mut self.entries[place.entry];
            if entry.ready < at {
                entry.held = Some(Held::Account);
            }
            self.attempt(place.entry, at);
        }
        None
    }

    fn arrives(&mut self, entry: usize, at: Timestamp) {
        if self.entries[entry].done {
            return;
        }
        if self.entries[entry].wanted.exempt() {
            self.attempt(entry, at);
        } else {
            self.entries[entry].ready = at;
            self.ready.push(Reverse(self.place(entry, at)));
        }
    }

    fn place(&self, entry: usize, at: Timestamp) -> Place {
        let wanted = self.entries[entry].wanted;
        Place { standing: Standing::of(wanted, at), by: wanted.ends.unwrap_or(wanted.from), entry }
    }

    /// Has an entry order, unless something but the account holds it: then it waits for that.
    fn attempt(&mut self, entry: usize, at: Timestamp) {
        let place = self.place(entry, at);
        if let Some((until, held)) = self.paused(entry, place.standing).filter(|(until, _)| *until > at) {
            self.entries[entry].held = Some(held);
            self.events.push(Reverse((until, Event::Arrives(entry))));
        } else if let Some((until, share)) = self.full(entry, place.standing).filter(|(until, _)| *until > at)
        {
            self.entries[entry].held = Some(self.shares[share].domain.map_or(Held::Names, Held::Domain));
            self.shares[share].waiting.push(Reverse(place));
            self.wake(share, until);
        } else {
            self.order(place, at);
        }
        self.rouse(entry, at);
    }

    /// Until when an entry pauses since one of its names failed.
    fn paused(&self, entry: usize, standing: Standing) -> Option<(Timestamp, Held<'a>)> {
        let Entry { wanted, failing, .. } = &self.entries[entry];
        let ends = wanted.ends.filter(|_| standing == Standing::Ending);
        let pauses = failing.iter().map(|name| {
            let times = &self.failures[name];
            (pause(self.limits.failures_per_name, times, ends), Held::Failed(name, times.len()))
        });
        pauses.max_by_key(|(until, _)| *until)
    }

    /// The share that holds an entry longest.
    fn full(&self, entry: usize, standing: Standing) -> Option<(Timestamp, usize)> {
        let Entry { wanted, domains, names, .. } = &self.entries[entry];
        let names = Some(*names).filter(|_| !wanted.replaces);
        let domains = domains.iter().copied().filter(|_| !wanted.exempt());
        domains.chain(names).map(|share| (self.free_from(share, standing), share)).max()
    }

    fn free_from(&self, share: usize, standing: Standing) -> Timestamp {
        let Share { window, domain, .. } = &self.shares[share];
        // a set of names is one member's: nobody else could use it up
        let keeps = if domain.is_some() { keeps(window.rate(), standing) } else { 0 };
        window.free_from(keeps)
    }

    fn order(&mut self, place: Place, at: Timestamp) {
        let entry = &mut self.entries[place.entry];
        entry.done = true;
        self.shares[entry.names].window.spend(at);
        if !entry.wanted.exempt() {
            self.account.spend(at);
            for share in &entry.domains {
                self.shares[*share].window.spend(at);
            }
        }
        let because = because(entry.wanted, place.standing, entry.held, self.limits);
        self.appointments.push((at, place, because));
    }

    /// Sees to it that those who wait for a share of this entry are let on, one after the other.
    fn rouse(&mut self, entry: usize, at: Timestamp) {
        let Entry { domains, names, .. } = &self.entries[entry];
        for share in domains.clone().into_iter().chain([*names]) {
            if let Some(Reverse(first)) = self.first(share) {
                let until = self.free_from(share, Standing::of(self.entries[first.entry].wanted, at));
                self.wake(share, until.max(at));
            }
        }
    }

    /// The first who waits for a share.
    fn first(&mut self, share: usize) -> Option<Reverse<Place>> {
        let waiting = &mut self.shares[share].waiting;
        while waiting.peek().is_some_and(|Reverse(place)| self.entries[place.entry].done) {
            waiting.pop();
        }
        waiting.peek().copied()
    }

    fn wake(&mut self, share: usize, until: Timestamp) {
        if self.shares[share].wakes.is_none_or(|wakes| until < wakes) {
            self.shares[share].wakes = Some(until);
            self.events.push(Reverse((until, Event::Wakes(share))));
        }
    }

    /// Lets the first who waits for a share on; the next one follows when that one has ordered or waits elsewhere.
    fn wakes(&mut self, share: usize, time: Timestamp, at: Timestamp) {
        if self.shares[share].wakes != Some(time) {
            return;
        }
        self.shares[share].wakes = None;
        if let Some(Reverse(first)) = self.first(share) {
            self.shares[share].waiting.pop();
            self.arrives(first.entry, at);
        }
    }
}

/// How many of a rate are not for one of this standing.
fn keeps(rate: Rate, standing: Standing) -> u32 {
    if standing == Standing::Ending { 0 } else { kept(rate) }
}

/// Where the shares are.
#[derive(Default)]
struct Index<'a> {
    domains: BTreeMap<&'a str, usize>,
    names: BTreeMap<&'a BTreeSet<DomainName>, usize>,
}

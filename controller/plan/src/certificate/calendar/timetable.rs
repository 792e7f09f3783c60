//! The going through time: who is ready, who waits for what, and when the next thing happens.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use jiff::Timestamp;

use super::queue::{Place, Queue, Share};
use super::{Appointment, Held, Standing, Wanted, because};
use crate::certificate::budget::{Ledger, Limits, Rate, by_time, kept, outcomes, pause, registered_domains};
use crate::document::values::DomainName;

/// Everything wanted, with all that bears on when it may be ordered.
pub(super) struct Timetable<'a> {
    limits: &'a Limits,
    now: Timestamp,
    account: Queue,
    /// Renewals that the issuer exempts and that have time.
    renewals: Queue,
    /// What members may have in common: domains and sets of names.
    shares: Vec<Share<'a>>,
    failures: BTreeMap<&'a DomainName, Vec<Timestamp>>,
    entries: Vec<Entry<'a>>,
    events: BinaryHeap<Reverse<(Timestamp, Event)>>,
    appointments: Vec<(Timestamp, Place, String)>,
}

/// Something wanted.
pub(super) struct Entry<'a> {
    wanted: &'a Wanted,
    domains: Vec<usize>,
    names: usize,
    /// Those of its names that failed.
    failing: Vec<&'a DomainName>,
    /// Since when nothing but the number of orders holds it.
    ready: Timestamp,
    held: Option<Held<'a>>,
    pub(super) done: bool,
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
            account: Queue::new(limits.orders_per_account, kept(limits.orders_per_account)),
            renewals: Queue::new(limits.orders_per_account, 0),
            shares: Vec::new(),
            failures: BTreeMap::new(),
            entries: Vec::with_capacity(wanted.len()),
            events: BinaryHeap::new(),
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
        self.shares.push(Share::new(rate, domain));
        self.shares.len() - 1
    }

    /// Counts what was spent. What the ledger has of later than now, the clock having gone back, counts as of now.
    fn count(&mut self, ledger: &'a Ledger, index: &Index<'a>) {
        for (order, failed) in outcomes(ledger) {
            let at = order.at.min(self.now);
            let all = if order.exempt { &mut self.renewals } else { &mut self.account };
            all.window.spend(at);
            if failed {
                continue;
            }
            if let Some(share) = index.names.get(&order.names) {
                self.shares[*share].window.spend(at);
            }
            let domains = registered_domains(&order.names).into_iter().filter(|_| !order.exempt);
            for share in domains.filter_map(|domain| index.domains.get(domain)) {
                self.shares[*share].window.spend(at);
            }
        }
        for failed in by_time(&ledger.failures) {
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
            self.happens(at);
            let account = self.account.next(&self.entries);
            let renewal = self.renewals.next(&self.entries);
            let now = |next: &Option<(Timestamp, usize)>| next.filter(|(free, _)| *free <= at);
            if let Some((_, entry)) = now(&account) {
                self.account.ready.pop();
                self.serve(entry, Held::Account, at);
                continue;
            }
            if let Some((_, entry)) = now(&renewal) {
                self.renewals.ready.pop();
                self.serve(entry, Held::Pace, at);
                continue;
            }
            let next = self.events.peek().map(|Reverse((time, _))| *time);
            let free = account.into_iter().chain(renewal).map(|(free, _)| free);
            match free.chain(next).min() {
                Some(time) => at = time,
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

    /// All that happens up to this time.
    fn happens(&mut self, at: Timestamp) {
        while let Some(Reverse((time, event))) = self.events.peek().copied()
            && time <= at
        {
            self.events.pop();
            match event {
                Event::Arrives(entry) => self.arrives(entry, at),
                Event::Wakes(share) => self.wakes(share, time, at),
            }
        }
    }

    /// Lets one order. Only one: what that sets free may be for somebody more urgent than the next.
    fn serve(&mut self, entry: usize, held: Held<'a>, at: Timestamp) {
        let waited = &mut self.entries[entry];
        if waited.ready < at {
            waited.held = Some(held);
        }
        self.attempt(entry, at);
    }

    fn arrives(&mut self, entry: usize, at: Timestamp) {
        if self.entries[entry].done {
            return;
        }
        let place = self.place(entry, at);
        let exempt = self.entries[entry].wanted.exempt();
        if exempt && place.standing == Standing::Ending {
            return self.attempt(entry, at);
        }
        self.entries[entry].ready = at;
        let queue = if exempt { &mut self.renewals } else { &mut self.account };
        queue.ready.push(Reverse(place));
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
        let shares = domains.chain(names).map(|share| (self.shares[share].free_from(standing), share));
        // of two that are as long, the later one by name, whatever else is wanted
        shares.max_by_key(|(until, _)| *until)
    }

    fn order(&mut self, place: Place, at: Timestamp) {
        let entry = &mut self.entries[place.entry];
        entry.done = true;
        self.shares[entry.names].window.spend(at);
        if entry.wanted.exempt() {
            self.renewals.window.spend(at);
        } else {
            self.account.window.spend(at);
            for share in &entry.domains {
                self.shares[*share].window.spend(at);
            }
        }
        let because = because(entry.wanted, at, entry.held, self.limits);
        self.appointments.push((at, place, because));
    }

    /// Sees to it that those who wait for a share of this entry are let on, one after the other.
    fn rouse(&mut self, entry: usize, at: Timestamp) {
        let Entry { domains, names, .. } = &self.entries[entry];
        for share in domains.clone().into_iter().chain([*names]) {
            if let Some(first) = self.shares[share].first(&self.entries) {
                let until = self.shares[share].free_from(Standing::of(self.entries[first.entry].wanted, at));
                self.wake(share, until.max(at));
            }
        }
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
        if let Some(first) = self.shares[share].first(&self.entries) {
            self.shares[share].waiting.pop();
            self.arrives(first.entry, at);
        }
    }
}

/// Where the shares are.
#[derive(Default)]
struct Index<'a> {
    domains: BTreeMap<&'a str, usize>,
    names: BTreeMap<&'a BTreeSet<DomainName>, usize>,
}

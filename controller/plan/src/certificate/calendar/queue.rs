//! Those who wait: for the number of orders, or for room for a domain or a set of names.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::Timestamp;

use super::Standing;
use super::timetable::Entry;
use crate::certificate::budget::{Rate, Window, kept};

/// Where an entry stands in a queue, the first one least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) standing: Standing,
    /// The end of the certificate in force; where there is none, since when one is wanted.
    pub(super) by: Timestamp,
    pub(super) entry: usize,
}

/// Those whom only the number of orders holds.
pub(super) struct Queue {
    pub(super) window: Window,
    pub(super) ready: BinaryHeap<Reverse<Place>>,
    /// How many orders are only for what is about to end.
    kept: u32,
}

impl Queue {
    pub(super) fn new(rate: Rate, kept: u32) -> Self {
        Self { window: Window::new(rate), ready: BinaryHeap::new(), kept }
    }

    /// The most urgent, and from when on it may order.
    pub(super) fn next(&mut self, entries: &[Entry<'_>]) -> Option<(Timestamp, usize)> {
        let Place { standing, entry, .. } = first(&mut self.ready, entries)?;
        let kept = if standing == Standing::Ending { 0 } else { self.kept };
        Some((self.window.free_from(kept), entry))
    }
}

/// A limit that is counted for a domain or for a set of names, and those who wait for it.
pub(super) struct Share<'a> {
    pub(super) window: Window,
    /// The domain; none for a set of names.
    pub(super) domain: Option<&'a str>,
    pub(super) waiting: BinaryHeap<Reverse<Place>>,
    /// When the first of them is let on.
    pub(super) wakes: Option<Timestamp>,
}

impl<'a> Share<'a> {
    pub(super) fn new(rate: Rate, domain: Option<&'a str>) -> Self {
        Self { window: Window::new(rate), domain, waiting: BinaryHeap::new(), wakes: None }
    }

    /// From when on one of this standing may order.
    pub(super) fn free_from(&self, standing: Standing) -> Timestamp {
        // a set of names is one member's: nobody else could use it up
        let keeps = self.domain.is_some() && standing != Standing::Ending;
        self.window.free_from(if keeps { kept(self.window.rate()) } else { 0 })
    }

    /// The most urgent of those who wait.
    pub(super) fn first(&mut self, entries: &[Entry<'_>]) -> Option<Place> {
        first(&mut self.waiting, entries)
    }
}

/// The first who is not done yet: an entry that became urgent stands in a queue twice.
fn first(queue: &mut BinaryHeap<Reverse<Place>>, entries: &[Entry<'_>]) -> Option<Place> {
    while queue.peek().is_some_and(|Reverse(place)| entries[place.entry].done) {
        queue.pop();
    }
    queue.peek().map(|Reverse(place)| *place)
}

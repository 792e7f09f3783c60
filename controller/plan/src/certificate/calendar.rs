//! Who orders a certificate when, such that no limit of the issuer is passed and nobody's certificate ends unrenewed.
//!
//! Time is gone through from now on. At each moment the most urgent of those who may order do so, until a limit is
//! reached; then time moves on to when the next one may. What is wanted later never delays what is wanted now.

mod queue;
mod timetable;

use std::collections::BTreeSet;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::budget::{Ledger, Limits, kept, later};
use crate::document::values::{DomainName, MemberName};
use timetable::Timetable;

/// A certificate that is wanted, now or later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// Whose it is.
    pub member: MemberName,
    /// What it is for.
    pub names: BTreeSet<DomainName>,
    /// When the one in force ends; none if there is none.
    pub ends: Option<Timestamp>,
    /// Since when, or from when on, it is wanted: the time that the issuer suggests (ARI), a third of the life left,
    /// or when its names changed. Not the time of this look: how urgent it is, is reckoned from here.
    pub from: Timestamp,
    /// Whether the order announces by `replaces` which certificate it renews, and the issuer exempts that from all limits.
    pub replaces: bool,
    /// Whether the one in force has exactly these names, and the issuer exempts that from what it counts per account
    /// and per domain. False for an issuer that counts renewals like any order.
    pub same_names: bool,
}

impl Wanted {
    /// Whether it counts neither for the account nor for a domain, as the ledger has to note of its order.
    pub fn exempt(&self) -> bool {
        self.replaces || self.same_names
    }

    /// From when on its certificate is about to end: the last third of the time between `from` and its end (of a life
    /// that is renewed at its last third, the last ninth), or the last day where that is longer.
    pub fn ending_from(&self) -> Option<Timestamp> {
        let ends = self.ends?;
        let last = (ends.duration_since(self.from) / 3).max(SignedDuration::from_hours(24));
        Some(later(ends, -last))
    }
}

/// When a member orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Whose certificate.
    pub member: MemberName,
    /// Not earlier; [`Timestamp::MAX`] where a limit of 0 means never.
    pub at: Timestamp,
    /// Why it is wanted, and what it waits for.
    pub because: String,
}

/// Says for all that is wanted when it is to be ordered, the most urgent of each moment first; `at <= now` means now.
///
/// First those whose certificate is about to end ([`Wanted::ending_from`]), the earliest end first; then those without
/// any, whoever waits longest first; then all other renewals, the earliest end first. The latter two leave a fifth of
/// every limit per account and per domain to the first. Renewals that the issuer exempts do not compete with these. Those
/// of them that have time go no faster than the account could order, so that what an outage dammed up does not come
/// down at once, then or at any renewal after it. A name of which an authorization failed waits a while, longer each
/// time, whoever wants it.
///
/// The order of `ledger` and `wanted` does not matter, and no more does it to ask again: where nothing but time and the
/// orders of this calendar came in between, the rest stays as it was.
pub fn calendar(limits: &Limits, ledger: &Ledger, wanted: &[Wanted], now: Timestamp) -> Vec<Appointment> {
    let mut wanted: Vec<&Wanted> = wanted.iter().collect();
    wanted.sort();
    Timetable::new(limits, ledger, &wanted, now).fill()
}

/// How urgent something wanted is: what comes first is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Its certificate is about to end.
    Ending,
    /// There is no certificate yet.
    First,
    /// There is time.
    Renewal,
}

impl Standing {
    fn of(wanted: &Wanted, at: Timestamp) -> Self {
        match wanted.ending_from() {
            None => Self::First,
            Some(ending) if at >= ending => Self::Ending,
            Some(_) => Self::Renewal,
        }
    }
}

/// What something wanted waited for last.
#[derive(Debug, Clone, Copy)]
enum Held<'a> {
    Account,
    Pace,
    Domain(&'a str),
    Names,
    Failed(&'a DomainName, usize),
}

/// The explanation of an appointment.
fn because(wanted: &Wanted, at: Timestamp, held: Option<Held<'_>>, limits: &Limits) -> String {
    let day = |at: Timestamp| Offset::UTC.to_datetime(at).date().to_string();
    let ends = wanted.ends.map(day).unwrap_or_default();
    let standing = Standing::of(wanted, at);
    let why = match standing {
        Standing::Ending if wanted.ends <= Some(at) => format!("its certificate ended on {ends}"),
        Standing::Ending => format!("its certificate ends on {ends} and is about to"),
        Standing::First => "its names have no certificate yet".to_owned(),
        Standing::Renewal => {
            format!("its certificate ends on {ends}, to be renewed from {} on", day(wanted.from))
        }
    };
    let kept = |rate| if standing == Standing::Ending { 0 } else { kept(rate) };
    let (whose, rate, kept) = match held {
        None => return why,
        Some(Held::Failed(name, times)) => return format!("{why}; {name} failed {times}× and pauses"),
        Some(Held::Pace) => ("all renewals together", limits.orders_per_account, 0),
        Some(Held::Account) => ("the account", limits.orders_per_account, kept(limits.orders_per_account)),
        Some(Held::Domain(domain)) => {
            (domain, limits.certificates_per_domain, kept(limits.certificates_per_domain))
        }
        Some(Held::Names) => ("the same set of names", limits.certificates_per_names, 0),
    };
    let keeps = if kept > 0 { format!(", {kept} kept for what is about to end") } else { String::new() };
    format!("{why}; {whose} may have {} in {} h{keeps}", rate.count, rate.period.as_hours())
}

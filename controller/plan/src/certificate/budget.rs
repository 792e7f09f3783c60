//! What an issuer of certificates lets the whole fleet order, what of it was spent, and what is left.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::document::values::DomainName;

/// So many in a sliding window: no span of `period` holds more than `count`, wherever it begins.
///
/// Let's Encrypt has a bucket of `count` that refills by one each `period / count`. Whoever keeps to the window keeps
/// to the bucket too: `n` periods refill `n * count` beside the full bucket, while `n` periods and a bit take
/// `(n + 1) * count` at most. The rate in the long run is the same; only a bucket's second burst is given away.
/// A count of 0 lets nothing through, ever; a period of 0 or less lets everything through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub count: u32,
    /// In how long.
    pub period: SignedDuration,
}

impl Rate {
    /// So many in so many hours.
    pub const fn hours(count: u32, hours: i64) -> Self {
        Self { count, period: SignedDuration::from_hours(hours) }
    }
}

/// The figures of one issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// New orders of the account.
    pub orders_per_account: Rate,
    /// Certificates for each registered domain.
    pub certificates_per_domain: Rate,
    /// Certificates for each exact set of names.
    pub certificates_per_names: Rate,
    /// Failed authorizations for each name of the account.
    pub failures_per_name: Rate,
}

impl Limits {
    /// The figures of Let's Encrypt: <https://letsencrypt.org/docs/rate-limits/>, last updated on 5 August 2026.
    ///
    /// By its section "Limit Exemptions for Renewals" an order that announces by `replaces` (RFC 9773) which certificate
    /// it renews is exempt from all of them. Any other order for exactly the names of an earlier certificate is
    /// exempt from those per account and per registered domain, and counts for the set of names and for failures.
    pub const fn lets_encrypt() -> Self {
        Self {
            orders_per_account: Rate::hours(300, 3),
            certificates_per_domain: Rate::hours(50, 7 * 24),
            certificates_per_names: Rate::hours(5, 7 * 24),
            failures_per_name: Rate::hours(5, 1),
        }
    }
}

/// One order that the issuer took, whatever came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// When it was made.
    pub at: Timestamp,
    /// What it is for.
    pub names: BTreeSet<DomainName>,
    /// Whether the issuer takes it for a renewal (`replaces` or `same_names` of what was wanted), so that it counts
    /// neither for the account nor for a domain. It counts for its set of names all the same: Let's Encrypt's
    /// program, Boulder, books every certificate there, and only does not refuse those with `replaces`.
    pub exempt: bool,
}

/// One authorization that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// When it failed.
    pub at: Timestamp,
    /// For which name.
    pub name: DomainName,
}

/// What was spent at one issuer with one account, in any order.
///
/// What is older than the longest period and than [`STREAK`] changes nothing and may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Orders.
    pub orders: Vec<Spent>,
    /// Failed authorizations.
    pub failures: Vec<Failed>,
}

/// What is left of a budget at one time. Domains, sets and names of which nothing was spent are not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Orders of the account.
    pub orders: u32,
    /// How many of `orders` are kept for certificates that are about to end.
    pub kept: u32,
    /// Certificates for each registered domain.
    pub domains: BTreeMap<String, u32>,
    /// Certificates for each exact set of names.
    pub names: BTreeMap<BTreeSet<DomainName>, u32>,
    /// Failures that each name may still have.
    pub failures: BTreeMap<DomainName, u32>,
}

/// What is left of a budget.
pub fn left(limits: &Limits, ledger: &Ledger, now: Timestamp) -> Left {
    let orders = limits.orders_per_account;
    let mut account = Window::new(orders);
    let mut domains = BTreeMap::new();
    let mut names = BTreeMap::new();
    let mut failures = BTreeMap::new();
    for order in by_time(&ledger.orders, |order| order.at) {
        let at = order.at.min(now);
        let counted = |rate| move || Window::new(rate);
        names.entry(&order.names).or_insert_with(counted(limits.certificates_per_names)).spend(at);
        if !order.exempt {
            account.spend(at);
            for domain in registered_domains(&order.names) {
                domains.entry(domain).or_insert_with(counted(limits.certificates_per_domain)).spend(at);
            }
        }
    }
    for failed in by_time(&ledger.failures, |failed| failed.at) {
        let window = failures.entry(&failed.name).or_insert_with(|| Window::new(limits.failures_per_name));
        window.spend(failed.at.min(now));
    }
    let left = |window: &Window| window.left(now);
    let full = |window: &Window| window.left(now) == window.rate.count;
    Left {
        orders: left(&account),
        kept: kept(orders),
        domains: domains.iter().filter(|(_, w)| !full(w)).map(|(n, w)| ((*n).to_owned(), left(w))).collect(),
        names: names.iter().filter(|(_, w)| !full(w)).map(|(n, w)| ((*n).clone(), left(w))).collect(),
        failures: failures.iter().filter(|(_, w)| !full(w)).map(|(n, w)| ((*n).clone(), left(w))).collect(),
    }
}

/// What counts as one domain for an issuer: the public suffix and one label more.
///
/// `www.comune.barzago.lc.it` is under the suffix `lc.it` and gives `barzago.lc.it`; a name under no suffix of the
/// Public Suffix List (<https://publicsuffix.org>) gives its last two labels, and a suffix itself gives itself.
pub fn registered_domain(name: &DomainName) -> &str {
    psl::domain_str(name.as_str()).unwrap_or(name.as_str())
}

/// The registered domains of a set of names, each once.
pub(super) fn registered_domains(names: &BTreeSet<DomainName>) -> BTreeSet<&str> {
    names.iter().map(registered_domain).collect()
}

/// How many of a rate are kept for certificates that are about to end: a fifth.
pub(super) fn kept(rate: Rate) -> u32 {
    rate.count / 5
}

/// What a list holds, oldest first.
pub(super) fn by_time<T>(list: &[T], at: impl Fn(&T) -> Timestamp) -> Vec<&T> {
    let mut sorted: Vec<&T> = list.iter().collect();
    sorted.sort_by_key(|entry| at(entry));
    sorted
}

/// A failure this long after the one before begins a new streak: twice the longest pause.
pub const STREAK: SignedDuration = SignedDuration::from_hours(12);

/// The longest pause after a failure.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);

/// Until when a name waits that failed at these times, oldest first; `ends` is there for a certificate about to end.
///
/// The first pause is the issuer's period divided by its count (12 minutes at Let's Encrypt), each further one of a streak
/// twice the one before. The nearer the end, the less can be waited: a quarter of the time that was left at the last
/// failure, but no less than the issuer's period, so that years of failing stay far from being shut out for it.
pub(super) fn pause(rate: Rate, failures: &[Timestamp], ends: Option<Timestamp>) -> Timestamp {
    let Some(last) = failures.last().copied() else { return Timestamp::MIN };
    let gaps = failures.windows(2).rev().map(|pair| pair[1].duration_since(pair[0]));
    let streak = gaps.take_while(|gap| *gap <= STREAK).count();
    let first = i64::from(rate.count.max(1));
    let doubled = 1_i64 << streak.min(16);
    let seconds = (rate.period.as_secs() / first).saturating_mul(doubled);
    let mut pause = SignedDuration::from_secs(seconds).min(LONGEST_PAUSE);
    if let Some(ends) = ends {
        pause = pause.min((ends.duration_since(last) / 4).max(rate.period));
    }
    later(last, pause).max(Window { rate, times: failures.to_vec() }.free_from(0))
}

/// A time plus a span, the last one that there is where it would be later.
pub(super) fn later(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(if span.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
}

/// What counts against one rate, oldest first.
#[derive(Debug)]
pub(super) struct Window {
    rate: Rate,
    times: Vec<Timestamp>,
}

impl Window {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, times: Vec::new() }
    }

    pub(super) fn rate(&self) -> Rate {
        self.rate
    }

    /// Takes one out; never earlier than the one before.
    pub(super) fn spend(&mut self, at: Timestamp) {
        self.times.push(at);
    }

    /// From when on one more may be taken out, so many being kept.
    pub(super) fn free_from(&self, kept: u32) -> Timestamp {
        let usable = self.rate.count.saturating_sub(kept) as usize;
        if usable == 0 {
            return Timestamp::MAX;
        }
        match self.times.len().checked_sub(usable) {
            Some(index) => later(self.times[index], self.rate.period),
            None => Timestamp::MIN,
        }
    }

    /// How many may be taken out.
    fn left(&self, now: Timestamp) -> u32 {
        let counted = self.times.iter().rev().take_while(|at| later(**at, self.rate.period) > now).count();
        self.rate.count.saturating_sub(u32::try_from(counted).unwrap_or(u32::MAX))
    }
}

//! Counts from scratch whether orders kept to an issuer's limits: every sliding window, and every bucket that refills.

use std::collections::{BTreeMap, BTreeSet};

use campanile_plan::certificate::budget::{Failed, Limits, Rate};
use campanile_plan::document::values::DomainName;
use jiff::Timestamp;

/// One order, as the issuer sees it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// When.
    pub at: Timestamp,
    /// For what.
    pub names: &'a BTreeSet<DomainName>,
    /// Whether it announced what it replaces: it is booked for its set of names, and never refused.
    pub replaces: bool,
    /// Whether it counts neither for the account nor for a domain.
    pub exempt: bool,
    /// Whether a certificate came of it.
    pub issued: bool,
}

/// Every limit that was passed, with where.
pub fn passed<'a>(
    limits: &Limits,
    orders: impl Iterator<Item = Seen<'a>>,
    failures: &[Failed],
) -> Vec<String> {
    let mut counted: BTreeMap<String, (Rate, Vec<(Timestamp, bool)>)> = BTreeMap::new();
    let mut count = |what: String, rate: Rate, at: Timestamp, refused: bool| {
        counted.entry(what).or_insert((rate, Vec::new())).1.push((at, refused));
    };
    for Seen { at, names, replaces, exempt, issued } in orders {
        let set: Vec<&str> = names.iter().map(DomainName::as_str).collect();
        if !exempt {
            count("account".to_owned(), limits.orders_per_account, at, true);
        }
        if issued {
            count(format!("names {}", set.join(" ")), limits.certificates_per_names, at, !replaces);
        }
        if issued && !exempt {
            for domain in set.iter().map(|name| last_two_labels(name)).collect::<BTreeSet<_>>() {
                count(format!("domain {domain}"), limits.certificates_per_domain, at, true);
            }
        }
    }
    for Failed { at, name } in failures {
        count(format!("failures of {name}"), limits.failures_per_name, *at, true);
    }
    let broken = counted.into_iter().flat_map(|(what, (rate, mut times))| {
        // of one moment, those that could be refused come first
        times.sort_unstable_by_key(|(at, refused)| (*at, !refused));
        let window = window(rate, &times).map(|at| format!("{what}: more than {rate:?} in a window to {at}"));
        let bucket =
            bucket(rate, &times).map(|at| format!("{what}: the bucket of {rate:?} is empty at {at}"));
        window.into_iter().chain(bucket)
    });
    broken.collect()
}

/// The first time at which a window holds too many.
fn window(rate: Rate, times: &[(Timestamp, bool)]) -> Option<Timestamp> {
    let too_many = rate.count as usize + 1;
    let broken = times.windows(too_many).find(|window| {
        let ((first, _), (last, refused)) = (window[0], window[too_many - 1]);
        refused && last.duration_since(first) < rate.period
    });
    broken.map(|window| window[too_many - 1].0)
}

/// The first time at which a bucket is empty that holds `count` and gets one more each `period / count`, which is how
/// Let's Encrypt counts.
fn bucket(rate: Rate, times: &[(Timestamp, bool)]) -> Option<Timestamp> {
    let refill = rate.period.as_secs_f64() / f64::from(rate.count);
    let mut tokens = f64::from(rate.count);
    let mut before = times.first()?.0;
    for (at, refused) in times {
        tokens = (tokens + at.duration_since(before).as_secs_f64() / refill).min(f64::from(rate.count));
        before = *at;
        if tokens < 1.0 - 1e-6 && *refused {
            return Some(*at);
        }
        tokens = (tokens - 1.0).max(0.0);
    }
    None
}

fn last_two_labels(name: &str) -> &str {
    name.rmatch_indices('.').nth(1).map_or(name, |(dot, _)| &name[dot + 1..])
}

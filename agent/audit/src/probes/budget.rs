//! How much may be asked of one address, and at all: many bodies share one provider's server, and none may feel us.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// How much may be asked; a clone is the same budget.
#[derive(Debug, Clone)]
pub struct Budget {
    shared: Arc<Shared>,
}

/// What a budget lets through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Connections at once to one address.
    pub at_once: usize,
    /// Connections in a second to one address, in the long run.
    pub per_second: f64,
    /// Connections that may be opened without a wait, after a rest.
    pub burst: f64,
    /// Connections at once to all addresses.
    pub all_at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { at_once: 4, per_second: 10.0, burst: 40.0, all_at_once: 512 }
    }
}

#[derive(Debug)]
struct Shared {
    limits: Limits,
    all: Arc<Semaphore>,
    addresses: Mutex<Addresses>,
    opened: AtomicU64,
}

/// The addresses that are asked, or were a moment ago.
#[derive(Debug)]
struct Addresses {
    known: HashMap<IpAddr, Arc<Address>>,
    /// How many may be known before those that rested are forgotten.
    sweep_at: usize,
}

#[derive(Debug)]
struct Address {
    slots: Arc<Semaphore>,
    bucket: Mutex<Bucket>,
}

/// A token bucket. `left` may be below zero: then those who wait have been promised what comes next.
#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// The right to one connection, until it is dropped.
#[derive(Debug)]
pub struct Permit {
    _slot: Option<OwnedSemaphorePermit>,
    _one_of_all: Option<OwnedSemaphorePermit>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Budget {
    /// A budget with limits of its own.
    pub fn new(limits: Limits) -> Self {
        let addresses = Addresses { known: HashMap::new(), sweep_at: SWEEP_AT_LEAST };
        Self {
            shared: Arc::new(Shared {
                limits,
                all: Arc::new(Semaphore::new(limits.all_at_once)),
                addresses: Mutex::new(addresses),
                opened: AtomicU64::new(0),
            }),
        }
    }

    /// Waits until one more connection to an address may be opened.
    pub async fn connect(&self, ip: IpAddr) -> Permit {
        let address = self.address(ip.to_canonical());
        // Semaphores that are never closed always give: `ok` is never none.
        let slot = Arc::clone(&address.slots).acquire_owned().await.ok();
        let wait = lock(&address.bucket).take(Instant::now(), self.shared.limits);
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let one_of_all = Arc::clone(&self.shared.all).acquire_owned().await.ok();
        self.shared.opened.fetch_add(1, Ordering::Relaxed);
        Permit { _slot: slot, _one_of_all: one_of_all }
    }

    /// Connections that were opened since the beginning.
    pub fn opened(&self) -> u64 {
        self.shared.opened.load(Ordering::Relaxed)
    }

    /// Addresses that are remembered: those in use, and those that a moment ago were.
    pub fn remembered(&self) -> usize {
        lock(&self.shared.addresses).known.len()
    }

    fn address(&self, ip: IpAddr) -> Arc<Address> {
        let limits = self.shared.limits;
        let now = Instant::now();
        let mut addresses = lock(&self.shared.addresses);
        if addresses.known.len() >= addresses.sweep_at && !addresses.known.contains_key(&ip) {
            addresses.known.retain(|_, known| known.is_in_use() || !lock(&known.bucket).is_full(now, limits));
            addresses.sweep_at = SWEEP_AT_LEAST.max(2 * addresses.known.len());
        }
        let fresh = || Address {
            slots: Arc::new(Semaphore::new(limits.at_once)),
            bucket: Mutex::new(Bucket { left: limits.burst, at: now }),
        };
        Arc::clone(addresses.known.entry(ip).or_insert_with(|| Arc::new(fresh())))
    }
}

/// Fewer addresses than these are not worth a sweep.
const SWEEP_AT_LEAST: usize = 1024;

impl Address {
    /// Somebody waits for it, or has a connection to it open.
    fn is_in_use(self: &Arc<Self>) -> bool {
        Arc::strong_count(self) > 1 || Arc::strong_count(&self.slots) > 1
    }
}

impl Bucket {
    /// Takes one token, and says how long to wait before it may be used.
    fn take(&mut self, now: Instant, limits: Limits) -> Duration {
        self.left = self.filled(now, limits) - 1.0;
        self.at = now;
        if self.left >= 0.0 {
            Duration::ZERO
        } else {
            Duration::from_secs_f64(-self.left / limits.per_second)
        }
    }

    fn is_full(&self, now: Instant, limits: Limits) -> bool {
        self.filled(now, limits) >= limits.burst
    }

    fn filled(&self, now: Instant, limits: Limits) -> f64 {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        since.mul_add(limits.per_second, self.left).min(limits.burst)
    }
}

/// What a lock guards stays whole when a holder panics: each change is one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(last: u32) -> IpAddr {
        IpAddr::from(std::net::Ipv4Addr::from_bits(0x7f00_0000 + last))
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_at_once_and_the_rest_ten_a_second() {
        let budget = Budget::default();
        let begin = Instant::now();
        for _ in 0..40 {
            drop(budget.connect(ip(1)).await);
        }
        assert!(begin.elapsed() < Duration::from_millis(5), "{:?}", begin.elapsed());
        for _ in 0..10 {
            drop(budget.connect(ip(1)).await);
        }
        let passed = begin.elapsed();
        assert!((Duration::from_millis(990)..Duration::from_millis(1020)).contains(&passed), "{passed:?}");
        let before = Instant::now();
        drop(budget.connect(ip(2)).await);
        assert!(before.elapsed() < Duration::from_millis(5), "another address has a budget of its own");
        assert_eq!(budget.opened(), 51);
    }

    #[tokio::test(start_paused = true)]
    async fn a_fifth_connection_waits_for_one_of_four_to_end() {
        let budget = Budget::default();
        let mut four = Vec::new();
        for _ in 0..4 {
            four.push(budget.connect(ip(1)).await);
        }
        let fifth = tokio::time::timeout(Duration::from_mins(1), budget.connect(ip(1))).await;
        assert!(fifth.is_err());
        four.pop();
        assert!(tokio::time::timeout(Duration::from_secs(1), budget.connect(ip(1))).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn idle_addresses_are_forgotten() {
        let budget = Budget::default();
        for round in 0..10_u32 {
            for host in 0..1_000 {
                drop(budget.connect(ip(round * 1_000 + host)).await);
            }
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        assert!(budget.remembered() <= 2_048, "{}", budget.remembered());
    }
}

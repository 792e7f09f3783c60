//! The board on which the loop hangs what it knows, and from which HTTP and metrics read; and the bell of the webhook.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use campanile_plan::document::values::EngineName;
use campanile_plan::plan::Held;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{Notify, watch};

use crate::known::Known;
use crate::locked::locked;

/// What the daemon knows after a pass. Whoever reads it sees one pass, never parts of two.
#[derive(Debug, Clone, Default)]
pub struct Published {
    /// When the daemon started.
    pub started: Timestamp,
    /// The members as they are.
    pub known: Arc<Known>,
    /// The last plan, as `campanile plan --output json` prints it.
    pub plan: Arc<Value>,
    /// Removals that are held.
    pub held: Vec<Held>,
    /// Problems of the documents, counted.
    pub problems: usize,
    /// Every engine of the platform, and whether it answered.
    pub engines: BTreeMap<EngineName, bool>,
    /// How fetching goes.
    pub fetched: Fetched,
    /// The last look that saw everything; none before the first.
    pub looked: Option<Timestamp>,
    /// The last pass in which nothing failed.
    pub passed: Option<Timestamp>,
    /// Lanes that wait after a failure.
    pub backoff: Vec<Backoff>,
    /// What is wrong with the daemon itself, with the remedy.
    pub troubles: Vec<String>,
}

/// How fetching the fleet goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// The last fetch that succeeded.
    pub at: Option<Timestamp>,
    /// The commit that it brought; none for a folder.
    pub commit: Option<String>,
    /// Why every fetch since then failed.
    pub error: Option<String>,
}

/// A lane that waits after a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backoff {
    /// The lane.
    pub lane: String,
    /// How often it failed in a row.
    pub attempts: u32,
    /// When it is tried again.
    pub until: Timestamp,
}

impl Published {
    /// The command that lets the held removals through; none where nothing is held.
    pub fn release(&self) -> Option<String> {
        let digest = self.plan.get("digest").and_then(Value::as_str)?;
        (!self.held.is_empty()).then(|| format!("campanile apply --release {digest}"))
    }
}

/// A handle to the board; every copy leads to the same one.
#[derive(Clone)]
pub struct Board {
    shared: Arc<Shared>,
}

struct Shared {
    published: watch::Sender<Arc<Published>>,
    fetch_wanted: Notify,
    turned: Mutex<Instant>,
    patience: Duration,
}

impl Board {
    /// An empty board. The loop counts as standing still when it has not turned for `patience`.
    pub fn new(started: Timestamp, patience: Duration) -> Self {
        let published = Arc::new(Published { started, ..Published::default() });
        let shared = Shared {
            published: watch::Sender::new(published),
            fetch_wanted: Notify::new(),
            turned: Mutex::new(Instant::now()),
            patience,
        };
        Self { shared: Arc::new(shared) }
    }

    /// Hangs up what is known now, in place of what hung there.
    pub fn publish(&self, published: Published) {
        self.shared.published.send_replace(Arc::new(published));
    }

    /// What was hung up last.
    pub fn read(&self) -> Arc<Published> {
        self.shared.published.borrow().clone()
    }

    /// For whoever waits for news: `changed().await` of what this returns.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Published>> {
        self.shared.published.subscribe()
    }

    /// Asks for a fetch. However often before the loop hears it, it is one fetch.
    pub fn want_fetch(&self) {
        self.shared.fetch_wanted.notify_one();
    }

    /// Waits until a fetch was asked for, and takes the wish away. For the loop alone.
    pub async fn fetch_wanted(&self) {
        self.shared.fetch_wanted.notified().await;
    }

    /// Says that the loop turns.
    pub fn turned(&self) {
        *locked(&self.shared.turned) = Instant::now();
    }

    /// For how long the loop has been standing still, if that is longer than it may.
    pub fn stands_still(&self) -> Option<Duration> {
        let turned = *locked(&self.shared.turned);
        Some(turned.elapsed()).filter(|still| *still > self.shared.patience)
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.debug_struct("Board").finish_non_exhaustive()
    }
}

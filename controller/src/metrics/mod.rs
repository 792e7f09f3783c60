//! What the daemon tells Prometheus: counters of what it did, and at each scrape the state that hangs on the board.
//!
//! State is read when it is asked for and kept nowhere else: series of what is gone are gone with it, and a scrape sees
//! one pass, never parts of two.

mod declared;
mod process;
mod scrape;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

pub use declared::{ALL, Kind, Metric};
use jiff::Timestamp;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts};
use scrape::Scrape;

use crate::board::Published;
use crate::locked::locked;

/// A part of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The fleet is fetched, parsed and validated.
    Fetch,
    /// Engines and state folder are looked at.
    Look,
    /// It is decided what to do.
    Plan,
    /// It is done.
    Act,
    /// Sites are asked from outside.
    Ask,
    /// It is said how the members are.
    Report,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [Self::Fetch, Self::Look, Self::Plan, Self::Act, Self::Ask, Self::Report];

    fn name(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Look => "look",
            Self::Plan => "plan",
            Self::Act => "act",
            Self::Ask => "ask",
            Self::Report => "report",
        }
    }
}

/// The daemon's counters.
#[derive(Debug)]
pub struct Metrics {
    version: &'static str,
    started: Timestamp,
    stages: HistogramVec,
    passes: IntCounterVec,
    steps: IntCounterVec,
    step_durations: HistogramVec,
    fetches: IntCounterVec,
    webhooks: IntCounterVec,
    requests: IntCounterVec,
    history_failed: IntCounterVec,
    // not a vector of prometheus: an engine that leaves the platform takes its series with it
    events: Mutex<BTreeMap<(String, String), u64>>,
}

impl Metrics {
    /// Counters at zero.
    ///
    /// # Errors
    /// When a metric is declared that Prometheus would not take.
    pub fn new(version: &'static str) -> Result<Self, prometheus::Error> {
        let metrics = Self {
            version,
            started: Timestamp::now(),
            stages: histograms(&declared::PASS_STAGE)?,
            passes: counters(&declared::PASSES)?,
            steps: counters(&declared::STEPS_DONE)?,
            step_durations: histograms(&declared::STEP_DURATION)?,
            fetches: counters(&declared::FETCHES)?,
            webhooks: counters(&declared::WEBHOOKS)?,
            requests: counters(&declared::REQUESTS)?,
            history_failed: counters(&declared::HISTORY_FAILED)?,
            events: Mutex::default(),
        };
        // a rate needs a zero to begin from
        metrics.history_failed.with_label_values::<&str>(&[]);
        for ok in [true, false] {
            metrics.fetches.with_label_values(&[ended(ok)]);
        }
        for stage in Stage::ALL {
            metrics.stages.with_label_values(&[stage.name()]);
        }
        Ok(metrics)
    }

    /// A part of a pass took so long.
    pub fn stage(&self, stage: Stage, took: Duration) {
        self.stages.with_label_values(&[stage.name()]).observe(took.as_secs_f64());
    }

    /// A pass ended: what began it (`commit`, `event`, `interval` ...), and how it ended (`done`, `failed`, `stopped`).
    pub fn pass(&self, why: &str, result: &str) {
        self.passes.with_label_values(&[why, result]).inc();
    }

    /// A step ended; `action` is the action's name.
    pub fn step(&self, action: &str, ok: bool, took: Duration) {
        self.steps.with_label_values(&[action, ended(ok)]).inc();
        self.step_durations.with_label_values(&[action]).observe(took.as_secs_f64());
    }

    /// A fetch ended.
    pub fn fetched(&self, ok: bool) {
        self.fetches.with_label_values(&[ended(ok)]).inc();
    }

    /// The webhook was called.
    pub fn webhook(&self, result: &str) {
        self.webhooks.with_label_values(&[result]).inc();
    }

    /// A request was answered; `route` is the route's path, never the request's.
    pub fn request(&self, route: &str, code: u16) {
        self.requests.with_label_values(&[route, &code.to_string()]).inc();
    }

    /// An engine told an event: one of our `own` steps, or a `foreign` one.
    pub fn event(&self, engine: &str, result: &str) {
        let mut events = locked(&self.events);
        *events.entry((engine.to_owned(), result.to_owned())).or_default() += 1;
    }

    /// Something could not be written to the history.
    pub fn history_failed(&self) {
        self.history_failed.with_label_values::<&str>(&[]).inc();
    }

    /// Everything as Prometheus reads it, with the state that hangs on the board.
    pub fn text(&self, published: &Published) -> String {
        self.scrape(published).unwrap_or_else(|error| {
            tracing::error!(%error, "metrics not written");
            String::new()
        })
    }

    fn scrape(&self, published: &Published) -> Result<String, prometheus::Error> {
        let mut scrape = Scrape::default();
        scrape.gauge(&declared::BUILD_INFO, [([self.version], 1.0)])?;
        scrape.gauge(&declared::START, [([], seconds(self.started))])?;
        scrape.counted(&self.stages);
        scrape.counted(&self.passes);
        scrape.counted(&self.steps);
        scrape.counted(&self.step_durations);
        scrape.counted(&self.fetches);
        scrape.counted(&self.webhooks);
        scrape.counted(&self.requests);
        scrape.counted(&self.history_failed);
        self.events(&mut scrape, published)?;
        scrape.state(published)?;
        scrape.process(process::Process::now())?;
        scrape.text()
    }

    fn events(&self, scrape: &mut Scrape, published: &Published) -> Result<(), prometheus::Error> {
        let mut events = locked(&self.events);
        if published.looked.is_some() {
            events.retain(|(engine, _), _| published.engines.keys().any(|name| name.as_str() == engine));
        }
        let vector = counters(&declared::ENGINE_EVENTS)?;
        for ((engine, result), number) in events.iter() {
            vector.with_label_values(&[engine, result]).inc_by(*number);
        }
        scrape.counted(&vector);
        Ok(())
    }
}

fn counters(metric: &Metric) -> Result<IntCounterVec, prometheus::Error> {
    IntCounterVec::new(Opts::new(metric.name, metric.help), metric.labels)
}

fn histograms(metric: &Metric) -> Result<HistogramVec, prometheus::Error> {
    let mut options = HistogramOpts::new(metric.name, metric.help);
    if let Kind::Histogram(buckets) = metric.kind {
        options = options.buckets(buckets.to_vec());
    }
    HistogramVec::new(options, metric.labels)
}

fn ended(ok: bool) -> &'static str {
    if ok { "ok" } else { "failed" }
}

fn seconds(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}

/// A number of things, exact up to four thousand million.
fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

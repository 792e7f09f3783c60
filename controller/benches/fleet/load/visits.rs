//! Visitors who ask at a steady rate, whatever the answers take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use crate::figures::Times;
use crate::visitor::{Line, Visitor};

/// No answer may take longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came of the visits.
#[derive(Default)]
pub struct Tally {
    /// From when a request was due to the end of its answer.
    times: Times,
    /// Requests on new connections.
    new: usize,
    /// Requests asked anew, since the server had closed the idle connection that they were sent on: HTTP allows it at
    /// any time, and clients ask once more (RFC 9112, section 9.3.1).
    anew: usize,
    failures: Vec<String>,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        let Self { times, new, anew, failures } = other;
        self.times.0.extend(times.0);
        self.new += new;
        self.anew += anew;
        self.failures.extend(failures);
    }

    pub fn print(&self, took: Duration) {
        let requests = self.times.0.len() + self.failures.len();
        let rate = requests as f64 / took.as_secs_f64();
        println!(
            "{requests} requests in {:.0} s ({rate:.0}/s), {} of them on new connections",
            took.as_secs_f64(),
            self.new
        );
        println!("failed: {}; asked anew on another connection: {}", self.failures.len(), self.anew);
        for failure in self.failures.iter().take(20) {
            println!("  {failure}");
        }
        let [median, high, worst] = [self.times.median(), self.times.percentile(99), self.times.worst()];
        println!("latency: median {median:.1?}, 99th percentile {high:.1?}, longest {worst:.1?}");
    }
}

/// Asks one host again and again, until the end.
pub async fn visit(
    visitor: Visitor,
    host: String,
    keeps: bool,
    pause: Duration,
    ends: Arc<AtomicBool>,
) -> Tally {
    let mut tally = Tally::default();
    let mut ticks = interval_at(Instant::now() + pause, pause);
    // what could not be asked in time is asked as soon as it can, and its waiting counts
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut line = None;
    while !ends.load(Ordering::Relaxed) {
        let due = ticks.tick().await;
        let asked = timeout(PATIENCE, ask(&visitor, &host, line.take(), &mut tally)).await;
        match asked.unwrap_or_else(|_| Err("no answer in 10 s".to_owned())) {
            Ok(after) => {
                tally.times.0.push(due.elapsed());
                line = Some(after).filter(|_| keeps);
            }
            Err(why) => tally.failures.push(format!("{host}, {}: {why}", if keeps { "kept" } else { "new" })),
        }
    }
    tally
}

/// Asks once, on the connection that there is, or on a new one.
async fn ask(visitor: &Visitor, host: &str, line: Option<Line>, tally: &mut Tally) -> Result<Line, String> {
    if let Some(mut line) = line
        && line.stays().await
    {
        match line.ask().await {
            Ok(_) => return Ok(line),
            Err(why) if why.starts_with("status") => return Err(why),
            Err(_) => tally.anew += 1,
        }
    }
    tally.new += 1;
    let mut line = visitor.connect(host).await?;
    line.ask().await?;
    Ok(line)
}

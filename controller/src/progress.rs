//! What a person sees while lanes run: a bar on a terminal, nothing elsewhere.

use std::time::Duration;

use campanile_plan::plan::Plan;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar, or nothing.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar on standard error if that is a terminal and somebody wants to see it.
    pub fn new(wanted: bool) -> Self {
        let bar = if wanted { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {bar:30} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        // indicatif hides the bar where standard error is no terminal
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar }
    }

    /// So many steps are still to be done.
    pub fn planned(&self, steps: usize) {
        self.bar.set_length(self.bar.position() + steps as u64);
    }

    /// A step begins, or gets on.
    pub fn step(&self, lane: &str, title: &str) {
        self.bar.set_message(format!("{lane}: {title}"));
    }

    /// A step is done.
    pub fn done(&self) {
        self.bar.inc(1);
    }

    /// Nothing can be done until something comes.
    pub fn waiting(&self, plan: &Plan) {
        let pending: Vec<_> = plan.lanes.iter().flat_map(|lane| &lane.pending).collect();
        if let Some(first) = pending.first() {
            let more = pending.len() - 1;
            self.bar
                .set_message(format!("waiting for {}, {} (and {more} more)", first.object, first.message));
        }
    }

    /// Clears the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar that counts what is done of so many, or nothing where standard error is no terminal.
#[derive(Debug)]
pub struct Counter {
    bar: ProgressBar,
}

impl Counter {
    /// So many are to be done.
    pub fn new(count: usize) -> Self {
        let bar = ProgressBar::new(count as u64);
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed}, {eta} left  {wide_msg}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// One is done.
    pub fn done(&self, name: &str) {
        self.bar.set_message(name.to_owned());
        self.bar.inc(1);
    }

    /// Clears the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

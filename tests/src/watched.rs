//! A program that runs to its end, with the time that it took and the most memory that it had.

#![allow(clippy::expect_used, clippy::missing_panics_doc, reason = "for tests and benchmarks alone")]

use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often the kernel is asked; it keeps the peak itself, so that only what comes after the last question is missed.
const EACH: Duration = Duration::from_millis(2);

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// From its start to its end.
    pub took: Duration,
    /// `VmHWM`, in KiB.
    pub peak: u64,
}

/// Processor time of all children that ended, by the kernel's count of hundredths of a second.
pub fn children() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").expect("/proc");
    // the fields after the program's name in parentheses: cutime and cstime are the 14th and 15th of them
    let fields = text.rsplit(')').next().expect("fields").split_whitespace();
    let ticks: u64 = fields.skip(13).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// A run, and what it said.
#[derive(Debug)]
pub struct Run {
    /// What it took.
    pub figure: Figure,
    /// What it wrote on both outputs.
    pub output: String,
}

/// Runs a program that may end as it likes.
pub fn run(command: &mut Command) -> Run {
    let mut said = tempfile::tempfile().expect("a temporary file");
    let copy = || Stdio::from(File::try_clone(&said).expect("a handle"));
    let begun = Instant::now();
    let mut process =
        command.stdin(Stdio::null()).stdout(copy()).stderr(copy()).spawn().expect("the program runs");
    let status = format!("/proc/{}/status", process.id());
    let mut peak = 0;
    while process.try_wait().expect("its end").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(peak);
        std::thread::sleep(EACH);
    }
    let took = begun.elapsed();
    let mut output = String::new();
    std::io::Seek::rewind(&mut said).expect("its words");
    said.read_to_string(&mut output).expect("its words");
    Run { figure: Figure { took, peak }, output }
}

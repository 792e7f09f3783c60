//! A program that runs to its end, with the time that it took and the most memory that it had.

use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often the kernel is asked; it keeps the peak itself, so that only what comes after the last question is missed.
const EACH: Duration = Duration::from_millis(2);

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    pub took: Duration,
    /// `VmHWM`, in KiB.
    pub peak: u64,
}

/// A run, and what it said.
#[derive(Debug)]
pub struct Run {
    pub figure: Figure,
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

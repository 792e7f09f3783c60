//! Figures, and what they were taken on.

use std::fs;
use std::process::Command;
use std::time::Duration;

/// Prints what all figures depend on.
pub fn machine() {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("{} cores, load {}", cores, load.split(' ').take(3).collect::<Vec<_>>().join(" "));
    println!("Docker Engine {}", output("docker", &["version", "--format", "{{.Server.Version}}"]));
}

/// What a program prints.
pub fn output(program: &str, arguments: &[&str]) -> String {
    let run = Command::new(program).args(arguments).output().expect("the program runs");
    assert!(run.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8_lossy(&run.stdout).trim().to_owned()
}

/// Times of the same thing.
#[derive(Debug, Clone, Default)]
pub struct Times(pub Vec<Duration>);

impl Times {
    pub fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// The time that so many of a hundred stay below.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
    }

    pub fn worst(&self) -> Duration {
        self.percentile(100)
    }

    /// Median, worst, and all of them, in seconds.
    pub fn print(&self, what: &str) {
        let all: Vec<String> = self.0.iter().map(|time| format!("{:.3}", time.as_secs_f64())).collect();
        println!(
            "{what}: median {:.3} s, worst {:.3} s ({})",
            self.median().as_secs_f64(),
            self.worst().as_secs_f64(),
            all.join(", ")
        );
    }
}

impl FromIterator<Duration> for Times {
    fn from_iter<I: IntoIterator<Item = Duration>>(times: I) -> Self {
        Self(times.into_iter().collect())
    }
}

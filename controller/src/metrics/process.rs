//! What the kernel says of this process, read from /proc; what it does not say is left out.

use std::fs;

/// Ticks of a second in /proc, the same on every Linux whatever its kernel's own (proc(5), `USER_HZ`).
const TICKS: f64 = 100.0;

/// What the kernel says of this process.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Process {
    /// Memory in bytes.
    pub resident: Option<f64>,
    /// Time of processors in seconds.
    pub cpu: Option<f64>,
    /// Files and sockets that are open.
    pub open_files: Option<f64>,
    /// Files and sockets that may be open.
    pub most_files: Option<f64>,
}

impl Process {
    /// As it is now.
    pub fn now() -> Self {
        let text = |name: &str| fs::read_to_string(format!("/proc/self/{name}")).ok();
        Self {
            resident: text("status").and_then(|status| resident(&status)),
            cpu: text("stat").and_then(|stat| cpu(&stat)),
            open_files: fs::read_dir("/proc/self/fd").ok().map(|files| super::count(files.count())),
            most_files: text("limits").and_then(|limits| most_files(&limits)),
        }
    }
}

fn resident(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}

fn cpu(stat: &str) -> Option<f64> {
    // the name of the program, in parentheses, may hold anything; utime and stime are the 14th and 15th field
    let (_, fields) = stat.rsplit_once(')')?;
    let mut ticks = fields.split_whitespace().skip(11).map(str::parse::<f64>);
    let (user, system) = (ticks.next()?.ok()?, ticks.next()?.ok()?);
    Some((user + system) / TICKS)
}

fn most_files(limits: &str) -> Option<f64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_tells_it_all() {
        let Process { resident, cpu, open_files, most_files } = Process::now();
        assert!(resident.is_some_and(|bytes| bytes > 1e6), "{resident:?}");
        assert!(cpu.is_some(), "{cpu:?}");
        assert!(open_files.is_some_and(|files| files >= 3.0), "{open_files:?}");
        assert!(most_files > open_files, "{most_files:?}");
    }

    #[test]
    fn a_name_with_parentheses_is_no_field() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 100 1000 10";
        assert_eq!(cpu(stat), Some(3.0));
    }
}

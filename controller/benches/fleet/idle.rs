//! The daemon with nothing to do, at the interval that it has by itself: its memory, and the processor time that it and
//! the programs that it starts take.

use std::fs;
use std::time::Duration;

use crate::daemon::Room;

/// The interval that the daemon has by itself.
const INTERVAL: u64 = 60;
/// So many intervals are waited for.
const INTERVALS: u64 = 3;

pub async fn measure() {
    let mut room = Room::new();
    room.start(INTERVAL).await;
    // what it was just asked for is not idling
    tokio::time::sleep(Duration::from_secs(15)).await;
    let process = room.process();
    let before = (Ticks::of(process), room.scrape());
    tokio::time::sleep(Duration::from_secs(INTERVAL * INTERVALS)).await;
    let after = (Ticks::of(process), room.scrape());

    let seconds = INTERVAL * INTERVALS;
    println!("{} members, {seconds} s at an interval of {INTERVAL} s", room.documents.members().len());
    for (what, ticks) in [
        ("the daemon itself", after.0.own - before.0.own),
        ("its children (git)", after.0.children - before.0.children),
        ("both", after.0.own + after.0.children - before.0.own - before.0.children),
    ] {
        // a tick is a hundredth of a second (USER_HZ)
        let milliseconds = ticks * 10;
        let percent = milliseconds as f64 / 10.0 / seconds as f64;
        println!("processor time of {what}: {milliseconds} ms, {percent:.3} % of a core");
    }
    for (name, value) in &after.1 {
        let more = value - before.1.get(name).unwrap_or(&0.0);
        if more > 0.0
            && (name.contains("stage_duration_seconds_") && !name.contains("bucket")
                || name.contains("passes"))
        {
            println!("  {name} +{more:.3}");
        }
    }
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the daemon's status");
    for line in
        status.lines().filter(|line| ["VmRSS", "VmHWM", "Threads"].iter().any(|name| line.starts_with(name)))
    {
        println!("{line}");
    }
}

/// Processor time in ticks.
struct Ticks {
    own: u64,
    children: u64,
}

impl Ticks {
    /// utime, stime; cutime, cstime: fields 14 to 17 (`proc_pid_stat(5)`).
    fn of(process: u32) -> Self {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("the daemon's stat");
        let (_, fields) = stat.rsplit_once(") ").expect("the name in parentheses");
        let field = |number: usize| -> u64 {
            fields.split(' ').nth(number - 3).and_then(|text| text.parse().ok()).expect("a number")
        };
        Self { own: field(14) + field(15), children: field(16) + field(17) }
    }
}

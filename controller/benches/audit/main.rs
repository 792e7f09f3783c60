//! The audit beside sslyze, nmap and sslscan, on one and the same nginx in a network of its own: one server, twenty side by
//! side, a long way off, one that never answers, and thousands. `cargo bench -p campanile --bench audit`, with the names of
//! the chapters behind it.

#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::expect_used,
    reason = "a benchmark prints its figures, and ends where it cannot"
)]

mod delay;
mod server;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use campanile_tests::country::{Country, swallow};
use campanile_tests::watched::{children, run};

use server::Nginx;

/// Where nginx is.
const NEAR: &str = "127.0.7.1";
/// A round trip as a provider's in another region has it.
const ROUND_TRIP: Duration = Duration::from_millis(20);
/// How often a small thing is done.
const ROUNDS: u32 = 20;
/// Targets of the last chapter, each with an address of its own.
const THOUSANDS: u32 = 2000;

fn main() {
    // cargo itself says `--bench`
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |chapter: &str| asked.is_empty() || asked.iter().any(|name| name == chapter);
    let _country = Country::enter();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let _nginx = Nginx::start(folder.path(), NEAR);
    println!("load {}", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
    let sides = Sides::find();
    if wanted("one") {
        one(&sides);
    }
    if wanted("many") {
        many(&sides);
    }
    if wanted("far") {
        delay::lay(8443, SocketAddr::new(NEAR.parse().expect("an address"), 443), ROUND_TRIP);
        far(&sides);
    }
    if wanted("hole") {
        swallow("127.0.7.66");
        hole();
    }
    if wanted("thousands") {
        delay::lay(9443, SocketAddr::new(NEAR.parse().expect("an address"), 443), ROUND_TRIP);
        thousands(folder.path());
    }
}

/// The programs.
struct Sides {
    sslyze: String,
}

impl Sides {
    fn find() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/machine/sslyze");
        let output = Command::new(script).output().expect("a script");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self { sslyze: String::from_utf8_lossy(&output.stdout).trim().to_owned() }
    }

    /// Everybody's command for a host of this network, ours first.
    fn commands(&self, host: &str, port: u16) -> [(&'static str, Command); 4] {
        let at = format!("{host}:{port}");
        let mut sslyze = Command::new(&self.sslyze);
        sslyze.args(["--mozilla_config=disable", &at]);
        let mut nmap = Command::new("nmap");
        nmap.args(["-Pn", "-n", "--script", "ssl-enum-ciphers", "-p", &port.to_string(), host]);
        let mut sslscan = Command::new("sslscan");
        sslscan.arg(&at);
        [("campanile", audit(&[&at])), ("sslyze", sslyze), ("nmap", nmap), ("sslscan", sslscan)]
    }
}

/// A whole audit of targets: TLS, certificates, HTTP and CMS; and a report as JSON.
fn audit(targets: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_campanile"));
    // as fast as the others, which know no manners: what a server bears is asked for by the usual rate
    command.args([
        "audit",
        "--allow-private",
        "--output",
        "json",
        "--fail-on",
        "never",
        "--rate",
        "100000/1s",
    ]);
    command.args(targets);
    command
}

fn one(sides: &Sides) {
    println!("\n## one server, {ROUNDS} rounds");
    for port in [443, 4444] {
        println!(
            "port {port}: {}",
            if port == 443 { "intermediate" } else { "every version and suite of OpenSSL" }
        );
        for (name, mut command) in sides.commands(NEAR, port) {
            let rounds = if port == 443 && name != "sslyze" { ROUNDS } else { 3 };
            let (begun, before) = (Instant::now(), children());
            let peaks = (0..rounds).map(|_| run(&mut command).figure.peak).max();
            let (took, processor) = (begun.elapsed() / rounds, children().saturating_sub(before) / rounds);
            println!(
                "  {name}: {took:.3?} wall, {processor:.1?} processor, {} MiB",
                peaks.unwrap_or_default() >> 10
            );
        }
    }
}

/// Twenty servers: one process of ours and of those that take several targets.
fn many(sides: &Sides) {
    println!("\n## 20 addresses");
    let addresses: Vec<String> = (1..=20).map(|number| format!("127.0.8.{number}")).collect();
    delay::lay(7443, SocketAddr::new(NEAR.parse().expect("an address"), 443), Duration::ZERO);
    let targets: Vec<String> = addresses.iter().map(|address| format!("{address}:7443")).collect();
    let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
    let mut sslyze = Command::new(&sides.sslyze);
    sslyze.arg("--mozilla_config=disable").args(&targets);
    let mut nmap = Command::new("nmap");
    nmap.args(["-Pn", "-n", "--script", "ssl-enum-ciphers", "-p", "7443"]).args(&addresses);
    for (name, command) in [("campanile", &mut audit(&targets)), ("sslyze", &mut sslyze), ("nmap", &mut nmap)]
    {
        let run = run(command);
        println!("  {name}: {:.3?} wall, {} MiB", run.figure.took, run.figure.peak >> 10);
    }
}

fn far(sides: &Sides) {
    println!("\n## {ROUND_TRIP:?} away");
    for (name, mut command) in sides.commands("127.0.7.1", 8443) {
        println!("  {name}: {:.3?} wall", run(&mut command).figure.took);
    }
}

fn hole() {
    println!("\n## an address that never answers");
    println!("  campanile: {:.3?} wall", run(&mut audit(&["127.0.7.66"])).figure.took);
}

fn thousands(folder: &Path) {
    println!("\n## {THOUSANDS} addresses, {ROUND_TRIP:?} away");
    let list = folder.join("thousands.txt");
    for count in [THOUSANDS / 4, THOUSANDS] {
        let hosts = (0..count).map(|number| format!("127.{}.{}.1:9443\n", 16 + number / 250, number % 250));
        std::fs::write(&list, hosts.collect::<String>()).expect("a list");
        let mut command = audit(&[]);
        command.arg("--list").arg(&list).arg("--out").arg(folder.join("report.json"));
        let before = children();
        let run = run(&mut command);
        println!(
            "  {count}: {:.1?} wall, {:.1?} processor, {} MiB; 22,000 at this pace: {:.1} min",
            run.figure.took,
            children().saturating_sub(before),
            run.figure.peak >> 10,
            run.figure.took.as_secs_f64() / f64::from(count) * 22_000.0 / 60.0,
        );
    }
}

//! The brain has no hands: neither its dependencies nor its own code reach the world.

use std::process::Command;

use super::{files_below, none, read, root};

/// Crates that wait, reach the world or draw lots.
const HANDS: &[&str] = &[
    "async-io",
    "async-std",
    "bollard",
    "errno",
    "fastrand",
    "fs2",
    "futures-executor",
    "getrandom",
    "git2",
    "gix",
    "hickory-resolver",
    "home",
    "hyper",
    "hyper-util",
    "iana-time-zone",
    "instant-acme",
    "kube",
    "libc",
    "log",
    "memmap2",
    "mio",
    "native-tls",
    "nix",
    "openssl",
    "rand",
    "rcgen",
    "reqwest",
    "ring",
    "rusqlite",
    "rustix",
    "rustls",
    "smol",
    "socket2",
    "tempfile",
    "tokio",
    "tracing",
    "ureq",
    "wait-timeout",
    "walkdir",
    "which",
];

/// Words of the standard library and of jiff that reach the world; clippy knows them by type (controller/plan/clippy.toml),
/// this knows them where clippy is not installed.
const REACHES: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "std::os",
    "std::net::Tcp",
    "std::net::Udp",
    "std::io::std",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "HashMap",
    "HashSet",
    "RandomState",
    "println!",
    "eprintln!",
];

#[test]
fn no_dependency_reaches_the_world() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package", "campanile-plan", "--edges", "normal", "--prefix", "none"])
        // the same answer on every machine: some crates ask libc for the processor's features elsewhere
        .args(["--target", "x86_64-unknown-linux-gnu", "--format", "{p}"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let crates: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(crates.contains(&"granit-parser"), "this is not the tree of the brain:\n{tree}");
    let hands = crates.iter().filter(|name| HANDS.contains(name));
    none(
        &hands
            .map(|name| format!("the brain depends on {name}; see cargo tree -p campanile-plan -i {name}"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn no_code_reaches_the_world() {
    let mut findings = Vec::new();
    for path in files_below("controller/plan/src") {
        for (number, line) in read(&path).lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let reaches = REACHES.iter().filter(|word| code.contains(*word));
            findings.extend(reaches.map(|word| format!("{path}:{}: {word}", number + 1)));
        }
    }
    none(&findings);
}

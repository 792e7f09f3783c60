//! Asks, transfers and changes with BIND's own tools, which share no code with the program under test.

use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Output, Stdio};

use super::key::Key;

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// `NOERROR`, `NXDOMAIN`, `SERVFAIL` …; `no answer` where none came within two seconds.
    pub status: String,
    /// Whether a resolver says that it has validated the answer.
    pub validated: bool,
    /// Whether there are signatures in it.
    pub signed: bool,
    /// `NAME TTL IN TYPE DATA` of each record of the answer that is no signature, sorted.
    pub records: Vec<String>,
}

impl Answer {
    /// The data alone.
    pub fn data(&self) -> Vec<&str> {
        self.records.iter().filter_map(|record| record.splitn(5, ' ').nth(4)).collect()
    }
}

/// Asks once.
pub fn ask(server: SocketAddr, name: &str, kind: &str) -> Answer {
    let arguments =
        ["+noall", "+comments", "+answer", "+dnssec", "+time=2", "+tries=1", "-q", name, "-t", kind];
    let output = dig(server).args(arguments).output();
    let text = text(&output.expect(NEED_DIG));
    let status = text.split_once("status: ").and_then(|(_, rest)| rest.split(',').next());
    let flags = text.split_once(";; flags:").and_then(|(_, rest)| rest.split(';').next()).unwrap_or_default();
    let (signatures, mut records): (Vec<String>, Vec<String>) =
        records(&text).partition(|record| record.split(' ').nth(3) == Some("RRSIG"));
    records.sort();
    Answer {
        status: status.unwrap_or("no answer").to_owned(),
        validated: flags.split_whitespace().any(|flag| flag == "ad"),
        signed: !signatures.is_empty(),
        records,
    }
}

/// Every record of a zone by AXFR, in the order in which they came; dig's words where the server gives none.
pub fn transfer(server: SocketAddr, key: Option<&Key>, zone: &str) -> Result<Vec<String>, String> {
    let mut dig = dig(server);
    if let Some(key) = key {
        dig.arg("-k").arg(key.clause());
    }
    let arguments = ["+noall", "+comments", "+answer", "+time=10", "+tries=1", "-q", zone, "-t", "AXFR"];
    let text = text(&dig.args(arguments).output().expect(NEED_DIG));
    let records: Vec<String> = records(&text).collect();
    if records.is_empty() || text.contains("failed") { Err(text) } else { Ok(records) }
}

/// Sends one UPDATE by TCP, each change a line for nsupdate such as `add www.example.test 60 A 192.0.2.1`; its words where
/// the server refuses.
pub fn update(server: SocketAddr, key: Option<&Key>, zone: &str, changes: &[&str]) -> Result<(), String> {
    let mut nsupdate = Command::new("nsupdate");
    // by TCP; -t is how long it waits in all
    nsupdate.args(["-v", "-t", "10"]);
    if let Some(key) = key {
        nsupdate.arg("-k").arg(key.clause());
    }
    let mut nsupdate = nsupdate
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this test needs the program nsupdate: install Debian's package bind9-dnsutils");
    let changes = changes.join("\n");
    let input = format!("server {} {}\nzone {zone}.\n{changes}\nsend\n", server.ip(), server.port());
    nsupdate.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = nsupdate.wait_with_output().unwrap();
    if output.status.success() { Ok(()) } else { Err(text(&output)) }
}

const NEED_DIG: &str = "this test needs the program dig: install Debian's package bind9-dnsutils";

fn dig(server: SocketAddr) -> Command {
    let mut dig = Command::new("dig");
    // -r: a .digrc of whoever runs the tests counts for nothing
    dig.arg("-r").arg(format!("@{}", server.ip())).arg("-p").arg(server.port().to_string());
    dig
}

fn text(output: &Output) -> String {
    let part = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
    format!("{}\n{}", part(&output.stdout), part(&output.stderr)).trim().to_owned()
}

/// The lines that are records, each with single spaces.
fn records(text: &str) -> impl Iterator<Item = String> {
    // beside a long name dig writes spaces where it writes tabs elsewhere
    let is_record = |line: &&str| !line.starts_with(';') && line.split_whitespace().nth(2) == Some("IN");
    let lines = text.lines().filter(is_record);
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
}

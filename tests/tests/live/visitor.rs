//! A visitor of the sites: curl, which trusts the platform's own authority alone.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::room::Room;

/// An answer as the visitor sees it.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The protocol: `HTTP/2`.
    pub protocol: String,
    /// One `name: value` a line, the names in lower case.
    pub headers: String,
    pub body: String,
}

impl Answer {
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.unwrap_or_else(|| panic!("there is no {name} in {self:#?}"))
    }
}

impl Room {
    /// curl to one host of this room's ingress.
    pub fn curl(&self, host: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new("curl");
        command.args([
            "--disable",
            "--silent",
            "--show-error",
            "--include",
            "--max-time",
            "10",
            "--noproxy",
            "*",
        ]);
        for port in [self.http, self.https] {
            command.args(["--resolve", &format!("{host}:{port}:127.0.0.1")]);
        }
        command.arg("--cacert").arg(self.trusted()).args(arguments);
        command.output().expect("this test needs the program curl: install Debian's package curl")
    }

    /// Whom a visitor trusts: the platform's own authority, or what a test put in its place.
    pub fn trusted(&self) -> PathBuf {
        let other = self.path("trusted.pem");
        if other.exists() { other } else { self.path("state/ca/ca.pem") }
    }

    pub fn https(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.https)
    }

    /// Asks by HTTPS; fails where there is no answer.
    #[track_caller]
    pub fn get(&self, host: &str, path: &str) -> Answer {
        self.try_get(host, path).unwrap_or_else(|why| panic!("{}: {why}", self.https(host, path)))
    }

    pub fn try_get(&self, host: &str, path: &str) -> Result<Answer, String> {
        answer(&self.curl(host, &[&self.https(host, path)]))
    }

    /// Whether the site shows this title.
    pub fn shows(&self, host: &str, title: &str) -> bool {
        self.try_get(host, "/").is_ok_and(|answer| answer.status == 200 && answer.body.contains(title))
    }

    /// Expects the member's site to show a title.
    #[track_caller]
    pub fn serves(&self, member: &str, title: &str) {
        let answer = self.get(&format!("www.comune.{member}.test"), "/");
        assert!(answer.status == 200 && answer.body.contains(title), "{title} is not in {answer:#?}");
    }
}

/// Reads what curl printed.
pub fn answer(run: &Output) -> Result<Answer, String> {
    if !run.status.success() {
        return Err(String::from_utf8_lossy(&run.stderr).trim().to_owned());
    }
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(|| format!("this is no answer: {text}"))?;
    let (first, rest) = head.split_once("\r\n").unwrap_or((head, ""));
    let mut words = first.split(' ');
    let protocol = words.next().unwrap_or_default().to_owned();
    let status =
        words.next().and_then(|word| word.parse().ok()).ok_or_else(|| format!("no status in {first}"))?;
    let line = |line: &str| match line.split_once(':') {
        Some((name, value)) => format!("{}:{value}\n", name.to_lowercase()),
        None => format!("{line}\n"),
    };
    Ok(Answer { status, protocol, headers: rest.split("\r\n").map(line).collect(), body: body.to_owned() })
}

//! The command `campanile audit` against a server on loopback: what it says, keeps, compares and exits with.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test program

mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use server::Server;

/// A folder with a list of one host, a state, and the server that the host is on.
struct Room {
    folder: tempfile::TempDir,
    server: Server,
}

impl Room {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start();
        std::fs::write(folder.path().join("ca.pem"), server.authority()).unwrap();
        let list = format!("# one town\nwww.calco.test:{} Comune di Calco\n", server.https());
        std::fs::write(folder.path().join("towns"), list).unwrap();
        Self { folder, server }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `campanile audit` with what leads to the server, and more.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_campanile"));
        command.arg("audit").args(arguments).current_dir(self.folder.path());
        command.args(["--state", "state", "--allow-private", "--resolve", "www.calco.test:127.0.0.1"]);
        command.args(["--resolve", "calco.test:127.0.0.1"]);
        // nobody answers there: what is asked of the DNS stays unknown
        command.args(["--resolver", "127.0.0.1:1", "--extra-roots", "ca.pem"]);
        command.args(["--http-port", &self.server.http().to_string()]);
        command
    }

    fn audit(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// An audit of the list, as JSON; exits with `code`.
    #[track_caller]
    fn towns(&self, arguments: &[&str], code: i32) -> Value {
        let arguments: Vec<&str> = [&["--list", "towns", "--output", "json"], arguments].concat();
        let output = self.audit(&arguments);
        assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn connections(report: &Value) -> u64 {
    report["run"]["connections"].as_u64().unwrap()
}

/// The rules by which something is wrong that weighs as much as that.
fn wrong<'a>(report: &'a Value, weight: &str) -> Vec<&'a str> {
    let findings = report["bodies"][0]["findings"].as_array().unwrap();
    let fails = findings.iter().filter(|it| it["verdict"] == "fails" && it["weight"] == weight);
    fails.map(|finding| finding["rule"].as_str().unwrap()).collect()
}

#[test]
fn the_second_audit_says_that_nothing_changed_and_asks_little() {
    let room = Room::new();
    let first = room.towns(&[], 0);
    assert_eq!(first["changes"], Value::Null);
    assert_eq!(wrong(&first, "grave"), Vec::<&str>::new());
    let second = room.towns(&[], 0);
    assert_eq!(second["changes"]["changes"], Value::Array(Vec::new()), "{:#}", second["changes"]);
    let tls = |report: &Value| report["bodies"][0]["facts"]["sites"][0]["endpoints"][0]["tls"].clone();
    let cost = |report: &Value| tls(report)["cost"]["hellos"].as_u64().unwrap();
    assert!(cost(&second) <= 8, "{} hellos after {}", cost(&second), cost(&first));
    assert!(connections(&second) < connections(&first));
    assert_eq!(tls(&first)["versions"], tls(&second)["versions"]);
    let third = room.towns(&["--full"], 0);
    assert_eq!(cost(&third), cost(&first));
}

#[test]
fn what_changed_is_told_first_and_kept() {
    let room = Room::new();
    room.towns(&[], 0);
    room.server.forget_redirect();
    let second = room.towns(&[], 1);
    let changes = second["changes"]["changes"].as_array().unwrap();
    assert!(changes.iter().any(|change| change["kind"] == "new-trouble"), "{changes:#?}");
    let scope = format!("list {}", room.path("towns").canonicalize().unwrap().display());
    let before = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_campanile"));
        let output =
            command.arg("audit").args(arguments).arg("--state").arg(room.path("state")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let diff = before(&["diff", "--scope", &scope, "--lang", "en"]);
    assert!(diff.contains("new-trouble") && diff.contains("www.calco.test"), "{diff}");
    assert_eq!(before(&["diff", "1", "1", "--lang", "en"]), "nothing changed\n");
    assert_eq!(before(&["diff", "1", "2", "--lang", "en"]), diff);
    let trend: Value = serde_json::from_str(&before(&["trend", "--scope", &scope, "--json"])).unwrap();
    assert_eq!(trend["runs"].as_array().unwrap().len(), 2);
    let table = before(&["trend", "--scope", "all"]);
    assert_eq!(table.lines().count(), 3, "{table}");
    let again: Value = serde_json::from_str(&before(&["report", "2", "--output", "json"])).unwrap();
    assert_eq!(again, second);
}

#[test]
fn every_form_is_written_and_a_file_is_whole_or_as_it_was() {
    let room = Room::new();
    for (form, begins) in [
        ("text", "Verifica del"),
        ("json", "{\n  \"format\""),
        ("csv", "body,title,host"),
        ("html", "<!DOCTYPE html>"),
        ("openmetrics", "# "),
        ("sarif", "{"),
    ] {
        let out = format!("report.{form}");
        let output = room.audit(&["--list", "towns", "--output", form, "--out", &out]);
        assert_eq!(output.status.code(), Some(0), "{form}: {}", String::from_utf8_lossy(&output.stderr));
        let text = std::fs::read_to_string(room.path(&out)).unwrap();
        assert!(text.starts_with(begins) && text.contains("calco"), "{form}: {text:.200}");
    }
    // a folder stands in the way
    std::fs::create_dir(room.path("taken")).unwrap();
    let output = room.audit(&["--list", "towns", "--out", "taken"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("writing the report to taken"), "{output:?}");
    let left = std::fs::read_dir(room.folder.path()).unwrap();
    let left =
        left.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".unfinished"));
    assert_eq!(left.count(), 0);
    // a reader that goes away is no failure
    let mut child =
        room.command(&["--list", "towns", "--output", "json"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn exit_codes_say_what_was_found() {
    let room = Room::new();
    let host = format!("www.calco.test:{}", room.server.https());
    let code = |arguments: &[&str]| room.audit(arguments).status.code().unwrap();
    assert_eq!(code(&[&host]), 0);
    assert!(!room.path("state").exists(), "hosts that are named are not kept");
    room.server.forget_redirect();
    assert_eq!(code(&[&host]), 1);
    assert_eq!(code(&[&host, "--fail-on", "never"]), 0);
    // nobody listens there
    assert_eq!(code(&["www.calco.test:9"]), 1);
    assert_eq!(code(&["www.nobody.test"]), 1);
    for wrong in [
        &["not a host"][..],
        &["--profile", "agid-1999"],
        &["--output", "pdf"],
        &["--indicepa", "enti.csv"],
        &["--category", "L6"],
    ] {
        assert_eq!(code(wrong), 64, "{wrong:?}");
    }
}

#[test]
fn private_addresses_are_asked_only_where_they_are_named() {
    let room = Room::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_campanile"));
    let index = format!(
        "Codice_IPA,Denominazione_ente,Codice_Categoria,Sito_istituzionale\nc_b377,Comune di Calco,L6,https://www.calco.test:{}\n",
        room.server.https()
    );
    std::fs::write(room.path("enti.csv"), index).unwrap();
    command.current_dir(room.folder.path());
    command.args([
        "audit",
        "--indicepa",
        "enti.csv",
        "--contact",
        "mailto:ops@provincia.example",
        "--state",
        "state",
    ]);
    command.args(["--resolve", "www.calco.test:127.0.0.1", "--resolver", "127.0.0.1:1", "--output", "json"]);
    let output = command.output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["bodies"][0]["facts"]["title"], "Comune di Calco");
    let endpoint = &report["bodies"][0]["facts"]["sites"][0]["endpoints"][0];
    assert!(
        endpoint["https"]["unknown"].as_str().is_some_and(|why| why.contains("this machine's own")),
        "{endpoint:#}"
    );
    assert_eq!(room.server.asked(), 0);
}

/// A list of many names of the one server, so that an audit takes a while.
fn many(room: &Room, name: &str, count: usize) -> Vec<String> {
    let hosts: Vec<String> = (0..count).map(|number| format!("www.town{number}.test")).collect();
    let lines: Vec<String> = hosts.iter().map(|host| format!("{host}:{}", room.server.https())).collect();
    std::fs::write(room.path(name), lines.join("\n")).unwrap();
    hosts.iter().flat_map(|host| ["--resolve".to_owned(), format!("{host}:127.0.0.1")]).collect()
}

#[test]
fn what_was_broken_off_is_gone_on_with() {
    let room = Room::new();
    let pins = many(&room, "many", 12);
    let pins: Vec<&str> = pins.iter().map(String::as_str).collect();
    let arguments =
        [&["--list", "many", "--concurrency", "1", "--fail-on", "never"], pins.as_slice()].concat();
    let mut child = room.command(&arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let seen = || bodies_kept(&room.path("state"));
    while seen() < 2 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be stopped");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let stopped = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&output.stderr).contains("goes on from here"));
    let kept = seen();
    assert!((2..12).contains(&kept), "{kept}");
    let asked = room.server.asked();
    let output = room.audit(&[&arguments[..], &["--output", "json"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["bodies"].as_array().unwrap().len(), 12);
    assert_eq!(report["changes"], Value::Null, "the broken one was no run of its own");
    assert!(room.server.asked() > asked);
}

/// Bodies that are kept in a state folder, of all runs.
fn bodies_kept(state: &Path) -> i64 {
    let open = || {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = rusqlite::Connection::open_with_flags(state.join("audit.sqlite"), flags)?;
        connection.query_row("SELECT count(*) FROM body", [], |row| row.get(0))
    };
    open().unwrap_or(0)
}

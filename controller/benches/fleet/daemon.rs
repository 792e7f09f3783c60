//! A fleet in a git repository, with a daemon that keeps it; all of it is gone afterwards, whatever happens.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File, Permissions};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::containers::{ours, remove_all};
use crate::documents::Documents;

/// What the forge shows.
const SECRET: &str = "no secret, a benchmark";
/// The variable that names a file for the daemon's log, written in full: where the time goes stands there.
const KEEP_LOG: &str = "CAMPANILE_BENCH_LOG";
/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_mins(3);

pub struct Room {
    pub documents: Documents,
    folder: TempDir,
    daemon: Option<Child>,
}

/// Metrics by name with labels.
pub type Scrape = BTreeMap<String, f64>;

impl Room {
    /// The fleet, committed; nothing runs.
    pub fn new() -> Self {
        remove_all(&ours());
        let folder = tempfile::tempdir().expect("a temporary folder");
        let room = Self { documents: Documents::new(), folder, daemon: None };
        fs::create_dir(room.path("fleet")).expect("a folder");
        let secret = room.path("secret");
        fs::write(&secret, SECRET).expect("a file");
        fs::set_permissions(&secret, Permissions::from_mode(0o600)).expect("a file of our own");
        room.git(&["init", "--quiet", "--initial-branch=main"]);
        room.commit();
        room
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Commits the documents as they are.
    pub fn commit(&self) {
        self.documents.write(&self.path("fleet"));
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=benchmark"]);
    }

    fn git(&self, arguments: &[&str]) {
        let run = Command::new("git")
            .args(["-c", "user.name=Bench", "-c", "user.email=bench@campanile.test"])
            .args(arguments)
            .current_dir(self.path("fleet"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("this benchmark needs the program git");
        assert!(run.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_campanile"));
        program.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
        program.env("CAMPANILE_FLEET", self.path("fleet")).env("CAMPANILE_STATE", self.path("state"));
        program
    }

    /// Runs the program until it ends well, and says how long that took.
    pub fn campanile(&self, arguments: &[&str]) -> Duration {
        let begun = Instant::now();
        let status = self.command(arguments).stderr(Stdio::null()).status().expect("the program runs");
        assert!(status.success(), "campanile {arguments:?}: {status}");
        begun.elapsed()
    }

    /// Starts the daemon, and waits until it has nothing left to do.
    pub async fn start(&mut self, interval: u64) {
        let log = File::create(self.path("log")).expect("a file");
        let (interval, secret) = (interval.to_string(), self.path("secret"));
        let mut command = self.command(&["run", "--listen", "127.0.0.1:0", "--metrics-without-token"]);
        command.args(["--interval", &interval]);
        if env::var_os(KEEP_LOG).is_some() {
            command.args(["--log-level", "debug"]);
        }
        let daemon = command.arg("--webhook-secret-file").arg(secret).stderr(log).spawn();
        self.daemon = Some(daemon.expect("the daemon starts"));
        until("the daemon answers", || self.address().is_some_and(|at| TcpStream::connect(at).is_ok())).await;
        self.settled().await;
    }

    /// The daemon's process.
    pub fn process(&self) -> u32 {
        self.daemon.as_ref().expect("a daemon").id()
    }

    fn signal(&self, signal: Signal) {
        let process = i32::try_from(self.process()).ok().and_then(Pid::from_raw).expect("a process");
        kill_process(process, signal).expect("the daemon is there");
    }

    /// Has the daemon fetch and look at everything; gives what it says about that pass: what was added to its metrics.
    pub async fn pass(&self) -> Scrape {
        let before = self.scrape();
        self.signal(Signal::HUP);
        let mut after = Scrape::new();
        until("the pass has ended", || {
            after = self.scrape();
            passes(&after, "signal") > passes(&before, "signal")
        })
        .await;
        after.iter().map(|(name, value)| (name.clone(), value - before.get(name).unwrap_or(&0.0))).collect()
    }

    /// Has the daemon fetch what was committed, and waits until nothing is left to do.
    pub async fn put_in_force(&self) {
        let before = passes(&self.scrape(), "commit");
        self.webhook();
        until("the commit is in force", || passes(&self.scrape(), "commit") > before).await;
        self.settled().await;
    }

    /// Waits until all members are ready and nothing is left to do.
    pub async fn settled(&self) {
        let members = self.documents.files.len() - 1;
        until("every member is ready", || {
            let scrape = self.scrape();
            let ready = scrape.iter().filter(|(name, value)| {
                name.starts_with("campanile_member_ready{") && (**value - 1.0).abs() < 0.5
            });
            ready.count() == members && self.plan()["steps"].as_array().is_some_and(Vec::is_empty)
        })
        .await;
    }

    /// Where the daemon answers.
    fn address(&self) -> Option<String> {
        let record: Value = serde_json::from_slice(&fs::read(self.path("state/daemon.json")).ok()?).ok()?;
        let own = record["process"].as_u64() == Some(self.process().into());
        record["listen"].as_str().filter(|_| own).map(str::to_owned)
    }

    fn http(&self, request: &str, body: &str) -> String {
        let address = self.address().expect("the daemon's address");
        let mut stream = TcpStream::connect(&address).expect("the daemon takes HTTP");
        let length = body.len();
        let head = format!("{request}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        stream.write_all(head.as_bytes()).expect("the daemon reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the daemon answers");
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
        answer.split_once("\r\n\r\n").map_or(answer.clone(), |(_, body)| body.to_owned())
    }

    /// Says as a forge does that there is a commit.
    pub fn webhook(&self) {
        self.http(&format!("POST /hooks/git HTTP/1.1\r\nHost: bench\r\nX-Gitlab-Token: {SECRET}"), "{}");
    }

    fn plan(&self) -> Value {
        let token = fs::read_to_string(self.path("state/token")).expect("a token");
        let request =
            format!("GET /api/v1/plan HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}", token.trim());
        serde_json::from_str(&self.http(&request, "")).unwrap_or_default()
    }

    /// The daemon's metrics.
    pub fn scrape(&self) -> Scrape {
        let text = self.http("GET /metrics HTTP/1.1\r\nHost: bench", "");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| line.rsplit_once(' '))
            .filter_map(|(n, v)| Some((n.to_owned(), v.parse().ok()?)))
            .collect()
    }

    /// The authority that the sites' certificates come from.
    pub fn authority(&self) -> PathBuf {
        self.path("state/ca/ca.pem")
    }
}

/// How many passes have ended that were begun for this reason.
fn passes(scrape: &Scrape, why: &str) -> f64 {
    let why = format!("why=\"{why}\"");
    let begun =
        scrape.iter().filter(|(name, _)| name.starts_with("campanile_passes_total") && name.contains(&why));
    begun.map(|(_, count)| count).sum()
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
        if let Some(keep) = env::var_os(KEEP_LOG) {
            let _ = fs::copy(self.path("log"), keep);
        }
        remove_all(&ours());
    }
}

/// Waits for something, looking every few milliseconds.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

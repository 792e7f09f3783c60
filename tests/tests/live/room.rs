//! A room of its own for each test: platform, ports, range, fleet and state folder, gone afterwards whatever happens.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::Value;
use tempfile::TempDir;

use crate::documents::{engine, member, platform};
use crate::engine::{endpoint, ids, need_engine, remove_all};

pub struct Room {
    pub platform: String,
    pub http: u16,
    pub https: u16,
    pub range: String,
    folder: TempDir,
    on_engine: bool,
}

/// How a run of `campanile` ended.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

impl Room {
    /// A fleet with a platform and no member yet, in a folder.
    pub fn new(topic: &str) -> Self {
        need_engine();
        remove_all(&format!("livetest-{topic}"));
        let mut room = Self::without_engine(topic);
        room.on_engine = true;
        room
    }

    /// The same, for commands that need no engine.
    pub fn without_engine(topic: &str) -> Self {
        let platform = format!("livetest-{topic}");
        let [http, https] = [free_port(), free_port()];
        let folder = tempfile::tempdir().unwrap();
        let room = Self { platform, http, https, range: free_range(), folder, on_engine: false };
        room.write("platform.yaml", room.platform_at(&endpoint()));
        std::fs::create_dir(room.path("fleet/members")).unwrap();
        room
    }

    /// A fleet of members with sites that show their titles.
    pub fn with_members(topic: &str, members: &[&str]) -> Self {
        let room = Self::new(topic);
        for name in members {
            room.write_member(name, &title(name), "");
        }
        room
    }

    /// The platform's document with its engine at another endpoint.
    pub fn platform_at(&self, endpoint: &str) -> String {
        platform(&self.platform, &[engine("main", endpoint, &self.range, (self.http, self.https))])
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the fleet.
    pub fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        write(&self.path("fleet").join(file), content);
    }

    pub fn write_member(&self, name: &str, title: &str, more: &str) {
        self.write(&format!("members/{name}.yaml"), member(name, title, more));
    }

    pub fn write_secret(&self, name: &str, content: &str) {
        let path = self.path("state/secrets").join(name);
        write(&path, content);
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    }

    pub fn remove_member(&self, name: &str) {
        std::fs::remove_file(self.path("fleet/members").join(format!("{name}.yaml"))).unwrap();
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=Test", "-c", "user.email=test@campanile.test"])
            .args(arguments)
            .current_dir(self.path("fleet"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("this test needs the program git: install Debian's package git");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits the fleet as it is; the first commit makes the folder a repository.
    pub fn commit(&self) -> String {
        if !self.path("fleet/.git").exists() {
            self.git(&["init", "--quiet", "--initial-branch=main"]);
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=test"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// `campanile` with these arguments, on this room's fleet and state.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(campanile_tests::campanile());
        command.args(arguments).env("CAMPANILE_FLEET", self.path("fleet")).env("NO_COLOR", "1");
        if arguments.first() != Some(&"check") {
            command.env("CAMPANILE_STATE", self.path("state"));
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    /// Applies and expects success.
    #[track_caller]
    pub fn apply(&self) -> Run {
        self.run(&["apply"]).ends(0)
    }

    /// The conditions of a member: type, status, reason and message.
    #[track_caller]
    pub fn condition(&self, member: &str, kind: &str) -> [String; 3] {
        let status: Value =
            serde_json::from_str(&self.run(&["status", member, "--output", "json"]).output).unwrap();
        let conditions = status["members"][0]["conditions"].as_array().cloned().unwrap_or_default();
        let found = conditions.iter().find(|condition| condition["type"] == kind);
        let found = found.unwrap_or_else(|| panic!("{member} has no condition {kind}: {status:#}"));
        ["status", "reason", "message"].map(|field| found[field].as_str().unwrap_or_default().to_owned())
    }

    pub fn containers(&self) -> BTreeMap<String, String> {
        ids("container", &self.platform)
    }

    /// The only container of a workload.
    #[track_caller]
    pub fn container(&self, member: &str, workload: &str) -> String {
        let prefix = format!("{}.{member}.{workload}.", self.platform);
        let names: Vec<String> =
            self.containers().into_keys().filter(|name| name.starts_with(&prefix)).collect();
        let [name] = names.as_slice() else { panic!("{member}/{workload} has the containers {names:?}") };
        name.clone()
    }

    /// The containers of the ingress.
    pub fn ingresses(&self) -> Vec<String> {
        let prefix = format!("{}.ingress.", self.platform);
        self.containers().into_keys().filter(|name| name.starts_with(&prefix)).collect()
    }

    /// The only container of the ingress.
    #[track_caller]
    pub fn ingress(&self) -> String {
        let names = self.ingresses();
        let [name] = names.as_slice() else { panic!("the ingress has the containers {names:?}") };
        name.clone()
    }

    pub fn networks(&self) -> Vec<String> {
        ids("network", &self.platform).into_keys().collect()
    }

    pub fn volumes(&self) -> Vec<String> {
        ids("volume", &self.platform).into_keys().collect()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.on_engine {
            remove_all(&self.platform);
        }
    }
}

impl From<std::process::Output> for Run {
    fn from(run: std::process::Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { code: run.status.code(), output: text(run.stdout), errors: text(run.stderr) }
    }
}

impl Run {
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        let Self { code: there, output, errors } = &self;
        assert_eq!(*there, Some(code), "it said:\n{output}\n{errors}");
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        let all = format!("{}\n{}", self.output, self.errors);
        assert!(all.contains(words), "{words:?} is not in:\n{all}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.output).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The title of a member that is written without one.
pub fn title(name: &str) -> String {
    format!("Comune di {name}")
}

fn write(path: &Path, content: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

/// A port that nobody listens on, below those that outgoing connections take, and never given twice. Another program of
/// tests that runs at the same time begins elsewhere.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 12_000 + u16::try_from(std::process::id() % 64).unwrap() * 300;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(port < 32_000, "there is no free port left");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Room for 16 members, never given twice.
fn free_range() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    format!("10.80.{}.0/24", NEXT.fetch_add(1, Ordering::Relaxed))
}

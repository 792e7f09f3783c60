//! The daemon of a room: started beside the test, asked as its callers ask it, and gone at the end whatever happens.

mod audits;
mod by_hand;
mod crashing;
mod engines;
mod events;
mod flapping;
mod history;
mod http;
mod platform;
mod rollback;
mod running;
mod source;
mod systemd;
mod webhook;

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::engine::until;
use crate::room::{Room, free_port};

/// So rarely that no test sees it: whatever happens, happens for another reason.
const NEVER: u32 = 86_400;
/// What the forge signs its calls with.
const SECRET: &str = "il segreto del gancio, lungo quanto basta";
/// The body of a call; what it says is not believed anyway.
const BODY: &str = r#"{"ref":"refs/heads/main"}"#;

pub struct Daemon<'r> {
    room: &'r Room,
    process: Child,
    port: u16,
}

impl Room {
    /// Starts the daemon and waits for its first look. By itself it never fetches or looks again.
    #[track_caller]
    pub fn daemon(&self) -> Daemon<'_> {
        self.daemon_every(NEVER)
    }

    /// The same, with looks and fetches at every interval.
    #[track_caller]
    pub fn daemon_every(&self, seconds: u32) -> Daemon<'_> {
        let daemon = self.daemon_with(seconds, |_| {});
        until("the daemon has looked at everything", || daemon.code("/readyz") == Some(200));
        daemon
    }

    /// Starts the daemon with what `change` does to its command, and waits for nothing.
    pub fn daemon_with(&self, seconds: u32, change: impl FnOnce(&mut Command)) -> Daemon<'_> {
        let secret = self.path("webhook.secret");
        std::fs::write(&secret, SECRET).unwrap();
        std::fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
        let port = free_port();
        let (interval, listen) = (seconds.to_string(), format!("127.0.0.1:{port}"));
        let mut command = self.command(&["run", "--interval", &interval, "--listen", &listen]);
        command.arg("--webhook-secret-file").arg(secret);
        let log = File::options().create(true).append(true).open(self.path("daemon.log")).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log);
        change(&mut command);
        Daemon { room: self, process: command.spawn().unwrap(), port }
    }

    /// Whether the member's site shows a title.
    pub fn is_served(&self, member: &str, title: &str) -> bool {
        self.shows(&format!("www.comune.{member}.test"), title)
    }

    /// Waits until the member's site shows a title.
    #[track_caller]
    pub fn will_serve(&self, member: &str, title: &str) {
        until(&format!("{member} shows {title}"), || self.is_served(member, title));
    }

    /// Waits until a condition of a member has this status and reason, and says its message.
    #[track_caller]
    pub fn will_be(&self, member: &str, kind: &str, wanted: [&str; 2]) -> String {
        let mut message = String::new();
        until(&format!("{member} is {kind} {wanted:?}"), || {
            let status = self.run(&["status", "--output", "json"]).ends(0).json();
            let members = status["members"].as_array().unwrap();
            let member = members.iter().find(|there| there["name"] == member);
            let conditions = member.and_then(|member| member["conditions"].as_array());
            let condition = conditions.and_then(|all| all.iter().find(|there| there["type"] == kind));
            condition.is_some_and(|condition| {
                condition["message"].as_str().unwrap().clone_into(&mut message);
                [&condition["status"], &condition["reason"]] == wanted
            })
        });
        message
    }

    /// Waits until there are so many containers, the ingress among them.
    #[track_caller]
    pub fn will_have(&self, containers: usize) {
        until(&format!("there are {containers} containers"), || self.containers().len() == containers);
    }
}

impl Daemon<'_> {
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What curl brings from the daemon, and the status; none while nobody answers.
    pub fn curl(&self, path: &str, arguments: &[&str]) -> Option<(u16, String)> {
        let mut command = Command::new("curl");
        command.args(["--disable", "--silent", "--max-time", "10", "--noproxy", "*"]);
        command.args(["--write-out", "\n%{http_code}"]).args(arguments).arg(self.url(path));
        let output = command.output().expect("this test needs the program curl");
        let text = String::from_utf8(output.stdout).unwrap();
        let (body, code) = text.rsplit_once('\n')?;
        Some((code.parse().ok()?, body.to_owned())).filter(|(code, _)| *code != 0)
    }

    /// The status of an answer.
    pub fn code(&self, path: &str) -> Option<u16> {
        self.curl(path, &[]).map(|(code, _)| code)
    }

    /// The header that shows the token.
    pub fn token(&self) -> String {
        let token = std::fs::read_to_string(self.room.path("state/token")).unwrap();
        format!("Authorization: Bearer {}", token.trim())
    }

    /// Asks with the token.
    #[track_caller]
    pub fn get(&self, path: &str) -> String {
        let (code, body) = self.curl(path, &["--header", &self.token()]).expect("the daemon answers");
        assert_eq!(code, 200, "{path}: {body}");
        body
    }

    #[track_caller]
    pub fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path)).unwrap()
    }

    /// The sum of a metric in whole numbers over those of its series that have all these labels.
    #[track_caller]
    pub fn metric(&self, name: &str, labels: &[&str]) -> i64 {
        let text = self.get("/metrics");
        let series = text.lines().filter_map(|line| line.rsplit_once(' '));
        let wanted = series.filter(|(series, _)| {
            series.split('{').next() == Some(name) && labels.iter().all(|label| series.contains(label))
        });
        wanted.map(|(_, value)| value.parse::<i64>().unwrap()).sum()
    }

    /// What the daemon says is wrong with itself.
    #[track_caller]
    pub fn troubles(&self) -> String {
        self.json("/api/v1/daemon")["troubles"].to_string()
    }

    /// Calls the webhook with what a forge signs with this secret, and says the status.
    #[track_caller]
    pub fn call(&self, secret: &str) -> u16 {
        let signature = format!("X-Hub-Signature-256: sha256={}", signature(secret));
        let (code, _) = self.curl("/hooks/git", &["--header", &signature, "--data", BODY]).unwrap();
        code
    }

    /// Says that there is a commit.
    #[track_caller]
    pub fn webhook(&self) {
        assert_eq!(self.call(SECRET), 202);
    }

    /// Waits until every member is ready, from this commit.
    #[track_caller]
    pub fn converges(&self, commit: &str) {
        until("every member is ready", || {
            let Some((200, body)) = self.curl("/api/v1/members", &["--header", &self.token()]) else {
                return false;
            };
            std::fs::write(self.room.path("known.json"), &body).unwrap();
            let known: Value = serde_json::from_str(&body).unwrap();
            let members = known["members"].as_array().unwrap();
            known["commit"] == commit && members.iter().all(|member| member["ready"] == true)
        });
    }

    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Asks it to end, and expects that it does within ten seconds and without a word of failure.
    #[track_caller]
    pub fn ends(&mut self) {
        let begun = Instant::now();
        self.signal("TERM");
        let mut ended = None;
        until("the daemon ends", || {
            ended = self.process.try_wait().unwrap();
            ended.is_some()
        });
        assert_eq!(ended.and_then(|status| status.code()), Some(0));
        assert!(begun.elapsed() < Duration::from_secs(10), "it took {:?}", begun.elapsed());
    }

    /// What it has logged, and those before it.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.room.path("daemon.log")).unwrap()
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!("the daemon said:\n{}", self.log());
            let known = std::fs::read_to_string(self.room.path("known.json")).unwrap_or_default();
            eprintln!("the members were, when they should all be ready:\n{known}");
        }
    }
}

/// HMAC-SHA256 of the body, as openssl makes it.
fn signature(secret: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", "printf %s \"$1\" | openssl dgst -sha256 -hmac \"$2\" -r", "sh", BODY, secret])
        .output()
        .expect("this test needs the program openssl: install Debian's package openssl");
    let text = String::from_utf8(output.stdout).unwrap();
    text.split(' ').next().unwrap().to_owned()
}

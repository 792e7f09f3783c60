//! The other side: one compose project for each member, with the same image, network and limits.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::containers::{CLIENTS, remove_all};
use crate::documents::{Documents, SITE};
use crate::figures::output;

/// What everything of it is found by.
const LABEL: &str = "campanile-bench=compose";
/// The script that brings compose v2.
const BRING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/machine/compose");

pub struct Compose {
    /// The folder of the command line with its plugin.
    configuration: String,
    folder: TempDir,
    members: Vec<String>,
}

impl Compose {
    /// Writes the projects, and brings their containers up.
    pub fn up(documents: &Documents) -> Self {
        remove_all(LABEL);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let members: Vec<String> =
            documents.members().into_iter().map(|(name, _)| name.to_string()).collect();
        for (number, member) in members.iter().enumerate() {
            let text = project(member, &format!("10.93.{}.{}", number / 16, number % 16 * 16));
            fs::write(folder.path().join(member), text).expect("a file");
        }
        let compose = Self { configuration: output(BRING, &[]), folder, members };
        // the first time is not measured
        let names = compose.members.join("\n");
        let script = format!(
            "echo '{names}' | xargs -P {CLIENTS} -I NAME docker compose --file NAME up --detach --quiet-pull"
        );
        let made = compose.command("sh").args(["-c", &script]).output().expect("sh runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        compose
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DOCKER_CONFIG", &self.configuration).current_dir(self.folder.path());
        command
    }

    pub fn version(&self) -> String {
        let version = self.command("docker").args(["compose", "version", "--short"]).output();
        String::from_utf8_lossy(&version.expect("compose runs").stdout).trim().to_owned()
    }

    /// `docker compose up -d` once for each member, one after the other.
    pub fn again(&self) -> Duration {
        self.timed(1)
    }

    /// The same, as many side by side as the program runs lanes.
    pub fn again_side_by_side(&self) -> Duration {
        self.timed(CLIENTS)
    }

    fn timed(&self, at_once: usize) -> Duration {
        let names = self.members.join("\n");
        let script = format!("echo '{names}' | xargs -P {at_once} -I NAME docker compose --file NAME up -d");
        let begun = Instant::now();
        let mut run = self.command("sh");
        run.args(["-c", &script]).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(run.status().is_ok_and(|status| status.success()), "{script}");
        begun.elapsed()
    }
}

impl Drop for Compose {
    fn drop(&mut self) {
        remove_all(LABEL);
    }
}

fn project(member: &str, subnet: &str) -> String {
    format!(
        "\
name: bench-{member}
services:
  site:
    image: {SITE}
    environment: {{SITE_TITLE: Comune di {member}}}
    cpus: 0.25
    mem_limit: 64m
    pids_limit: 100
    read_only: true
    cap_drop: [ALL]
    security_opt: ['no-new-privileges:true']
    tmpfs: ['/tmp:size=16m,mode=1777']
    restart: unless-stopped
    labels: {{campanile-bench: compose}}
    networks: [site]
networks:
  site:
    internal: true
    labels: {{campanile-bench: compose}}
    ipam: {{config: [{{subnet: {subnet}/28}}]}}
"
    )
}

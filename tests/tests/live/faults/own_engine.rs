//! A Docker Engine of a test's own, to be stopped, frozen and killed: in network, mounts and processes of its own, so that
//! its bridges and ingress meet nobody else's, and all of it ends with the test, whatever happens.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tempfile::TempDir;

use crate::documents::{BASE, INGRESS, SITE};
use crate::engine::{endpoint, need_engine, try_docker, turn_to, until};

/// The first process of the engine's world: as soon as the test's end of its input is gone, it ends, and with it all others.
/// An engine would use the containerd of this machine, which knows nothing of the engine's network.
const FIRST: &str = "ip link set lo up && mkdir -p /run/containerd && mount -t tmpfs none /run/containerd \
    && touch \"$1/ready\" && cat; exit";

pub struct OwnEngine {
    folder: TempDir,
    world: Child,
    lifeline: Option<ChildStdin>,
    first: u32,
    home: File,
    dockerd: Option<Child>,
}

impl OwnEngine {
    /// Starts one with our images; this thread is in its network from now on, and with it what it starts.
    pub fn start() -> Self {
        need_engine();
        let folder = tempfile::tempdir().unwrap();
        let mut world = Command::new("unshare")
            .args([
                "--net",
                "--mount",
                "--pid",
                "--fork",
                "--mount-proc",
                "--kill-child",
                "sh",
                "-c",
                FIRST,
                "sh",
            ])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .spawn()
            .expect("this test needs the program unshare: install Debian's package util-linux");
        let lifeline = world.stdin.take();
        until("a world for the engine is ready (this takes root, and Debian's package iproute2)", || {
            assert_eq!(world.try_wait().unwrap(), None, "this test needs root and the program ip");
            folder.path().join("ready").exists()
        });
        let first = child_of(world.id()).unwrap();
        let home = File::open("/proc/thread-self/ns/net").unwrap();
        let mut engine = Self { folder, world, lifeline, first, home, dockerd: None };
        engine.boot();
        engine.load();
        turn_to(Some(engine.endpoint()));
        enter(&File::open(format!("/proc/{first}/ns/net")).unwrap());
        engine
    }

    fn endpoint(&self) -> String {
        format!("unix://{}", self.path("docker.sock").display())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder of its containers in every hierarchy of control groups.
    fn group(&self) -> String {
        format!("campanile-livetest-{}", self.world.id())
    }

    /// Copies our images from the engine that all share.
    fn load(&self) {
        let copy = format!(
            "docker --host {} save {SITE} {INGRESS} {BASE} | docker --host {} load",
            endpoint(),
            self.endpoint()
        );
        assert!(Command::new("sh").args(["-c", &copy]).stdout(Stdio::null()).status().unwrap().success());
    }

    fn is_up(&self) -> bool {
        try_docker(&["--host", &self.endpoint(), "version"]).is_ok()
    }

    /// Starts dockerd and waits until it answers. What one that was killed left behind keeps it from starting, at times for
    /// another moment.
    pub fn boot(&mut self) {
        until("dockerd answers", || {
            if self.dockerd.as_mut().is_some_and(|dockerd| dockerd.try_wait().unwrap().is_none()) {
                return self.is_up();
            }
            for file in ["docker.pid", "exec/containerd/containerd.pid"] {
                // only one that was killed has left it
                let _ = std::fs::remove_file(self.path(file));
            }
            self.dockerd = Some(self.dockerd());
            false
        });
    }

    fn dockerd(&self) -> Child {
        let log = File::options().create(true).append(true).open(self.path("dockerd.log")).unwrap();
        let mut command = Command::new("nsenter");
        command.arg("--target").arg(self.first.to_string()).args(["--net", "--mount", "--pid", "dockerd"]);
        command.arg("--data-root").arg(self.path("data")).arg("--exec-root").arg(self.path("exec"));
        command.arg("--pidfile").arg(self.path("docker.pid")).arg("--host").arg(self.endpoint());
        // what this machine's own engine is told in /etc/docker is not for this one
        std::fs::write(self.path("daemon.json"), "{}").unwrap();
        command.arg("--config-file").arg(self.path("daemon.json"));
        command.args(["--live-restore", "--log-level", "warn"]);
        command.args(["--exec-opt", "native.cgroupdriver=cgroupfs"]);
        command.arg("--cgroup-parent").arg(format!("/{}", self.group()));
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        command.spawn().expect("this test needs the program nsenter: install Debian's package util-linux")
    }

    /// Asks dockerd to end, and waits until it has; its containers live on.
    pub fn stop(&mut self) {
        self.end("TERM");
    }

    /// Ends dockerd on the spot; its containers live on.
    pub fn kill(&mut self) {
        self.end("KILL");
    }

    fn end(&mut self, signal: &str) {
        self.signal(signal);
        let mut dockerd = self.dockerd.take().unwrap();
        let mut ended: Option<ExitStatus> = None;
        until("dockerd has ended", || {
            ended = dockerd.try_wait().unwrap();
            ended.is_some()
        });
    }

    /// Holds dockerd where it is.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets dockerd go on.
    pub fn thaw(&self) {
        self.signal("CONT");
        // nsenter stands still with what it started
        signal(self.dockerd.as_ref().unwrap().id(), "CONT");
    }

    fn signal(&self, name: &str) {
        let nsenter = self.dockerd.as_ref().unwrap().id();
        signal(child_of(nsenter).unwrap(), name);
    }
}

impl Drop for OwnEngine {
    fn drop(&mut self) {
        turn_to(None);
        enter(&self.home);
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.path("dockerd.log")).unwrap_or_default();
            eprintln!("dockerd said:\n{log}");
        }
        drop(self.lifeline.take());
        // a world that ended early is gone all the same
        let _ = self.world.wait();
        if let Some(mut dockerd) = self.dockerd.take() {
            signal(dockerd.id(), "CONT");
            let _ = dockerd.wait();
        }
        let groups =
            format!("find /sys/fs/cgroup -depth -type d -path '*/{}*' -exec rmdir {{}} +", self.group());
        let _ = Command::new("sh").args(["-c", &groups]).stderr(Stdio::null()).status();
    }
}

/// Moves this thread into a network.
fn enter(network: &File) {
    move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
}

fn signal(process: u32, name: &str) {
    let _ = Command::new("kill").args(["-s", name, &process.to_string()]).status();
}

/// The only child of a process.
fn child_of(process: u32) -> Option<u32> {
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children")).ok()?;
    children.trim().parse().ok()
}

//! A program that serves on this machine until it is dropped.

use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// A running server.
pub struct Server {
    child: Child,
}

impl Server {
    /// Starts a program in the foreground; `package` is where it comes from.
    pub fn start(command: &mut Command, package: &str) -> Self {
        let spawned = command.process_group(0).stdin(Stdio::null()).spawn();
        let child = spawned.unwrap_or_else(|error| {
            let program = command.get_program().to_string_lossy().into_owned();
            panic!("this test needs {program} ({error}): install Debian's package {package}")
        });
        Self { child }
    }

    /// Waits until somebody listens.
    pub fn wait_for(&mut self, ready: impl Fn() -> bool) {
        let start = Instant::now();
        while !ready() {
            assert!(self.child.try_wait().unwrap().is_none(), "the server ended");
            assert!(start.elapsed() < Duration::from_secs(20), "the server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let _ = kill_process_group(group.unwrap(), Signal::TERM);
        let _ = self.child.wait();
    }
}

/// A port on the loopback interface that is free now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

pub fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

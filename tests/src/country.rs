//! A network of one's own: every address of 127.0.0.0/8 with every port, and no way out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc)] // for tests and benchmarks alone

use std::fs::File;
use std::os::fd::AsFd;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// What holds the network: it ends with its input, and with it the network.
const HOLDER: &str = "ip link set lo up && echo ready && exec cat >/dev/null";

/// A network that ends with this value.
#[derive(Debug)]
pub struct Country {
    holder: Child,
    // the holder reads its end
    _lifeline: ChildStdin,
}

impl Country {
    /// Makes one; this thread is in it from now on, and with it what it starts.
    pub fn enter() -> Self {
        let mut holder = Command::new("unshare")
            .args(["--net", "sh", "-c", HOLDER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this test needs the program unshare: install Debian's package util-linux");
        let mut ready = std::io::BufReader::new(holder.stdout.take().unwrap());
        let mut line = String::new();
        std::io::BufRead::read_line(&mut ready, &mut line).unwrap();
        assert_eq!(line, "ready\n", "this test needs root, and Debian's package iproute2");
        let network = File::open(format!("/proc/{}/ns/net", holder.id())).unwrap();
        move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
        let lifeline = holder.stdin.take().unwrap();
        Self { holder, _lifeline: lifeline }
    }
}

/// An address of this thread's network that takes what is sent and answers nothing.
pub fn swallow(address: &str) {
    iptables(&format!("-A INPUT -d {address} -j DROP"));
}

/// Leads what comes to port 443 of an address to another port of this thread's network.
pub fn lead(address: &str, port: &str) {
    iptables(&format!(
        "-t nat -A OUTPUT -d {address} -p tcp --dport 443 -j DNAT --to-destination 127.0.0.1:{port}"
    ));
}

fn iptables(arguments: &str) {
    let status = Command::new("iptables").args(arguments.split(' ')).status();
    assert!(status.expect("this test needs iptables: install Debian's package of that name").success());
}

impl Drop for Country {
    fn drop(&mut self) {
        // it may have ended already
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// Waits until it is so, for 20 s at most.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

//! unbound of Debian as a validating resolver that knows nothing but a test's own zones.

use std::net::SocketAddr;

use super::program::Program;
use super::{Server, ask, at, free_address};

pub struct Unbound {
    program: Program,
    address: SocketAddr,
}

impl Unbound {
    /// Asks these servers for these zones and what is below them, and refuses all other names. Each anchor is the DS or
    /// DNSKEY of a zone as a record; what is below none of them is not validated.
    pub fn new(anchors: &[String], zones: &[(&str, SocketAddr)]) -> Self {
        let program = Program::new("unbound", "unbound", &["-d", "-p", "-c", "unbound.conf"]);
        let address = free_address();
        let mut server = vec![
            format!("interface: {}", at(address)),
            "use-syslog: no".to_owned(),
            "chroot: \"\"".to_owned(),
            "username: \"\"".to_owned(),
            "directory: \".\"".to_owned(),
            "do-not-query-localhost: no".to_owned(),
            "module-config: \"validator iterator\"".to_owned(),
            // its log says why an answer is bogus
            "val-log-level: 2".to_owned(),
            // what a test changes is seen at once
            "cache-max-ttl: 0".to_owned(),
            "cache-max-negative-ttl: 0".to_owned(),
            "infra-host-ttl: 1".to_owned(),
            // no question leaves this machine, and .test is no special name here
            "local-zone: \".\" refuse".to_owned(),
        ];
        server.extend(zones.iter().map(|(zone, _)| format!("local-zone: \"{zone}.\" transparent")));
        server.extend(anchors.iter().map(|anchor| format!("trust-anchor: \"{anchor}\"")));
        let mut clauses = vec![
            format!("server:\n  {}", server.join("\n  ")),
            "remote-control:\n  control-enable: no".to_owned(),
        ];
        let stub = |(zone, from): &(&str, SocketAddr)| {
            format!("stub-zone:\n  name: \"{zone}.\"\n  stub-addr: {}", at(*from))
        };
        clauses.extend(zones.iter().map(stub));
        program.write("unbound.conf", &(clauses.join("\n") + "\n"));
        let mut server = Self { program, address };
        server.start();
        server
    }
}

impl Server for Unbound {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn stop(&mut self) {
        self.program.end("TERM");
    }

    fn kill(&mut self) {
        self.program.end("KILL");
    }

    fn start(&mut self) {
        let address = self.address;
        self.program.start(|| ask(address, "nobody.invalid", "SOA").status != "no answer");
    }

    fn freeze(&self) {
        self.program.signal("STOP");
    }

    fn thaw(&self) {
        self.program.signal("CONT");
    }

    fn log(&self) -> String {
        self.program.log()
    }
}

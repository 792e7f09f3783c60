//! A small world: a signed root, zones below it on two name servers, and a resolver that validates.
//!
//! All listen on one port, on addresses of their own in 127.0.0.0/8.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};

use campanile_audit::chain::Roots;
use campanile_audit::probes::{Eyes, Guard, Resolver};
use tempfile::TempDir;

use crate::forward::forward;
use crate::program::{Program, run};

/// How a zone is signed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// It is, and its parent says so.
    Yes,
    /// It is not.
    No,
    /// It is, its parent says so, and then somebody changed it.
    Changed,
}

/// A zone, on the first name server and, unsigned, with another serial, perhaps on the second.
pub struct Zone {
    pub name: &'static str,
    pub signed: Signed,
    /// Its records beside SOA; `NET` stands for the world's network.
    pub records: String,
    /// The serial on the second name server, where it is there.
    pub second: Option<u32>,
    /// It is on the second alone.
    pub is_second_alone: bool,
}

pub struct World {
    folder: TempDir,
    network: [u8; 3],
    port: u16,
    // ended before the folder goes
    programs: Vec<Program>,
}

impl World {
    /// Begins with the root, `test`, and these zones below it, each with the delegation that it needs.
    pub fn new(zones: &[Zone]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (network, port) = free_network();
        let mut world = Self { folder, network, port, programs: Vec::new() };
        for zone in zones {
            world.write(zone.name, zone.signed, &zone.records);
            if let Some(serial) = zone.second {
                let text = world.text(serial, &zone.records);
                std::fs::write(world.path().join(format!("{}.second", zone.name)), text).unwrap();
            }
        }
        let mut test = "@ NS ns1.test.\nns1 A NET.1\nns2 A NET.2\n".to_owned();
        for zone in zones {
            if !zone.is_second_alone {
                writeln!(test, "{}. NS ns1.test.", zone.name).unwrap();
            }
            if zone.second.is_some() {
                writeln!(test, "{}. NS ns2.test.", zone.name).unwrap();
            }
        }
        world.write("test", Signed::Yes, &test);
        world.write(".", Signed::Yes, "@ NS ns1.test.\ntest. NS ns1.test.\nns1.test. A NET.1\n");
        world.serve(zones);
        world
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// An address of this world.
    pub fn address(&self, host: u8) -> Ipv4Addr {
        let [a, b, c] = self.network;
        Ipv4Addr::new(a, b, c, host)
    }

    /// The port on which all of it answers.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Eyes that ask this world's resolver, and trust these roots.
    pub fn eyes(&self, roots: Roots) -> Eyes {
        self.eyes_with(3, roots)
    }

    /// Eyes that ask the resolver at an address.
    pub fn eyes_with(&self, resolver: u8, roots: Roots) -> Eyes {
        let resolver = SocketAddr::from((self.address(resolver), self.port));
        let resolver = Resolver::new(vec![resolver], BTreeMap::new()).with_name_server_port(self.port);
        Eyes { guard: Guard::allowing_private(), ..Eyes::new("campanile-test", resolver, roots) }
    }

    fn text(&self, serial: u32, records: &str) -> String {
        let [a, b, c] = self.network;
        let records = records.replace("NET", &format!("{a}.{b}.{c}"));
        let records = records.replace("PORT", &self.port.to_string());
        format!("$TTL 60\n@ SOA ns1.test. admin.test. {serial} 600 600 6000 60\n{records}\n")
    }

    /// Writes a zone, signed or not, as `NAME.zone`.
    fn write(&self, name: &str, signed: Signed, records: &str) {
        let file = format!("{name}.zone");
        std::fs::write(self.path().join(&file), self.text(7, records)).unwrap();
        if signed == Signed::No {
            return;
        }
        run(self.path(), "dnssec-keygen", &["-q", "-a", "ECDSAP256SHA256", "-f", "KSK", name]);
        run(self.path(), "dnssec-keygen", &["-q", "-a", "ECDSAP256SHA256", name]);
        run(
            self.path(),
            "dnssec-signzone",
            &["-q", "-S", "-g", "-O", "full", "-o", name, "-f", "signed", &file],
        );
        let mut text = std::fs::read_to_string(self.path().join("signed")).unwrap();
        if signed == Signed::Changed {
            text = text.replacen(" 7 600 600 6000 60", " 8 600 600 6000 60", 1);
        }
        std::fs::write(self.path().join(file), text).unwrap();
    }

    fn serve(&mut self, zones: &[Zone]) {
        let clause =
            |name: &str, file: &str| format!("zone \"{name}\" {{ type primary; file \"{file}\"; }};\n");
        let on_first = zones.iter().filter(|zone| !zone.is_second_alone).map(|zone| zone.name);
        let on_first: Vec<&str> = on_first.chain(["test", "."]).collect();
        let clauses: String = on_first.iter().map(|name| clause(name, &format!("{name}.zone"))).collect();
        let first = self.named(1, "recursion no;", &clauses);
        // the second answers for others as well, as no name server should
        let open = format!(
            "recursion yes; allow-recursion {{ any; }}; allow-query-cache {{ any; }}; forward only;\n\
             forwarders {{ 127.0.0.1 port {}; }};",
            first.port()
        );
        let on_second = zones.iter().filter(|zone| zone.second.is_some());
        let clauses: String =
            on_second.map(|zone| clause(zone.name, &format!("{}.second", zone.name))).collect();
        let second = self.named(2, &open, &clauses);
        let alone = zones.iter().filter(|zone| zone.is_second_alone).map(|zone| (zone.name, second));
        let stubs: Vec<(&str, SocketAddr)> =
            on_first.iter().map(|name| (*name, first)).chain(alone).collect();
        let anchor = format!("  trust-anchor: \"{}\"\n", self.root_key());
        self.unbound(3, &anchor, &stubs);
        self.unbound(4, "", &stubs);
    }

    /// Begins a BIND, and what passes questions at an address on to it: says where it is itself.
    fn named(&mut self, host: u8, recursion: &str, clauses: &str) -> SocketAddr {
        let at = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let file = format!("named{host}.conf");
        let options = format!(
            "controls {{ }};\noptions {{ directory \".\"; pid-file none; session-keyfile none; notify no; {recursion}\n\
             listen-on port {} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};\n\
             dnssec-validation no; empty-zones-enable no; }};\n",
            at.port()
        );
        std::fs::write(self.path().join(&file), options + clauses).unwrap();
        let arguments = ["-g", "-c", &file, "-n", "1"];
        self.programs.push(Program::start(self.path(), "/usr/sbin/named", &arguments, || answers(at)));
        forward((self.address(host), self.port).into(), at);
        at
    }

    fn unbound(&mut self, host: u8, anchor: &str, stubs: &[(&str, SocketAddr)]) {
        let at = SocketAddr::from((self.address(host), self.port));
        let file = format!("unbound{host}.conf");
        let mut text = format!(
            "server:\n  interface: {}@{}\n  use-syslog: no\n  chroot: \"\"\n  username: \"\"\n  directory: \".\"\n  \
             do-not-query-localhost: no\n  module-config: \"validator iterator\"\n  val-log-level: 2\n  \
             local-zone: \"test.\" transparent\n  trust-anchor-signaling: no\n",
            at.ip(),
            at.port()
        );
        text += anchor;
        text += "remote-control:\n  control-enable: no\n";
        for (name, server) in stubs {
            let name = format!("{}.", name.trim_end_matches('.'));
            writeln!(text, "stub-zone:\n  name: \"{name}\"\n  stub-addr: 127.0.0.1@{}", server.port())
                .unwrap();
        }
        std::fs::write(self.path().join(&file), text).unwrap();
        let arguments = ["-d", "-p", "-c", &file];
        self.programs.push(Program::start(self.path(), "/usr/sbin/unbound", &arguments, || answers(at)));
    }

    /// The root's key as a trust anchor.
    fn root_key(&self) -> String {
        let files = std::fs::read_dir(self.path()).unwrap().map(|file| file.unwrap().path());
        let mut keys = files.filter(|path| {
            path.to_string_lossy().contains("/K.+") && path.extension().is_some_and(|end| end == "key")
        });
        let key = keys.find_map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            text.lines().find(|line| line.contains(" 257 ")).map(str::to_owned)
        });
        key.unwrap()
    }
}

/// A network of 127.0.0.0/8 and a port that nobody uses there.
fn free_network() -> ([u8; 3], u16) {
    static NEXT: AtomicU8 = AtomicU8::new(0);
    let [_, _, b, c] = std::process::id().to_be_bytes();
    let c = c.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(37));
    let network = [127, 64 + b % 128, c];
    let first = Ipv4Addr::new(network[0], network[1], network[2], 1);
    let port = UdpSocket::bind((first, 0)).unwrap().local_addr().unwrap().port();
    (network, port)
}

/// Whether a name server answers anything.
fn answers(server: SocketAddr) -> bool {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(std::time::Duration::from_millis(300))).unwrap();
    let question = b"\x01\x02\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04test\x00\x00\x06\x00\x01";
    socket.send_to(question, server).is_ok() && socket.recv(&mut [0; 512]).is_ok()
}

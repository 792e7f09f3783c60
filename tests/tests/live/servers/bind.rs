//! BIND of Debian, as a primary of given zones, and as a secondary that follows a catalog of Knot's.

use std::net::SocketAddr;

use super::program::Program;
use super::{Key, Knot, Server, ask, free_address, seed};

/// As our own image signs.
const SIGNED: &str = "dnssec-policy signed { keys { csk lifetime unlimited algorithm ecdsap256sha256; };\n\
    nsec3param iterations 0 optout no salt-length 0; };\n";

pub struct Bind {
    program: Program,
    address: SocketAddr,
    key: Key,
    zones: Vec<String>,
}

impl Bind {
    /// A primary that signs these zones: each its name and its records beside SOA and NS, with names relative to it.
    /// Its key may transfer and change them.
    pub fn primary(zones: &[(&str, &str)]) -> Self {
        let program = Self::program();
        let key = Key::new(program.folder(), "campanile");
        let address = free_address();
        let mut parts = vec![options(address, &key, ""), SIGNED.to_owned()];
        for (zone, records) in zones {
            program.write(&format!("{zone}.zone"), &format!("{}{records}\n", seed(zone)));
            parts.push(format!(
                "zone \"{zone}\" {{ type primary; file \"{zone}.zone\"; dnssec-policy signed; inline-signing no;\n\
                 allow-update {{ key \"{0}\"; }}; allow-transfer {{ key \"{0}\"; }}; }};\n",
                key.name
            ));
        }
        program.write("named.conf", &parts.concat());
        let zones = zones.iter().map(|(zone, _)| (*zone).to_owned()).collect();
        Self::begin(program, address, key, zones)
    }

    /// A secondary at one of the addresses that the primary knows. Knot before 3.4 cannot be followed: it refuses the
    /// question for the catalog's SOA by UDP.
    pub fn consumer(address: SocketAddr, primary: &Knot) -> Self {
        let program = Self::program();
        let key = primary.transfer_key().clone();
        let from =
            format!("{} port {} key \"{}\"", primary.address().ip(), primary.address().port(), key.name);
        let catalog = primary.catalog();
        let follows = format!(
            "catalog-zones {{ zone \"{catalog}\" default-primaries {{ {from}; }} in-memory no min-update-interval 1; }};"
        );
        let zone = format!(
            "zone \"{catalog}\" {{ type secondary; primaries {{ {from}; }}; file \"catalog.db\";\n\
             allow-notify {{ key \"{}\"; }}; }};\n",
            key.name
        );
        program.write("named.conf", &(options(address, &key, &follows) + &zone));
        Self::begin(program, address, key, Vec::new())
    }

    fn program() -> Program {
        Program::new("named", "bind9", &["-g", "-c", "named.conf", "-n", "2"])
    }

    fn begin(program: Program, address: SocketAddr, key: Key, zones: Vec<String>) -> Self {
        let mut server = Self { program, address, key, zones };
        server.start();
        server
    }

    /// What may transfer and change the zones.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The key of a zone that a trust anchor can be.
    pub fn zone_key(&self, zone: &str) -> String {
        let answer = ask(self.address, zone, "DNSKEY");
        let data = answer.data();
        let key = data.iter().find(|data| data.starts_with("257 "));
        format!("{zone}. DNSKEY {}", key.unwrap_or_else(|| panic!("{zone} has no key: {answer:?}")))
    }
}

/// What named needs to be alone in its folder, with its port and without any control channel.
fn options(address: SocketAddr, key: &Key, more: &str) -> String {
    format!(
        "include \"{}\";\ncontrols {{ }};\n\
         options {{ directory \".\"; pid-file none; session-keyfile none;\n\
         listen-on port {} {{ {}; }}; listen-on-v6 {{ none; }}; recursion no; dnssec-validation no;\n\
         notify explicit; allow-transfer {{ none; }};\n\
         min-refresh-time 1; max-refresh-time 5; min-retry-time 1; max-retry-time 2; {more} }};\n",
        key.clause().display(),
        address.port(),
        address.ip(),
    )
}

impl Server for Bind {
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
        let (address, zones) = (self.address, &self.zones);
        self.program.start(|| {
            let signed = |zone: &String| ask(address, zone, "SOA").signed;
            ask(address, "version.bind", "SOA").status != "no answer" && zones.iter().all(signed)
        });
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

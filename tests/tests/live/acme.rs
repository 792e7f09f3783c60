//! Certificates by ACME, from the real Pebble through the real ingress.

mod commands;
mod faults;
mod fleet;
mod issuing;
mod killed;
mod kinds;
mod preflight;
mod records;
mod renewing;

use crate::documents::SITE;
use crate::room::Room;
use crate::servers::pebble::{Options, Pebble};
use crate::servers::{Knot, Server, Unbound};
use crate::zones::Dns;

impl Room {
    /// Names Pebble as an issuer in the platform's document; `more` is added to its entry.
    pub fn name_issuer(&self, pebble: &Pebble, more: &str) {
        let platform = self.platform_at(&crate::engine::endpoint());
        self.write("platform.yaml", format!("{platform}{}", pebble.issuer(more)));
    }

    /// A member with a certificate of Pebble's; `more` stands in `certificate` beside the issuer.
    pub fn write_certified(&self, name: &str, more: &str) {
        let text = format!(
            "\
apiVersion: campanile.it/v1alpha1
kind: Member
metadata: {{name: {name}}}
spec:
  title: Comune di {name}
  domain: {{name: comune.{name}.test}}
  certificate: {{issuer: pebble{more}}}
  site:
    image: {SITE}
    hosts: [www.comune.{name}.test, comune.{name}.test]
    port: 8080
    environment: {{SITE_TITLE: Comune di {name}}}
    resources: {{memory: 64MiB}}
    health: {{path: /health}}
"
        );
        self.write(&format!("members/{name}.yaml"), text);
    }

    /// Puts what Pebble issues beside what a visitor trusts.
    pub fn trust(&self, pebble: &Pebble) {
        std::fs::create_dir_all(self.path("state/ca")).unwrap();
        let trusted = std::fs::read(pebble.roots()).unwrap();
        std::fs::write(self.path("trusted.pem"), trusted).unwrap();
    }
}

/// Members' zones on a Knot, and a Pebble that asks for names there, by a resolver.
pub struct Names {
    pub knot: Knot,
    pub resolver: Unbound,
    pub pebble: Pebble,
}

impl Names {
    /// For the zones of these members; `more` are zones of other servers.
    fn start(room: &Room, topic: &str, members: &[&str], more: &[(&str, std::net::SocketAddr)]) -> Self {
        let knot = Knot::primary(topic, &[]);
        Self::on(knot, room, members, more)
    }

    fn on(knot: Knot, room: &Room, members: &[&str], more: &[(&str, std::net::SocketAddr)]) -> Self {
        let zones: Vec<String> = members.iter().map(|name| format!("comune.{name}.test")).collect();
        let zones = zones.iter().map(|zone| (zone.as_str(), knot.address()));
        let zones: Vec<_> = zones.chain(more.iter().copied()).collect();
        let resolver = Unbound::new(&[], &zones);
        // what was proven once is to be proven anew
        let environment = [("PEBBLE_AUTHZREUSE", "0"), ("PEBBLE_WFE_NONCEREJECT", "0")];
        let resolver_address = Some(resolver.address());
        let options = Options { environment: &environment, resolver: resolver_address, ..Options::default() };
        let pebble = Pebble::start(room, &options);
        Self { knot, resolver, pebble }
    }

    /// Writes the platform's document: Pebble as an issuer, with these fields, and the Knot as the only name server.
    fn tell(&self, room: &Room, issuer: &str) {
        let platform = Dns::of(&self.knot).platform(room, "127.0.0.1");
        room.write("platform.yaml", format!("{platform}{}", self.pebble.issuer(issuer)));
    }

    /// The TXT records of a zone at which issuers look, or at other names of a test.
    fn proofs(&self, zone: &str) -> Vec<String> {
        let all = crate::zones::content(self.knot.address(), self.knot.key(), zone);
        let is_proof = |record: &String| record.contains(" TXT ") && !record.starts_with("_campanile");
        all.into_iter().filter(is_proof).collect()
    }
}

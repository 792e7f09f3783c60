//! Certificates by ACME, from the real Pebble through the real ingress.

mod commands;
mod faults;
mod fleet;
mod issuing;
mod killed;
mod kinds;
mod renewing;

use crate::documents::SITE;
use crate::room::Room;
use crate::servers::pebble::Pebble;

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

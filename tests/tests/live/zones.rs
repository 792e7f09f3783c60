//! Members' zones on real name servers: made, changed, shared, held, proven, and left alone in every trouble.

mod deceived;
mod faults;
mod in_time;
mod killed;
mod policies;
mod proof;
mod start;

use std::net::SocketAddr;

use crate::documents::{engine, platform};
use crate::engine::endpoint;
use crate::room::Room;
use crate::servers::{Key, Knot, NAME_SERVERS, Server, ask, transfer};

/// What a platform says of its name server.
#[derive(Clone)]
pub struct Dns<'k> {
    pub server: SocketAddr,
    pub key: &'k Key,
    /// Where its name servers are asked for proof.
    pub asked: Vec<SocketAddr>,
    /// More fields, each a line.
    pub more: String,
}

impl<'k> Dns<'k> {
    /// A Knot that is the only name server, with its catalog.
    pub fn of(knot: &'k Knot) -> Self {
        let more = format!("    catalog: {}\n", knot.catalog());
        Self { server: knot.address(), key: knot.key(), asked: vec![knot.address()], more }
    }

    /// Writes the platform's document.
    fn tell(&self, room: &Room) {
        room.write("platform.yaml", self.platform(room, "192.0.2.10"));
    }

    /// The platform's document, with the address that its ingress has for the world.
    pub fn platform(&self, room: &Room, address: &str) -> String {
        let engine = engine("main", &endpoint(), &room.range, (room.http, room.https));
        let engine = engine.replace("'}\n", &format!("', addresses: [{address}]}}\n"));
        let servers = self.asked.iter().zip(NAME_SERVERS);
        let servers = servers.fold(String::new(), |text, (address, name)| {
            format!("{text}      - {{name: {name}, address: '{address}'}}\n")
        });
        let dns = format!(
            "  dns:\n    server: {}\n    key: {{name: {}, secretFile: {}}}\n    nameServers:\n{servers}{}",
            self.server,
            self.key.name,
            self.key.file.display(),
            self.more
        );
        format!("{}{dns}", platform(&room.platform, &[engine]))
    }
}

/// Writes a member without site, with these fields of its domain.
fn write_member(room: &Room, name: &str, domain: &str) {
    let text = format!(
        "apiVersion: campanile.it/v1alpha1\nkind: Member\nmetadata: {{name: {name}}}\nspec:\n  title: Comune di {name}\n  \
         domain:\n    name: comune.{name}.test\n{domain}"
    );
    room.write(&format!("members/{name}.yaml"), text);
}

/// Records of a domain section: name, type and value.
fn records(records: &[(&str, &str, &str)]) -> String {
    let lines = records
        .iter()
        .map(|(name, kind, value)| format!("      - {{name: '{name}', type: {kind}, value: '{value}'}}\n"));
    format!("    records:\n{}", lines.collect::<String>())
}

/// A zone's records by AXFR, without those that the server keeps by itself: name, type and data.
pub fn content(server: SocketAddr, key: &Key, zone: &str) -> Vec<String> {
    let own = ["SOA", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY", "TYPE65534"];
    let all = transfer(server, Some(key), zone).unwrap();
    let mut content: Vec<String> = all
        .iter()
        .map(|record| record.splitn(5, ' ').collect::<Vec<_>>())
        .filter(|fields| !own.contains(&fields[3]))
        .map(|fields| {
            format!("{} {} {}", fields[0].trim_end_matches(&format!("{zone}.")), fields[3], fields[4])
        })
        .collect();
    content.sort();
    content
}

/// The plan is empty.
#[track_caller]
pub fn settled(room: &Room) {
    room.run(&["plan", "--detailed-exitcode"]).ends(0).says("Nothing to do");
}

/// Asks for data.
pub fn data(server: SocketAddr, name: &str, kind: &str) -> Vec<String> {
    ask(server, name, kind).data().into_iter().map(str::to_owned).collect()
}

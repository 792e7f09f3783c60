//! Knot DNS in our image, as primary and as secondary.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;

use tempfile::TempDir;

use super::{Key, NAME_SERVERS, Server, ask, at, update};
use crate::documents::DNS;
use crate::engine::{docker, need_engine, try_docker, until};

/// The user that the image runs as.
const USER: u32 = 953;

pub struct Knot {
    name: String,
    address: SocketAddr,
    catalog: String,
    update_key: Key,
    transfer_key: Key,
    role: Vec<String>,
    folder: TempDir,
}

impl Knot {
    /// A primary with an empty catalog, that these secondaries may follow. The topic is the test's own.
    pub fn primary(topic: &str, secondaries: &[SocketAddr]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = ["campanile", "transfer"].map(|name| Key::new(folder.path(), name));
        let addresses: Vec<String> = secondaries.iter().copied().map(at).collect();
        let role = vec![
            "ROLE=primary".to_owned(),
            format!("NAME_SERVERS={}", NAME_SERVERS.join(" ")),
            "HOSTMASTER=hostmaster.dns.test".to_owned(),
            format!("SECONDARIES={}", addresses.join(" ")),
        ];
        Self::begin(topic, super::free_address(), &format!("catalog.{topic}.test"), keys, role, folder)
    }

    /// A secondary at one of the addresses that its primary knows.
    pub fn secondary(topic: &str, address: SocketAddr, primary: &Self) -> Self {
        let role = vec!["ROLE=secondary".to_owned(), format!("PRIMARY={}", at(primary.address))];
        let keys = [primary.update_key.clone(), primary.transfer_key.clone()];
        Self::begin(topic, address, &primary.catalog, keys, role, tempfile::tempdir().unwrap())
    }

    fn begin(
        topic: &str,
        address: SocketAddr,
        catalog: &str,
        [update_key, transfer_key]: [Key; 2],
        role: Vec<String>,
        folder: TempDir,
    ) -> Self {
        need_engine();
        let name = format!("livetest-dns-{topic}");
        let catalog = catalog.to_owned();
        let server = Self { name, address, catalog, update_key, transfer_key, role, folder };
        server.remove();
        for key in [&server.update_key, &server.transfer_key] {
            key.copy_for(USER, &server.keys());
        }
        server.run();
        server
    }

    /// The catalog zone, which `key` may change.
    pub fn catalog(&self) -> &str {
        &self.catalog
    }

    /// What may transfer and change the catalog and every zone of the primary.
    pub fn key(&self) -> &Key {
        &self.update_key
    }

    /// What secondaries transfer by.
    pub fn transfer_key(&self) -> &Key {
        &self.transfer_key
    }

    /// Has the primary make a zone, by a PTR in the catalog, and waits until it answers for it.
    pub fn create(&self, zone: &str) {
        let change = format!("add {} 0 PTR {zone}.", self.entry(zone));
        update(self.address, Some(&self.update_key), &self.catalog, &[&change]).unwrap();
        self.will_serve(zone);
    }

    /// Takes a zone out of the primary's catalog, and waits until it is purged.
    pub fn purge(&self, zone: &str) {
        let change = format!("delete {} PTR", self.entry(zone));
        update(self.address, Some(&self.update_key), &self.catalog, &[&change]).unwrap();
        until(&format!("{zone} is gone"), || ask(self.address, zone, "SOA").status == "REFUSED");
    }

    /// The name of a zone's entry in the catalog.
    fn entry(&self, zone: &str) -> String {
        format!("{}.zones.{}", zone.replace('.', "-"), self.catalog)
    }

    /// Waits until the server answers for a zone with signatures.
    pub fn will_serve(&self, zone: &str) {
        until(&format!("{} answers for {zone}", self.name), || {
            let answer = ask(self.address, zone, "SOA");
            answer.status == "NOERROR" && answer.signed
        });
    }

    /// The DS of a zone as its CDS tells it, for a parent or a trust anchor.
    pub fn delegation_signer(&self, zone: &str) -> String {
        let answer = ask(self.address, zone, "CDS");
        let data = answer.data();
        let [data] = data.as_slice() else { panic!("{zone} has no single CDS: {answer:?}") };
        format!("{zone}. DS {data}")
    }

    /// Rolls a zone's key over, up to where the name server waits for the parent: the hours before, in which resolvers learn of the
    /// new key, are skipped.
    pub fn roll_key_over(&self, zone: &str) {
        let before = self.delegation_signer(zone);
        let tags = || -> BTreeSet<String> {
            let keys = docker(&["exec", &self.name, "keymgr", "-c", "/tmp/knot/knot.conf", zone, "list"]);
            keys.lines().filter_map(|key| key.split_whitespace().nth(1)).map(str::to_owned).collect()
        };
        let control =
            |arguments: &[&str]| docker(&[&["exec", &self.name, "knotc", "-b"], arguments].concat());
        let known = tags();
        control(&["zone-key-rollover", zone, "ksk"]);
        until("there is a new key", || tags() != known);
        let new = tags().difference(&known).next().unwrap().clone();
        docker(&["exec", &self.name, "keymgr", "-c", "/tmp/knot/knot.conf", zone, "set", &new, "ready=+0"]);
        control(&["zone-keys-load", zone]);
        until("its CDS is another", || {
            control(&["zone-sign", zone]);
            self.delegation_signer(zone) != before
        });
    }

    /// Tells it that the parent has the DS of a zone's new key.
    pub fn confirm_key(&self, zone: &str) {
        docker(&["exec", &self.name, "knotc", "-b", "zone-ksk-submitted", zone]);
    }

    /// Ends it and removes its container; the next start makes another on the same volume.
    pub fn remove_container(&mut self) {
        docker(&["stop", &self.name]);
        docker(&["rm", &self.name]);
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    /// As the image's own page says that it runs.
    fn run(&self) {
        let volumes =
            [format!("{}:/var/lib/knot", self.name), format!("{}:/run/keys:ro", self.keys().display())];
        let environment = [
            format!("LISTEN_ADDRESS={}", self.address.ip()),
            format!("LISTEN_PORT={}", self.address.port()),
            format!("CATALOG_ZONE={}", self.catalog),
            "LOG_LEVEL=info".to_owned(),
        ];
        let mut arguments = vec!["run", "--detach", "--name", &self.name, "--network", "host", "--read-only"];
        arguments.extend(["--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]);
        arguments.extend(["--memory", "256m", "--pids-limit", "100"]);
        arguments.extend(volumes.iter().flat_map(|volume| ["--volume", volume]));
        arguments.extend(environment.iter().chain(&self.role).flat_map(|entry| ["--env", entry]));
        arguments.push(DNS);
        docker(&arguments);
        self.await_answer();
    }

    fn await_answer(&self) {
        until(&format!("{} answers", self.name), || {
            let state = docker(&["inspect", "--format", "{{.State.Status}}", &self.name]);
            assert_eq!(state, "running", "{}", self.log());
            ask(self.address, &self.catalog, "SOA").status != "no answer"
        });
    }

    fn remove(&self) {
        // what is not there needs no removal
        let _ = try_docker(&["rm", "--force", &self.name]);
        let _ = try_docker(&["volume", "rm", &self.name]);
    }
}

impl Server for Knot {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn stop(&mut self) {
        docker(&["stop", &self.name]);
    }

    fn kill(&mut self) {
        docker(&["kill", &self.name]);
    }

    fn start(&mut self) {
        if try_docker(&["container", "inspect", &self.name]).is_ok() {
            docker(&["start", &self.name]);
            self.await_answer();
        } else {
            self.run();
        }
    }

    fn freeze(&self) {
        docker(&["pause", &self.name]);
    }

    fn thaw(&self) {
        docker(&["unpause", &self.name]);
    }

    fn log(&self) -> String {
        let shown = std::process::Command::new("sh")
            .args(["-c", "docker logs --tail 200 \"$1\" 2>&1", "sh", &self.name])
            .env("DOCKER_HOST", crate::engine::endpoint())
            .output();
        shown.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
    }
}

impl Drop for Knot {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{} said:\n{}", self.name, self.log());
        }
        self.remove();
    }
}

//! The same records as each side's own documents, and the commands that put them in force.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::server::Knot;
use campanile_tests::watched::{Run, run};

/// The records of every zone: name, type, values.
pub const RECORDS: [(&str, &str, &[&str]); 10] = [
    ("@", "A", &["192.0.2.10"]),
    ("@", "AAAA", &["2001:db8::10"]),
    ("@", "MX", &["10 mail.example.test.", "20 backup.example.test."]),
    ("@", "TXT", &["v=spf1 mx -all"]),
    ("@", "CAA", &["0 issue letsencrypt.test"]),
    ("www", "A", &["192.0.2.10"]),
    ("www", "AAAA", &["2001:db8::10"]),
    ("albo", "CNAME", &["portal.example.test."]),
    ("_dmarc", "TXT", &["v=DMARC1"]),
    ("_sip._tcp", "SRV", &["0 5 5060 sip.example.test."]),
];

/// `campanile` with a fleet of members that have a domain and nothing else.
pub struct Campanile {
    folder: PathBuf,
    count: usize,
}

impl Campanile {
    pub fn new(folder: &Path, server: &Knot, count: usize) -> Self {
        fs::create_dir_all(folder.join("fleet/members")).expect("a folder");
        let side = Self { folder: folder.to_owned(), count };
        let (at, key, catalog) = (server.address(), server.key_file(), server.catalog());
        let platform = format!(
            "\
apiVersion: campanile.it/v1alpha1
kind: Platform
metadata: {{name: bench-zones}}
spec:
  engines:
    - name: main
      endpoint: 'unix:///run/campanile-bench/none.sock'
      range: 10.64.0.0/12
      ingress: {{image: 'campanile/ingress:1', http: 127.0.0.1:18980, https: 127.0.0.1:18943}}
  dns:
    server: '{at}'
    key: {{name: campanile, secretFile: {}}}
    nameServers:
      - {{name: ns1.bench.test, address: '{at}'}}
    catalog: {catalog}
",
            key.display()
        );
        fs::write(folder.join("fleet/platform.yaml"), platform).expect("the platform's document");
        for (number, zone) in side.zones().enumerate() {
            let mut text = format!(
                "apiVersion: campanile.it/v1alpha1\nkind: Member\nmetadata: {{name: m{number}}}\nspec:\n  title: M {number}\n  \
                 domain:\n    name: {zone}\n    records:\n"
            );
            for (name, kind, values) in RECORDS {
                let _ = writeln!(text, "      - {{name: '{name}', type: {kind}, value: {}}}", quoted(values));
            }
            fs::write(side.member(number), text).expect("a member's document");
        }
        side
    }

    pub fn zones(&self) -> impl Iterator<Item = String> {
        (0..self.count).map(|number| format!("c{number}.bench.test"))
    }

    pub fn member(&self, number: usize) -> PathBuf {
        self.folder.join(format!("fleet/members/m{number}.yaml"))
    }

    pub fn apply(&self) -> Run {
        self.run("apply")
    }

    pub fn plan(&self) -> Run {
        self.run("plan")
    }

    fn run(&self, what: &str) -> Run {
        run(Command::new(env!("CARGO_BIN_EXE_campanile"))
            .arg(what)
            .arg("--fleet")
            .arg(self.folder.join("fleet"))
            .arg("--state")
            .arg(self.folder.join("state")))
    }
}

/// octoDNS with as many workers as `campanile` has connections.
pub struct OctoDns {
    folder: PathBuf,
    program: PathBuf,
    count: usize,
}

impl OctoDns {
    pub fn new(folder: &Path, server: &Knot, count: usize) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/machine/octodns");
        let there = Command::new(script).output().expect("the script runs");
        assert!(there.status.success(), "{}", String::from_utf8_lossy(&there.stderr));
        let program = PathBuf::from(String::from_utf8_lossy(&there.stdout).trim()).join("octodns-sync");
        fs::create_dir_all(folder.join("zones")).expect("a folder");
        let side = Self { folder: folder.to_owned(), program, count };
        let mut text = format!(
            "\
manager: {{max_workers: 4}}
providers:
  config:
    class: octodns.provider.yaml.YamlProvider
    directory: {}
    default_ttl: 3600
    enforce_order: false
  dns:
    class: octodns_bind.Rfc2136Provider
    host: {}
    port: {}
    key_name: campanile
    key_secret: {}
    key_algorithm: hmac-sha256
zones:
",
            folder.join("zones").display(),
            server.address().ip(),
            server.address().port(),
            fs::read_to_string(server.key_file()).expect("the key").trim(),
        );
        for zone in side.zones() {
            let _ = writeln!(text, "  {zone}.: {{sources: [config], targets: [dns]}}");
            fs::write(folder.join(format!("zones/{zone}.yaml")), records()).expect("a zone's document");
        }
        fs::write(folder.join("config.yaml"), text).expect("the configuration");
        side
    }

    pub fn zones(&self) -> impl Iterator<Item = String> {
        (0..self.count).map(|number| format!("o{number}.bench.test"))
    }

    pub fn apply(&self) -> Run {
        // it asks about zones in which more than a third changes
        self.run(&["--doit", "--force"])
    }

    pub fn plan(&self) -> Run {
        self.run(&[])
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let config = self.folder.join("config.yaml");
        run(Command::new(&self.program).arg("--config-file").arg(config).args(arguments))
    }
}

/// The records as octoDNS writes them.
fn records() -> String {
    let mut text = "---\n".to_owned();
    let mut last = None;
    for (name, kind, values) in RECORDS {
        let name = if name == "@" { "" } else { name };
        if last != Some(name) {
            let _ = writeln!(text, "'{name}':");
            last = Some(name);
        }
        let values: Vec<String> = values.iter().map(|value| in_parts(kind, value)).collect();
        let (field, values) = match kind {
            "CNAME" => ("value", values.concat()),
            _ => ("values", format!("[{}]", values.join(", "))),
        };
        let _ = writeln!(text, "  - {{type: {kind}, {field}: {values}}}");
    }
    text
}

/// A value with its parts named, where octoDNS names them.
fn in_parts(kind: &str, value: &str) -> String {
    let names: &[&str] = match kind {
        "MX" => &["preference", "exchange"],
        "CAA" => &["flags", "tag", "value"],
        "SRV" => &["priority", "weight", "port", "target"],
        _ => return format!("'{value}'"),
    };
    let parts = names.iter().zip(value.split(' ')).map(|(name, part)| format!("{name}: {part}"));
    format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
}

fn quoted(values: &[&str]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
    format!("[{}]", values.join(", "))
}

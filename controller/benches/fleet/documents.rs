//! The documents of the fleet, on a platform of its own beside whatever else the engine runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::{Desired, Snapshot};
use campanile_tests::fleets;

/// The platform's name.
pub const PLATFORM: &str = "campanile-bench";
/// Where its ingress listens for HTTPS.
pub const HTTPS: u16 = 18_443;
/// The images that the machine has.
pub const SITE: &str = "campanile/site:1";
pub const INGRESS: &str = "campanile/ingress:1";
/// The engine that all of it is on.
pub const ENDPOINT: &str = "unix:///var/run/docker.sock";
/// The bodies' documents.
const MEMBERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../manifests/fleet/members");

/// The files of a fleet.
#[derive(Debug, Clone)]
pub struct Documents {
    pub files: BTreeMap<String, String>,
}

impl Documents {
    /// Those of `manifests/fleet`, with certificates of the platform's own authority: no issuer has part in what is measured.
    pub fn new() -> Self {
        let members = fs::read_dir(MEMBERS).expect("the fleet's members").map(|entry| {
            let path = entry.expect("a member's file").path();
            let name = path.file_name().expect("a name").display().to_string();
            let text = fs::read_to_string(path).expect("a member's document");
            (format!("members/{name}"), text.replace("issuer: pebble", "issuer: internal"))
        });
        let mut documents = Self { files: members.collect() };
        documents.put_platform(ENDPOINT, INGRESS);
        documents
    }

    /// Writes the platform's document.
    pub fn put_platform(&mut self, endpoint: &str, ingress: &str) {
        let text = format!(
            "\
apiVersion: campanile.it/v1alpha1
kind: Platform
metadata: {{name: {PLATFORM}}}
spec:
  engines:
    - name: main
      endpoint: {endpoint}
      range: 10.91.0.0/16
      ingress: {{image: '{ingress}', http: 127.0.0.1:18480, https: 127.0.0.1:{HTTPS}}}
"
        );
        self.files.insert("platform.yaml".to_owned(), text);
    }

    /// Adds so many members more.
    pub fn add_members(&mut self, count: usize) {
        for number in 0..count {
            let name = format!("extra{number}");
            self.files.insert(format!("members/{name}.yaml"), fleets::member(&name, SITE, ""));
        }
    }

    /// Puts other words in a member's document.
    pub fn replace(&mut self, member: &MemberName, old: &str, new: &str) {
        let text = self.files.get_mut(&format!("members/{member}.yaml")).expect("the member's document");
        assert!(text.contains(old), "{old} is not in {text}");
        *text = text.replace(old, new);
    }

    /// Writes all of it into a folder.
    pub fn write(&self, folder: &Path) {
        fs::create_dir_all(folder.join("members")).expect("a folder of members");
        for (path, text) in &self.files {
            fs::write(folder.join(path), text).expect("a document");
        }
    }

    /// What should be by these documents.
    pub fn desired(&self) -> Desired {
        let files = self.files.iter().map(|(path, text)| (path.clone(), Ok(text.clone())));
        fleets::desired(&Snapshot { files: files.collect(), ..Snapshot::default() })
    }

    /// The members, with the first host of each.
    pub fn members(&self) -> Vec<(MemberName, String)> {
        let desired = self.desired();
        let members = desired.members.iter().map(|(name, wanted)| {
            let host = wanted.spec.hosts().next().expect("a host");
            (name.clone(), host.value.to_string())
        });
        members.collect()
    }
}

//! Build: from what a member's document says to the objects that its engine should hold. It cannot fail.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::names::{self, Object};
use super::objects::{Attachment, Container, Declaration, Mount, Network, Volume, label};
use super::sha256;
use crate::document::values::{Bytes, Cpu, MemberName, PlatformName, SecretName, UrlPath, WorkloadName};
use crate::document::{Health, Ingress, MemberSpec, Workload};

/// Mount options of a folder in memory.
const TMPFS: &str = "rw,noexec,nosuid,nodev,size=64m,mode=1777";
const DEFAULT_CPU: Cpu = Cpu::milli(500);
const DEFAULT_MEMORY: Bytes = Bytes::mebi(256);
/// Where secrets stand in a container.
pub const SECRETS_FOLDER: &str = "/run/secrets";
/// Where the ingress's volume is mounted.
pub const INGRESS_FOLDER: &str = "/etc/campanile";
/// The variable that tells a container of the ingress its revision.
pub const INGRESS_REVISION: &str = "INGRESS_REVISION";

/// Builds the objects of one member.
#[derive(Debug, Clone, Copy)]
pub struct Build<'a> {
    /// The platform's name.
    pub platform: &'a PlatformName,
    /// The member's name.
    pub member: &'a MemberName,
    /// Its document.
    pub spec: &'a MemberSpec,
    /// Fingerprints of its secrets.
    pub secrets: Option<&'a BTreeMap<SecretName, String>>,
}

impl Build<'_> {
    fn labels(&self, object: &Object, hash: &str) -> BTreeMap<String, String> {
        names::labels(self.platform, Some(self.member), object, hash)
    }

    /// The hash of the member's network: what would need a new one.
    pub fn network_hash(&self) -> String {
        sha256(if self.spec.egress { b"egress" } else { b"internal" })
    }

    /// The member's network with the addresses that were chosen for it.
    pub fn network(&self, subnet: Ipv4Net) -> Network {
        Network {
            name: names::network(self.platform, self.member),
            subnet,
            internal: !self.spec.egress,
            labels: self.labels(&Object::Network, &self.network_hash()),
        }
    }

    /// The volumes of a workload: its data, and its secrets if it has any.
    pub fn volumes(&self, name: &WorkloadName, workload: &Workload) -> Vec<Volume> {
        let data = workload.volumes.iter().map(|volume| Volume {
            name: names::volume(self.platform, self.member, &volume.name),
            labels: self.labels(&Object::Volume(volume.name.clone()), ""),
        });
        let secrets = (!workload.secrets.is_empty()).then(|| Volume {
            name: names::secrets(self.platform, self.member, name),
            labels: self.labels(&Object::Secrets(name.clone()), ""),
        });
        data.chain(secrets).collect()
    }

    /// What a workload's container should be.
    pub fn declaration(&self, name: &WorkloadName, workload: &Workload) -> Declaration {
        let resources = workload.resources.as_ref();
        let health = workload.health.as_ref();
        let secrets = secret_files(workload).map(|(file, secret)| {
            let fingerprint = self.secrets.and_then(|known| known.get(secret));
            (file.to_string(), fingerprint.cloned().unwrap_or_default())
        });
        let mut mounts: BTreeMap<String, Mount> = workload
            .volumes
            .iter()
            .map(|mount| {
                let volume = names::volume(self.platform, self.member, &mount.name);
                (mount.path.to_string(), Mount { volume, read_only: false })
            })
            .collect();
        if !workload.secrets.is_empty() {
            // for reading and writing, since the engine writes through this mount; the files are root's
            let volume = names::secrets(self.platform, self.member, name);
            mounts.insert(SECRETS_FOLDER.to_owned(), Mount { volume, read_only: false });
        }
        Declaration {
            image: workload.image.to_string(),
            command: workload.command.iter().map(ToString::to_string).collect(),
            user: workload.user.as_ref().map(ToString::to_string),
            environment: workload.environment.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect(),
            secrets: secrets.collect(),
            mounts,
            tmpfs: tmpfs(workload),
            cpu_nano: resources.and_then(|r| r.cpu).unwrap_or(DEFAULT_CPU).nano(),
            memory_bytes: resources
                .and_then(|r| r.memory.as_ref())
                .map_or(DEFAULT_MEMORY, |memory| memory.value)
                .bytes(),
            pids: resources.and_then(|r| r.pids).unwrap_or_default().count(),
            writable_root: workload.writable_root,
            capabilities: Vec::new(),
            health_command: health
                .and_then(|health| health.command.as_ref())
                .map(|command| command.value.iter().map(ToString::to_string).collect()),
            ask: ask(workload),
        }
    }

    /// The container of a declaration, at an address.
    pub fn container(&self, name: &WorkloadName, declaration: Declaration, address: Ipv4Addr) -> Container {
        let object = Object::Workload(name.clone());
        let hash = hash(&declaration);
        let mut labels = self.labels(&object, &hash);
        labels.insert(label::DECLARATION.to_owned(), json(&declaration));
        labels.insert(label::ADDRESS.to_owned(), address.to_string());
        if let Some(ask) = &declaration.ask {
            labels.insert(
                label::ASK.to_owned(),
                format!("http://{}", ask.replacen(':', &format!("{address}:"), 1)),
            );
        }
        Container {
            name: names::container(self.platform, self.member, name, &hash),
            attachment: Attachment::Bridge {
                name: names::network(self.platform, self.member),
                address,
                aliases: vec![name.to_string()],
            },
            declaration,
            labels,
        }
    }
}

/// The files of a workload's secrets: file name and secret.
pub fn secret_files(workload: &Workload) -> impl Iterator<Item = (&SecretName, &SecretName)> {
    workload.secrets.iter().map(|secret| {
        let file = secret.file.as_ref().unwrap_or(&secret.name);
        (&file.value, &secret.name.value)
    })
}

/// Folders in memory: those that the document names, else /tmp where the root cannot be written to.
fn tmpfs(workload: &Workload) -> BTreeMap<String, String> {
    let named = workload.tmpfs.as_ref().map(|paths| paths.iter().map(ToString::to_string).collect());
    let usual = if workload.writable_root { Vec::new() } else { vec!["/tmp".to_owned()] };
    named.unwrap_or(usual).into_iter().map(|path: String| (path, TMPFS.to_owned())).collect()
}

/// The page that shows that a workload works, as `:8080/health`; `/` for one with hosts that names none.
fn ask(workload: &Workload) -> Option<String> {
    let port = workload.port.as_ref()?.value.number();
    let page = match &workload.health {
        Some(Health { path: Some(path), .. }) => path.value.clone(),
        Some(Health { command: Some(_), .. }) => return None,
        _ if workload.hosts.is_empty() => return None,
        _ => UrlPath::root(),
    };
    Some(format!(":{port}{page}"))
}

/// The volume of the ingress.
pub fn ingress_volume(platform: &PlatformName) -> Volume {
    let labels = names::labels(platform, None, &Object::Ingress, "");
    Volume { name: names::ingress(platform), labels }
}

/// The container of the ingress, on the host's network. Its revision is the hash of everything else in its declaration.
pub fn ingress_container(platform: &PlatformName, ingress: &Ingress) -> Container {
    let mount = Mount { volume: names::ingress(platform), read_only: false };
    let memory = |path: &str, options: &str| (path.to_owned(), format!("rw,nosuid,nodev,{options}"));
    let mut declaration = Declaration {
        image: ingress.image.to_string(),
        command: Vec::new(),
        user: None,
        environment: BTreeMap::new(),
        secrets: BTreeMap::new(),
        mounts: BTreeMap::from([(INGRESS_FOLDER.to_owned(), mount)]),
        tmpfs: BTreeMap::from([memory("/run", "size=16m"), memory("/tmp", "size=256m,mode=1777")]),
        cpu_nano: 0,
        memory_bytes: 0,
        pids: 0,
        writable_root: false,
        // the master binds low ports, hands its workers to another user and signals them
        capabilities: ["NET_BIND_SERVICE", "SETUID", "SETGID", "CHOWN", "KILL"].map(str::to_owned).to_vec(),
        health_command: None,
        ask: None,
    };
    let revision = hash(&declaration)[..8].to_owned();
    declaration.environment.insert(INGRESS_REVISION.to_owned(), revision.clone());
    let mut labels = names::labels(platform, None, &Object::Ingress, &hash(&declaration));
    labels.insert(label::DECLARATION.to_owned(), json(&declaration));
    let name = names::ingress_container(platform, &revision);
    labels.insert(label::REVISION.to_owned(), revision);
    Container { name, attachment: Attachment::Host, declaration, labels }
}

/// A container that never starts and keeps the volumes of a member that left, with the day it left.
pub fn keeper(
    platform: &PlatformName,
    member: &MemberName,
    volumes: impl Iterator<Item = String>,
    image: &str,
    day: &str,
) -> Container {
    let mounts =
        volumes.map(|volume| (format!("/kept/{volume}"), Mount { volume, read_only: true })).collect();
    let declaration = Declaration {
        image: image.to_owned(),
        command: Vec::new(),
        user: None,
        environment: BTreeMap::new(),
        secrets: BTreeMap::new(),
        mounts,
        tmpfs: BTreeMap::new(),
        cpu_nano: 0,
        memory_bytes: 0,
        pids: 0,
        writable_root: false,
        capabilities: Vec::new(),
        health_command: None,
        ask: None,
    };
    let mut labels = names::labels(platform, Some(member), &Object::Keeper, &hash(&declaration));
    labels.insert(label::RETIRED.to_owned(), day.to_owned());
    let name = names::keeper(platform, member);
    Container { name, attachment: Attachment::None, declaration, labels }
}

/// SHA-256 of a declaration.
pub fn hash(declaration: &Declaration) -> String {
    sha256(json(declaration).as_bytes())
}

fn json(declaration: &Declaration) -> String {
    // maps with text keys and plain fields: there is nothing that JSON could not hold
    serde_json::to_string(declaration).unwrap_or_default()
}

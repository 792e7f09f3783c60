//! Objects of an engine, with everything that the hands need to make them.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use crate::document::values::MemberName;

/// The labels that our objects carry.
pub mod label {
    /// The platform that the object belongs to; only objects with ours are ever touched.
    pub const PLATFORM: &str = "it.campanile.platform";
    /// The member that the object belongs to; absent on the ingress.
    pub const MEMBER: &str = "it.campanile.member";
    /// What the object is for the member: `site`, `network`, `volume/content`.
    pub const OBJECT: &str = "it.campanile.object";
    /// SHA-256 of the declaration: equal hash, nothing to do.
    pub const HASH: &str = "it.campanile.hash";
    /// The declaration as JSON, so that a plan can say what changes inside.
    pub const DECLARATION: &str = "it.campanile.declaration";
    /// The container's fixed address, also while it is stopped.
    pub const ADDRESS: &str = "it.campanile.address";
    /// The page that shows that the container works: `http://10.77.0.2:8080/health`.
    pub const ASK: &str = "it.campanile.ask";
    /// On a container of the ingress: what parts its own link and note in the volume from those of others.
    pub const REVISION: &str = "it.campanile.revision";
    /// On the keeper of a member that left: the day it left, `2026-11-22`.
    pub const RETIRED: &str = "it.campanile.retired";
}

/// A bridge network of one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Network {
    /// Name on the engine.
    pub name: String,
    /// Addresses of the network; the first one is the gateway's.
    pub subnet: Ipv4Net,
    /// Without a way out.
    pub internal: bool,
    /// Labels.
    #[serde(skip)]
    pub labels: BTreeMap<String, String>,
}

/// A volume of the local driver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Volume {
    /// Name on the engine.
    pub name: String,
    /// Labels.
    #[serde(skip)]
    pub labels: BTreeMap<String, String>,
}

/// A container: one revision of a workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Container {
    /// Name on the engine.
    pub name: String,
    /// How it hangs on the network.
    pub attachment: Attachment,
    /// What was declared; its hash is in the labels.
    pub declaration: Declaration,
    /// Labels.
    #[serde(skip)]
    pub labels: BTreeMap<String, String>,
}

/// How a container hangs on the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "network")]
pub enum Attachment {
    /// On the host's own network.
    Host,
    /// On one bridge network, at a fixed address, reached by the others by these names.
    Bridge {
        /// The network's name.
        name: String,
        /// The address.
        address: Ipv4Addr,
        /// Names on that network.
        aliases: Vec<String>,
    },
    /// On none: for a container that never starts.
    None,
}

/// What a container is, apart from its name and address: equal declarations, equal containers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Declaration {
    /// Image reference.
    pub image: String,
    /// Command in place of the image's; empty for the image's own.
    pub command: Vec<String>,
    /// `uid` or `uid:gid`; the image's own if none.
    pub user: Option<String>,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Files in /run/secrets with the fingerprints of their contents.
    pub secrets: BTreeMap<String, String>,
    /// Volumes by mount path.
    pub mounts: BTreeMap<String, Mount>,
    /// Folders in memory by path, with mount options.
    pub tmpfs: BTreeMap<String, String>,
    /// Billionths of a core; 0 for no limit.
    pub cpu_nano: u64,
    /// Bytes; 0 for no limit.
    pub memory_bytes: u64,
    /// Processes; 0 for no limit.
    pub pids: u32,
    /// The container's own root may be written to.
    pub writable_root: bool,
    /// Capabilities beside the none that every container gets.
    pub capabilities: Vec<String>,
    /// Health command with arguments, run inside the container; the image's own if none.
    pub health_command: Option<Vec<String>>,
    /// Port and page that show that it works, `8080/health`.
    pub ask: Option<String>,
}

/// What a container may use at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Bytes of memory, with nothing of it swapped out; 0 for no limit.
    pub memory_bytes: u64,
    /// Billionths of a core; 0 for no limit.
    pub cpu_nano: u64,
    /// Processes; 0 for no limit.
    pub pids: u32,
}

impl Declaration {
    /// What it may use at most.
    pub fn limits(&self) -> Limits {
        Limits { memory_bytes: self.memory_bytes, cpu_nano: self.cpu_nano, pids: self.pids }
    }
}

/// A volume in a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mount {
    /// The volume's name on the engine.
    pub volume: String,
    /// Mounted for reading only.
    pub read_only: bool,
}

/// A file for the ingress's volume; files are never changed, a new content has a new name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IngressFile {
    /// Path below /etc/campanile.
    pub path: String,
    /// What stands in it.
    pub content: IngressContent,
}

/// What stands in a file of the ingress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum IngressContent {
    /// Configuration.
    Text(String),
    /// Chain and key of a member's certificate: fetched from the state folder at the last moment.
    Certificate(MemberName),
}

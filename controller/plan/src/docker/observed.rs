//! What was seen on an engine, with a handful of list calls.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

/// Everything on one engine at one moment, ours and foreign.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedEngine {
    /// Networks by name.
    pub networks: BTreeMap<String, ObservedNetwork>,
    /// Volumes by name.
    pub volumes: BTreeMap<String, ObservedVolume>,
    /// Containers by name.
    pub containers: BTreeMap<String, ObservedContainer>,
    /// Every tag and digest that an image on the engine goes by: `campanile/site:1`, `r.example/site@sha256:…`.
    pub images: BTreeSet<String>,
    /// The files of the ingress, where its container is there.
    pub ingress: Option<IngressFiles>,
}

/// A network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedNetwork {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its IPv4 ranges.
    pub subnets: Vec<Ipv4Net>,
}

/// A volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedVolume {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

/// A container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedContainer {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Whether it runs.
    pub state: ContainerState,
    /// What its health command says; none if it has no such command.
    pub health: Option<HealthState>,
    /// The engine's own words: `Up 3 minutes (healthy)`, `Restarting (1) 4 seconds ago`.
    pub status: String,
    /// Its addresses by network, while it runs.
    pub addresses: BTreeMap<String, Ipv4Addr>,
    /// What the page named in its label answered; none if it was not asked.
    pub answer: Option<Answer>,
}

/// Whether a container runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContainerState {
    /// Made, never started.
    Created,
    /// Its process runs.
    Running,
    /// Its process ended and the engine starts it again and again.
    Restarting,
    /// Frozen by hand.
    Paused,
    /// Ended, or being removed.
    Exited,
}

/// What a health command says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HealthState {
    /// Not asked often enough yet.
    Starting,
    /// It succeeds.
    Healthy,
    /// It fails.
    Unhealthy,
}

/// What a page answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// An HTTP status.
    Status(u16),
    /// No answer: why.
    Nothing(String),
}

/// The files in the ingress's volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngressFiles {
    /// SHA-256 of each file by its path below /etc/campanile, links left out.
    pub files: BTreeMap<String, String>,
    /// The configuration that `nginx.conf` points to: the digest in its name.
    pub current: Option<String>,
    /// The configuration last loaded.
    pub loaded: Option<String>,
    /// Paths of the routes in the configuration that `nginx.conf` points to, as its index includes them.
    pub routes: BTreeSet<String>,
    /// Where each route that there is a file of leads.
    pub leads: BTreeMap<String, Lead>,
}

/// Where a route leads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// The hosts whose visitors it takes.
    pub hosts: BTreeSet<String>,
    /// The address that it brings them to.
    pub address: Option<Ipv4Addr>,
}

impl Answer {
    /// Whether a visitor would say that the page is there: also when it first asks who they are.
    pub fn is_good(&self) -> bool {
        matches!(self, Answer::Status(200..=399 | 401 | 403))
    }
}

impl ObservedContainer {
    /// Whether it runs and everything that can be asked of it says so too.
    pub fn is_ready(&self) -> bool {
        let healthy = matches!(self.health, None | Some(HealthState::Healthy));
        let answers = self.answer.as_ref().is_none_or(Answer::is_good);
        self.state == ContainerState::Running && healthy && answers
    }
}

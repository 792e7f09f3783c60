//! What was seen on an engine, with a handful of list calls.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Limits;

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
    /// Ranges that the engine refuses to give, though no network that it lists has them: one that was killed while it
    /// made a network may keep the range for ever.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub refused: BTreeSet<Ipv4Net>,
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
    /// When it was made, to the second.
    pub created: Option<Timestamp>,
    /// By network the address that it has, or will ask for when it starts. A network that was removed is not among
    /// them, even if there is another one of its name.
    pub addresses: BTreeMap<String, Ipv4Addr>,
    /// What it may use at most; none if nobody looked, since that takes a call for each container.
    pub limits: Option<Limits>,
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
    /// What each revision of the ingress noted, also those whose container is gone; without a name, what one without
    /// revision noted.
    pub revisions: BTreeMap<String, Configuration>,
    /// Paths of the routes in each configuration that there is a file of, by digest, as its index includes them.
    pub routes: BTreeMap<String, BTreeSet<String>>,
    /// Where each route that there is a file of leads.
    pub leads: BTreeMap<String, Lead>,
}

/// The configuration of one revision of the ingress.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// The digest of the one that its next start begins with.
    pub begins: Option<String>,
    /// What it runs on, in its own words: a digest, or that it ends.
    pub loaded: Option<String>,
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

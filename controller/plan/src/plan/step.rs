//! A step: one call to one system, with its full body and its reason.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::docker::{Container, IngressFile, Network, Volume};
use crate::document::values::{DomainName, EngineName, MemberName, SecretName};

/// One call to one system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The member that it concerns; none for what all members share.
    pub member: Option<MemberName>,
    /// The engine that it is done on; none for the state folder.
    pub engine: Option<EngineName>,
    /// What it concerns: `container campanile-barzago-site-1a2b3c4d`.
    pub object: String,
    /// Why, for people.
    pub because: String,
    /// What changes inside the object, for people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The call.
    #[serde(flatten)]
    pub action: Action,
}

/// One field that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where in the declaration: `environment.SITE_TITLE`.
    pub field: String,
    /// The value before; none if there was none.
    pub old: Option<String>,
    /// The value after; none if it goes.
    pub new: Option<String>,
}

/// The call, with everything that it needs; secrets and keys by name only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "action", content = "body", rename_all = "camelCase")]
pub enum Action {
    /// Makes a network.
    CreateNetwork(Network),
    /// Removes a network.
    RemoveNetwork {
        /// Its name.
        name: String,
    },
    /// Makes a volume. There is no step that removes one.
    CreateVolume(Volume),
    /// Fetches an image.
    PullImage {
        /// Its reference.
        image: String,
    },
    /// Makes a container without starting it.
    CreateContainer(Box<Container>),
    /// Writes secrets into /run/secrets of a container.
    WriteSecrets {
        /// The container's name.
        container: String,
        /// Secret by file name.
        files: BTreeMap<String, SecretName>,
    },
    /// Starts a container.
    StartContainer {
        /// Its name.
        name: String,
    },
    /// Asks a container to end, and ends it after some seconds.
    StopContainer {
        /// Its name.
        name: String,
        /// How long it may take.
        seconds: u32,
    },
    /// Removes a stopped container; its volumes stay.
    RemoveContainer {
        /// Its name.
        name: String,
    },
    /// Makes the platform's own certificate authority in the state folder.
    CreateAuthority,
    /// Has a certificate issued by the platform's own authority, into the state folder.
    IssueCertificate {
        /// The names in it.
        hosts: BTreeSet<DomainName>,
    },
    /// Puts files into the ingress's volume.
    UploadIngress {
        /// The ingress's container.
        container: String,
        /// The files.
        files: Vec<IngressFile>,
    },
    /// Tests a configuration of the ingress and, if it is right, puts it in force.
    ActivateIngress {
        /// The ingress's container.
        container: String,
        /// The configuration's digest.
        digest: String,
    },
    /// Removes files that no configuration in force names.
    RemoveIngressFiles {
        /// The ingress's container.
        container: String,
        /// Paths below /etc/campanile.
        paths: Vec<String>,
    },
}

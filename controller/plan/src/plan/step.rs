//! A step: one call to one system, with its full body and its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use serde::Serialize;

use crate::docker::{Container, IngressFile, Limits, Network, Volume};
use crate::document::values::{
    CertificateName, Contact, DirectoryUrl, DomainName, EngineName, IssuerName, Line, MemberName, SecretName,
};
use crate::document::{ChallengeKind, KeyType};
use crate::domain::{Owner, ZoneChange};

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
    /// Waits until no request is being answered by a container that no route leads to any more, some seconds at most.
    DrainContainer {
        /// The ingress's container through which the requests go.
        ingress: String,
        /// The address of the one that is to end.
        address: Ipv4Addr,
        /// How long it may take.
        seconds: u32,
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
    /// Puts a container back on a network, at its fixed address.
    ConnectNetwork {
        /// The network's name.
        network: String,
        /// The container's name.
        container: String,
        /// The address.
        address: Ipv4Addr,
        /// Names on that network.
        aliases: Vec<String>,
    },
    /// Takes a container off a network.
    DisconnectNetwork {
        /// The network's name.
        network: String,
        /// The container's name.
        container: String,
    },
    /// Changes what a container may use at most, while it runs.
    UpdateLimits {
        /// Its name.
        name: String,
        /// The limits.
        limits: Limits,
    },
    /// Has the name server make a zone, by an entry in its catalog zone.
    CreateZone {
        /// The zone.
        zone: DomainName,
        /// The catalog zone.
        catalog: DomainName,
    },
    /// Changes a zone, if what is to change is still as it was seen.
    UpdateZone {
        /// The zone.
        zone: DomainName,
        /// What changes.
        changes: Vec<ZoneChange>,
    },
    /// Makes the platform's own certificate authority in the state folder.
    CreateAuthority,
    /// Has a certificate issued by the platform's own authority, into the state folder.
    IssueCertificate {
        /// The names in it.
        names: BTreeSet<CertificateName>,
        /// The kind of its key.
        key_type: KeyType,
    },
    /// Makes an account at an issuer, its key first.
    RegisterAccount {
        /// The issuer.
        issuer: IssuerName,
        /// The address of its directory.
        directory: DirectoryUrl,
        /// Where its notices go.
        contact: Vec<Contact>,
    },
    /// Asks for a page of ours under each name, by HTTP through an ingress, as an issuer will.
    ProbeNames {
        /// The engine of the ingress.
        through: EngineName,
        /// The names.
        names: BTreeSet<DomainName>,
        /// The page below `/.well-known/acme-challenge/`.
        page: String,
        /// What it has to say.
        answer: String,
    },
    /// Asks name servers what an issuer will: where names lead, and who may issue for them.
    LookUpNames(LookUp),
    /// Writes an order down, with its key, then places it.
    PlaceOrder(OrderRequest),
    /// Finds an order that was written down, or places it if the issuer does not have it.
    ResumeOrder {
        /// The issuer.
        issuer: IssuerName,
    },
    /// Notes records that show whose names are, then adds them to a zone, beside whatever is there.
    SetProofs {
        /// The zone.
        zone: DomainName,
        /// Values of TXT records by owner.
        records: BTreeMap<Owner, BTreeSet<String>>,
    },
    /// Removes just these records from a zone, then forgets them.
    ClearProofs {
        /// The zone.
        zone: DomainName,
        /// Values of TXT records by owner.
        records: BTreeMap<Owner, BTreeSet<String>>,
    },
    /// Tells an issuer that it can see whose the names are.
    AnswerChallenges {
        /// The issuer.
        issuer: IssuerName,
        /// The names.
        names: BTreeSet<DomainName>,
    },
    /// Sends an issuer what it is to sign.
    FinalizeOrder {
        /// The issuer.
        issuer: IssuerName,
    },
    /// Fetches the certificate of an order and, if its chain holds and it has the names, puts it in force.
    TakeCertificate {
        /// The issuer.
        issuer: IssuerName,
        /// The names that it has to have.
        names: BTreeSet<CertificateName>,
    },
    /// Notes that an order failed, and forgets it.
    GiveUpOrder {
        /// The issuer.
        issuer: IssuerName,
        /// What it was for.
        names: BTreeSet<CertificateName>,
        /// The names at which it failed.
        failed: BTreeSet<DomainName>,
        /// Why, in the issuer's words.
        why: String,
    },
    /// Forgets an order of which nothing more is wanted.
    ForgetOrder,
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
    /// Has an ingress take nobody any more, and end once it has answered what it was asked.
    RetireIngress {
        /// The ingress's container.
        container: String,
    },
    /// Removes files that no configuration in force names.
    RemoveIngressFiles {
        /// The ingress's container.
        container: String,
        /// Paths below /etc/campanile.
        paths: Vec<String>,
    },
}

/// What is ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderRequest {
    /// At whom.
    pub issuer: IssuerName,
    /// For what.
    pub names: BTreeSet<CertificateName>,
    /// The kind of key.
    pub key_type: KeyType,
    /// How it is shown that the names are ours.
    pub challenge: ChallengeKind,
    /// The kind of certificate, by the directory's own word.
    pub profile: Option<Line>,
    /// The certificate that it renews, as the issuer calls it (RFC 9773, 5).
    pub replaces: Option<String>,
    /// Whether the issuer counts it as a renewal.
    pub exempt: bool,
}

/// What an issuer will find at name servers, and what it has to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LookUp {
    /// The names.
    pub names: BTreeSet<CertificateName>,
    /// Zones that the platform's name servers carry; other names are asked of its resolver.
    pub zones: BTreeSet<DomainName>,
    /// Where the names have to lead; empty where that does not matter.
    pub addresses: BTreeSet<IpAddr>,
    /// What the issuer calls itself in CAA records (RFC 8659); none where it does not say.
    pub caa: Option<DomainName>,
    /// How it is shown that the names are ours.
    pub challenge: ChallengeKind,
}

impl Action {
    /// Its name for metrics and the history: `create_container`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateNetwork(_) => "create_network",
            Self::RemoveNetwork { .. } => "remove_network",
            Self::CreateVolume(_) => "create_volume",
            Self::PullImage { .. } => "pull_image",
            Self::CreateContainer(_) => "create_container",
            Self::WriteSecrets { .. } => "write_secrets",
            Self::StartContainer { .. } => "start_container",
            Self::StopContainer { .. } => "stop_container",
            Self::RemoveContainer { .. } => "remove_container",
            Self::CreateZone { .. } => "create_zone",
            Self::UpdateZone { .. } => "update_zone",
            Self::CreateAuthority => "create_authority",
            Self::IssueCertificate { .. } => "issue_certificate",
            Self::RegisterAccount { .. } => "register_account",
            Self::ProbeNames { .. } => "probe_names",
            Self::LookUpNames(_) => "look_up_names",
            Self::PlaceOrder(_) => "place_order",
            Self::ResumeOrder { .. } => "resume_order",
            Self::SetProofs { .. } => "set_proofs",
            Self::ClearProofs { .. } => "clear_proofs",
            Self::AnswerChallenges { .. } => "answer_challenges",
            Self::FinalizeOrder { .. } => "finalize_order",
            Self::TakeCertificate { .. } => "take_certificate",
            Self::GiveUpOrder { .. } => "give_up_order",
            Self::ForgetOrder => "forget_order",
            Self::UploadIngress { .. } => "upload_ingress",
            Self::ActivateIngress { .. } => "activate_ingress",
            Self::RemoveIngressFiles { .. } => "remove_ingress_files",
            Self::ConnectNetwork { .. } => "connect_network",
            Self::DisconnectNetwork { .. } => "disconnect_network",
            Self::UpdateLimits { .. } => "update_limits",
            Self::DrainContainer { .. } => "drain_container",
            Self::RetireIngress { .. } => "retire_ingress",
        }
    }
}

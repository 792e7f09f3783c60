//! Facts: what was asked of a body's site, zone and mail, and what came back. They judge nothing.

mod certificate;
mod cms;
mod domain;
mod mail;
mod tls;
mod web;

use std::net::SocketAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Answer;
pub use certificate::{Certificate, Chain, Diagnosis, KeyKind, Revocation, SignatureHash, Trust};
pub use cms::Cms;
pub use domain::{Caa, Dnssec, Domain, NameServer};
pub use mail::{Dane, DkimSelector, Exchanger, Mail, Policy};
pub use tls::{Cost, DhParameters, Intrusive, ServedChain, Tls, VersionFacts};
pub use web::{Cookie, CrossOrigin, End, Hop, HopCertificate, Page, Reference, SecurityTxt, Visit, Web};

/// All that was seen of one body: its hosts, its domain and its mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Facts {
    /// Who or what: a member's name, an IPA code, else the host that was given.
    pub subject: String,
    /// Its title for people; empty where nobody gave one.
    pub title: String,
    /// When the look began.
    pub at: Timestamp,
    /// Its hosts, each once, in the order that they were given.
    pub sites: Vec<Site>,
    /// Its domain's zone; none where only hosts were asked for.
    pub domain: Option<Domain>,
    /// The mail of its domain; none where it was not asked for.
    pub mail: Option<Mail>,
}

/// What was seen of one host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Site {
    /// Its name as it is asked for, in A-labels; or an address.
    pub host: String,
    /// The port of its HTTPS.
    pub port: u16,
    /// How many bodies of this run share its first address; 1 for one alone.
    pub shared_by: u32,
    /// One per address family that the name has an address in: the first address of each.
    pub endpoints: Answer<Vec<Endpoint>>,
    /// Whether the name with `www.` before it (or without, where it has it) leads to the same site.
    pub other_name: Answer<OtherName>,
    /// What HTTP says, on port 80 and 443, and the page that is shown.
    pub web: Web,
    /// What the page is made with.
    pub cms: Answer<Option<Cms>>,
}

/// The host with `www.` if it has none, without if it has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OtherName {
    /// The name.
    pub host: String,
    /// It has an address.
    pub resolves: bool,
    /// Its HTTPS ends at a page of either name, with a certificate that is valid for it.
    pub leads_here: Answer<bool>,
}

/// One address of a host, and what TLS does there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Endpoint {
    /// Where.
    pub address: SocketAddr,
    /// Whether TLS is spoken there: no, when it refuses connections or says something else than TLS.
    pub https: Answer<bool>,
    /// What TLS does there; none where it is not spoken or nothing could be told.
    pub tls: Option<Tls>,
}

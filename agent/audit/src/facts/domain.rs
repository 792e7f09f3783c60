//! A domain as the world's name servers have it.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::Answer;

/// A domain.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Domain {
    /// Its name.
    pub name: String,
    /// The zone that it is in: its own, or one above it.
    pub zone: Answer<String>,
    /// The name servers that its zone names, with what each says.
    pub name_servers: Answer<Vec<NameServer>>,
    /// The name servers that the parent names; unknown where the parent was not asked.
    pub delegated_to: Answer<Vec<String>>,
    /// Whether its answers are signed, and validate.
    pub dnssec: Answer<Dnssec>,
    /// CAA records in force for it, found by climbing (RFC 8659).
    pub caa: Answer<Vec<Caa>>,
    /// Hosts that were asked for, with an IPv6 address.
    pub hosts_with_ipv6: Answer<Vec<String>>,
    /// Hosts that were asked for, without one.
    pub hosts_without_ipv6: Answer<Vec<String>>,
}

/// One name server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NameServer {
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// The serial that it answers with, authoritatively.
    pub serial: Answer<u32>,
    /// It answers questions about other people's names: an open resolver.
    pub recursive: Answer<bool>,
}

/// What DNSSEC says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Dnssec {
    /// Signed, and valid from the root.
    Secure,
    /// Not signed, or without a DS at the parent.
    Insecure,
    /// Signed, and not valid.
    Bogus,
}

/// A CAA record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Caa {
    /// Where it stands.
    pub at: String,
    /// Its flags.
    pub flags: u8,
    /// `issue`, `issuewild`, `iodef`.
    pub tag: String,
    /// Its value.
    pub value: String,
}

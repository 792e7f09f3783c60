//! The mail of a domain as a sender sees it.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Tls;
use crate::Answer;

/// The mail of a domain.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mail {
    /// The domain.
    pub domain: String,
    /// Its mail exchangers by preference; empty where it has no MX, or a null MX (RFC 7505).
    pub exchangers: Answer<Vec<Exchanger>>,
    /// It says that it takes no mail (RFC 7505).
    pub null_mx: bool,
    /// SPF.
    pub spf: Answer<Policy>,
    /// DNS look-ups that SPF takes (RFC 7208, 4.6.4: 10 at most), void ones aside.
    pub spf_lookups: Answer<u32>,
    /// `_domainkey.DOMAIN` exists, if only as an empty name: some key is published below it.
    pub dkim_exists: Answer<bool>,
    /// Selectors that are known or commonly used, of those that exist.
    pub dkim: Vec<DkimSelector>,
    /// DMARC in force: of the domain, else of the organisation's domain above it.
    pub dmarc: Answer<Policy>,
    /// `_mta-sts`, and its policy by HTTPS: `enforce`, `testing`, `none`.
    pub mta_sts: Answer<Policy>,
    /// `_smtp._tls` (RFC 8460).
    pub tls_reporting: Answer<Policy>,
}

/// A mail exchanger.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exchanger {
    /// Its preference.
    pub preference: u16,
    /// Its name.
    pub host: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// It answers on port 25 as a mail server does.
    pub reached: Answer<bool>,
    /// It offers STARTTLS.
    pub starttls: Answer<bool>,
    /// What TLS does after it.
    pub tls: Option<Tls>,
    /// DANE: TLSA records at `_25._tcp.HOST`, and whether the chain fits them.
    pub dane: Answer<Dane>,
}

/// DANE of a mail exchanger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dane {
    /// The records as text: `3 1 1 0123…`.
    pub records: Vec<String>,
    /// They are signed, and validate.
    pub secure: bool,
    /// A record fits the chain that is served.
    pub fits: Answer<bool>,
}

/// A policy that stands in DNS as text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Policy {
    /// Where it was found; empty where there is none.
    pub at: String,
    /// The records that were found, as they stand there: one, if all is well.
    pub records: Vec<String>,
    /// What it comes down to: SPF's `all` with its sign (`-all`), DMARC's and MTA-STS' policy (`reject`, `enforce`); empty where it says none.
    pub verdict: String,
    /// What makes it fail, or not count, in English.
    pub problems: Vec<String>,
    /// What is unwise about it and does no harm by itself, in English.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A DKIM key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DkimSelector {
    /// Its selector.
    pub selector: String,
    /// `rsa` or `ed25519`.
    pub key: String,
    /// Bits of the key; none where it is revoked (empty `p=`).
    pub bits: Option<u32>,
    /// What is wrong with it, in English.
    pub problems: Vec<String>,
}

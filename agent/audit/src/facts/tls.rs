//! What a server does with TLS, as many hellos found it: one endpoint, or one mail server after STARTTLS.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::certificate::Chain;
use crate::Answer;
use crate::registry::{Group, SignatureScheme, Suite, Version};

/// What a server does with TLS.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tls {
    /// Each version from SSL 2 to TLS 1.3: always all six.
    pub versions: BTreeMap<Version, VersionFacts>,
    /// Groups for ECDHE and, by TLS 1.3, hybrid post-quantum ones; in the server's order where it has one.
    pub groups: Answer<Vec<Group>>,
    /// Groups that TLS 1.3 takes, which may be others.
    pub groups_tls13: Answer<Vec<Group>>,
    /// Parameters of every finite-field DH exchange that was seen, each prime once.
    pub dh: Vec<DhParameters>,
    /// Signature schemes with which the server signs its key exchange in TLS 1.2.
    pub signature_schemes: Answer<Vec<SignatureScheme>>,
    /// TLS compression (CRIME, RFC 7525 3.3).
    pub compression: Answer<bool>,
    /// Secure renegotiation (RFC 5746); yes also where TLS 1.3 alone is spoken, which has none.
    pub secure_renegotiation: Answer<bool>,
    /// Extended master secret (RFC 7627); yes also where TLS 1.3 alone is spoken, which binds its secrets by itself.
    pub extended_master_secret: Answer<bool>,
    /// A hello with `TLS_FALLBACK_SCSV` and a lower version is refused (RFC 7507); unknown where only one version is spoken.
    pub fallback_scsv: Answer<bool>,
    /// Session tickets (RFC 5077) are offered in TLS 1.2 and older.
    pub session_tickets: Answer<bool>,
    /// Session identifiers are given out for resumption in TLS 1.2 and older.
    pub session_ids: Answer<bool>,
    /// The heartbeat extension is echoed.
    pub heartbeat: Answer<bool>,
    /// Protocols that ALPN agrees to, of `h2` and `http/1.1`: the one that is picked of both stands first.
    pub alpn: Answer<Vec<String>>,
    /// An OCSP response was stapled.
    pub ocsp_staple: Answer<bool>,
    /// Signed certificate timestamps: in the certificate, the stapled OCSP response and, up to TLS 1.2, the extension.
    pub certificate_timestamps: Answer<u32>,
    /// Chains that are served with the host's name in the hello, one for each kind of key; TLS 1.3's only where it is another.
    pub chains: Vec<ServedChain>,
    /// The chain that is served to a hello without a name: none where the server refuses such hellos.
    pub without_name: Answer<Option<Chain>>,
    /// A hello for a name that is not served there gets `unrecognized_name` or another refusal, not some site's certificate.
    pub refuses_other_names: Answer<bool>,
    /// What only `--intrusive` asks, with consent.
    pub intrusive: Option<Intrusive>,
    /// What the server did that no standard lets it do: "picked a suite that was not offered". In English, each once.
    pub oddities: Vec<String>,
    /// What the look cost.
    pub cost: Cost,
}

/// One version of the protocol at a server.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VersionFacts {
    /// It is spoken.
    pub offered: Answer<bool>,
    /// Suites that it takes: in the server's order where it has one, else by number. Complete only where `complete` says so.
    pub suites: Vec<Suite>,
    /// All suites that exist were asked for, and each was taken or refused; no, when some question had no answer.
    pub complete: bool,
    /// The server picks by its own order, not the client's; unknown where one suite or none is taken.
    pub server_preference: Answer<bool>,
}

/// Parameters of a finite-field Diffie-Hellman exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DhParameters {
    /// Bits of the prime.
    pub bits: u32,
    /// The name of a prime that many servers share: `ffdhe2048`, `RFC 3526 group 14`, `Apache 1024`.
    pub known_as: Option<String>,
    /// SHA-256 of the prime, in hexadecimal.
    pub sha256: String,
}

/// A chain as it was served.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServedChain {
    /// The suites' kind of authentication that got it: `RSA`, `ECDSA`, or `TLS 1.3`.
    pub by: String,
    /// The chain.
    pub chain: Chain,
}

/// What intrusive probes found. A hit of ROBOT was confirmed three times.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Intrusive {
    /// CVE-2014-0160.
    pub heartbleed: Answer<bool>,
    /// CVE-2014-0224.
    pub early_change_cipher_spec: Answer<bool>,
    /// Bleichenbacher's oracle (CVE-2017-13099 and others).
    pub robot: Answer<bool>,
}

/// What a look cost the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cost {
    /// Connections that were opened.
    pub connections: u32,
    /// Client hellos that were sent.
    pub hellos: u32,
    /// Milliseconds from the first to the last.
    pub milliseconds: u64,
}

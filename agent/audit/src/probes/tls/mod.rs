//! What a server does with TLS, found by hellos made by hand.
//!
//! ```text
//! hello.rs ─▶ ask.rs ─▶ flight.rs ─▶ said.rs   one question: a hello, a pace, what came back
//! old.rs, tls13.rs, ssl2.rs                    one version at one server
//! suites.rs, groups.rs, names.rs, …            what is asked
//! full.rs, delta.rs                            everything; or whether anything changed since yesterday
//! ```
//!
//! A hello is read to the server's hello (TLS 1.3) or its `ServerHelloDone`, then the connection is reset: neither side
//! has to compute anything more. Nothing is sent that an honest client does not send.

mod ask;
mod bytes;
mod delta;
mod features;
mod flight;
mod full;
mod groups;
mod handshake;
mod hello;
mod intrusive;
#[cfg(feature = "legacy")]
pub(in crate::probes) mod legacy;
mod list;
mod names;
mod old;
mod primes;
mod said;
mod server_hello;
mod ssl2;
mod starttls;
mod suites;
mod tls13;

use std::net::{IpAddr, SocketAddr};

use super::Eyes;
use crate::Answer;
use crate::facts::Tls;
use ask::Server;
pub use starttls::Preface;

/// What a look at one address showed.
#[derive(Debug, Clone)]
pub struct TlsOutcome {
    /// Whether TLS is spoken there: no, when nobody listens or something else is spoken.
    pub spoken: Answer<bool>,
    /// What it does; none where it is not spoken or nothing could be told.
    pub tls: Option<Tls>,
    /// Each chain that `tls.chains` has, in its order, as DER.
    pub chains: Vec<Vec<Vec<u8>>>,
    /// It was held against what was seen yesterday, and nothing was added or changed.
    pub unchanged: bool,
}

/// Looks at one address. `name` is the host's, in A-labels, or an address; with what was seen at the same address
/// yesterday, a few hellos are enough unless something changed.
pub async fn survey(
    eyes: &Eyes,
    address: SocketAddr,
    name: Option<&str>,
    preface: Preface,
    yesterday: Option<&Tls>,
) -> TlsOutcome {
    // Addresses are no server names (RFC 6066, 3).
    let name = name.filter(|name| name.trim_matches(['[', ']']).parse::<IpAddr>().is_err());
    let server = Server::new(eyes, address, name, preface);
    // What was not allowed yesterday was not asked.
    let has_all = |yesterday: &&Tls| !eyes.intrusive || yesterday.intrusive.is_some();
    if let Some(yesterday) = yesterday.filter(has_all)
        && let Some(outcome) = delta::look(&server, yesterday).await
    {
        return outcome;
    }
    full::look(&server).await
}

/// Random bytes for a hello; they need not be secret, and where the system has none, zeros do.
fn random() -> [u8; 64] {
    let mut bytes = [0; 64];
    let _ = getrandom::fill(&mut bytes);
    bytes
}

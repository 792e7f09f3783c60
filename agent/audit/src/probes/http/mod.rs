//! HTTP as a visitor's browser speaks it, by HTTP/1.1 of our own on rustls: the way from a host's first page hop by hop, and
//! what its headers, cookies and pages say. Every head, body, way and look has an end in bytes and in time.
//!
//! A library's client hides what an audit is after: what the server said instead of HTTP, certificates that nobody should
//! take, headers as they came, where exactly an answer broke off.

mod asking;
mod body;
mod cms;
mod encoding;
mod head;
#[cfg(feature = "legacy")]
mod older;
mod other_name;
mod sides;
mod target;
mod trust;
mod visit;
mod way;
mod wire;
#[cfg(not(feature = "legacy"))]
mod without_older;

use std::fmt::Write;

use sha2::{Digest, Sha256};

pub use cms::cms;
pub use other_name::other_name;
pub use visit::visit;
#[cfg(not(feature = "legacy"))]
use without_older as older;

/// A hash in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // writing to a text cannot fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum NoAnswer {
    /// The probe does not go there.
    Refused(String),
    /// The port refuses connections.
    Closed,
    /// The host has no address.
    NoAddress(String),
    /// Nothing that could be told came back.
    Silence(String),
    /// The connection ended before an answer: worth another try.
    Broken(String),
    /// What came back is not what it should be.
    Nonsense(String),
}

impl NoAnswer {
    /// The one of two addresses of a host that says more: that one is closed says nothing where another was silent.
    fn or(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::NoAddress(_), _) | (Self::Closed | Self::Refused(_), Self::Silence(_)) => other,
            _ => self,
        }
    }

    /// The one of two handshakes with one server that says more: an older one may show for sure what no newer one can.
    fn beside(self, older: Self) -> Self {
        match (self, older) {
            (_, older @ Self::Nonsense(_)) => older,
            (Self::Silence(why), older) => Self::Silence(format!("{why}; by an older one: {}", older.why())),
            (Self::Broken(why), older) => Self::Broken(format!("{why}; by an older one: {}", older.why())),
            (usual, _) => usual,
        }
    }

    /// Why, in words.
    fn why(&self) -> String {
        match self {
            Self::Refused(why) | Self::Silence(why) | Self::Broken(why) | Self::Nonsense(why) => why.clone(),
            Self::Closed => "the port refuses connections".to_owned(),
            Self::NoAddress(host) => format!("{host} has no address"),
        }
    }
}

//! A handshake for servers that only browsers of long ago were made for: TLS 1.0 to 1.2, RSA and (EC)DHE key exchange,
//! AES by CBC and GCM. It opens public pages of servers that our usual library refuses, and is not secure at all: nobody's
//! certificate, signature or timing is looked after. Nothing secret may ever be sent over it.
//!
//! ```text
//! handshake.rs ─▶ exchange.rs ─▶ secrets.rs ─▶ records.rs ─▶ stream.rs
//! ```
//!
//! `openssl` on aws-lc would bring all this, but needs libclang where it is built.

mod exchange;
mod handshake;
mod records;
mod secrets;
mod stream;
mod suite;

use std::io;

use thiserror::Error;

pub use handshake::connect;
pub use stream::Stream;

/// Why there is no connection.
#[derive(Debug, Error)]
pub enum Refused {
    /// It answers by SSL 3, which nobody speaks any more (RFC 7568).
    #[error("it speaks nothing newer than SSL 3")]
    Ssl3,
    /// It says no, by an alert's number.
    #[error("it answers alert {0}")]
    Alert(u8),
    /// What it says makes no sense, or is more than this client knows.
    #[error("{0}")]
    Odd(&'static str),
    /// The connection ended, or lasted too long.
    #[error("the connection ended")]
    Broken(#[source] io::Error),
}

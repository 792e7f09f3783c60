//! Probes: they ask, and note what comes back. Each is bounded in connections, bytes and time.
//!
//! All of them look through the same [`Eyes`]: no connection is opened but by them, so that no address is asked that
//! the [`Guard`] refuses, or faster than the [`Budget`] lets it.

mod budget;
mod connect;
pub mod dns;
mod eyes;
mod fetch;
mod guard;
pub mod http;
mod look;
pub mod mail;
mod many;
pub mod resolver;
pub mod revocation;
pub mod tls;

pub use budget::{Budget, Limits, Permit};
pub use connect::{ConnectError, Connection};
pub use eyes::{Eyes, Patience};
pub use guard::{Guard, Refusal};
pub use look::{Host, Subject, look};
pub use many::many;
pub use resolver::Resolver;

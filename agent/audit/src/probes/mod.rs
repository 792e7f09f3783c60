//! Probes: they ask, and note what comes back. Each is bounded in connections, bytes and time.
//!
//! All of them look through the same [`Eyes`]: no connection is opened but by them, so that no address is asked that
//! the [`Guard`] refuses, or faster than the [`Budget`] lets it.

mod budget;
mod connect;
mod eyes;
mod guard;
mod look;
pub mod resolver;
pub mod tls;

pub use budget::{Budget, Limits, Permit};
pub use connect::{ConnectError, Connection};
pub use eyes::{Eyes, Patience};
pub use guard::{Guard, Refusal};
pub use look::{Host, Subject, look, many};
pub use resolver::Resolver;

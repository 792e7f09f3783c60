//! Name servers: zones are read by AXFR, changed by UPDATE, both with TSIG, and proven from outside.
//!
//! On the crate `domain`: it leaves records that nobody can parse as they are, where others drop the whole message.

mod asked;
mod error;
mod leads;
mod look_up;
mod parents;
mod proofs;
mod server;
mod transfer;
mod update;
mod zones;

pub use error::DnsError;
pub use look_up::{Found, NoAnswer, look_up};
pub use proofs::shown;
pub use server::{Connection, Server};
pub use transfer::{serial, transfer};
pub use update::{add_texts, create, remove_texts, update};
pub use zones::Zones;

//! Numbers of the TLS protocol with their names, as IANA's registries have them.

mod group;
mod scheme;
mod suite;
mod version;

pub use group::Group;
pub use scheme::SignatureScheme;
pub use suite::{SSL2 as SSL2_SUITES, Suite};
pub use version::Version;

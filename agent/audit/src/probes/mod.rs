//! Probes: they ask, and note what comes back. Each is bounded in connections, bytes and time.

pub mod resolver;

pub use resolver::Resolver;

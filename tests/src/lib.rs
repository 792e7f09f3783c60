//! What the tests and benchmarks share: a world in memory, and fleets of any size.

pub mod fleets;
pub mod world;

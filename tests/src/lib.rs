//! What the tests and benchmarks share: a world in memory, and fleets of any size.

#![expect(clippy::panic, reason = "what stops a test stops it with a panic")]

mod acme;
pub mod fleets;
pub mod simulation;
pub mod world;
pub mod zones;

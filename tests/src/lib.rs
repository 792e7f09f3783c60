//! What the tests and benchmarks share: a world in memory, and fleets of any size.

#![expect(clippy::panic, reason = "what stops a test stops it with a panic")]

mod acme;
pub mod country;
pub mod fleets;
mod program;
pub mod simulation;
pub mod watched;
pub mod world;
pub mod zones;

pub use program::campanile;

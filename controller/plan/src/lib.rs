//! The brain of Campanile: what should be, what was seen, and the steps between them.
//!
//! Pure: no clock, no file, no socket, no chance; all of that is an argument.

pub mod certificate;
pub mod docker;
pub mod document;
pub mod domain;
pub mod fleet;
pub mod ingress;
pub mod observed;
pub mod plan;
pub mod report;
pub mod site;

//! What is seen of sites by HTTP: of a server that misbehaves in every way, and of real ones. What must be seen is written by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test program

mod hostile;
#[cfg(feature = "legacy")]
mod older;
mod plain;
mod real;
mod server;

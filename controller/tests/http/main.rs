//! The daemon's HTTP, by real sockets: what it answers, whom it refuses, and what nobody can take from it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test program

mod client;
mod daemon;
mod limits;
mod metrics;
mod routes;
mod tokens;
mod webhooks;

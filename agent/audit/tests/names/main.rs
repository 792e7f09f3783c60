//! Domains and mail as real name servers and mail servers serve them: BIND signs and serves a root of the tests' own,
//! unbound validates it, OpenSSL speaks STARTTLS.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test program

mod authority;
mod domains;
mod files;
mod forward;
mod mail;
mod program;
mod revocations;
mod smtp;
mod world;

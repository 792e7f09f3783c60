//! TLS of real servers and of hostile ones, against facts that were written by hand from how they are set up.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)] // a test program

mod delta;
mod fake;
mod gnutls;
mod hostile;
mod intrusive;
mod looks;
mod mail;
mod odd;
mod openssl;
mod others;
mod street;

//! SPF (RFC 7208): what a record says, and what a receiver would have to look up for it.
//!
//! A [`Walk`] follows the record's includes without asking anybody itself: it says what to ask next, and is told.

mod terms;
mod walk;

use super::of_version;
pub use walk::{Found, Question, Walk};

/// The SPF records among these texts.
pub fn records(texts: &[String]) -> Vec<&str> {
    of_version(texts, "v=spf1")
}

#[cfg(test)]
mod tests;

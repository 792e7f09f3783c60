//! What a page is made with, from what a visitor sees of it, and how new that is. Pure; a program that hides is not recognised.

pub mod catalogue;
pub mod clue;
#[cfg(feature = "pages")]
mod number;
#[cfg(feature = "pages")]
mod recognise;
#[cfg(feature = "pages")]
mod seen;
pub mod versions;

#[cfg(feature = "pages")]
pub use recognise::{feed_version, recognise, tells_more_in_its_feed};

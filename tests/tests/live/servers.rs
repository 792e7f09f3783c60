//! Real servers that tests start for themselves, each in a folder of its own, gone afterwards whatever happens.

pub mod holding;
pub mod pebble;

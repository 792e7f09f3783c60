//! The audit's hands in the controller: whom to look at, how, what was seen before, and what is said of it.
//!
//! ```text
//! fleet, list, IndicePA ──▶ Targets ──look──▶ Body ──▶ Store (audit.sqlite) ──▶ Report, changes, metrics, conditions
//!                                     ▲ yesterday's facts ──┘
//! ```

mod crowd;
pub mod going;
pub mod indice;
pub mod known;
pub mod settings;
pub mod store;
pub mod targets;
pub mod writing;

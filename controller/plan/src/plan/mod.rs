//! A plan: lanes of steps, what waits, what is held, and a digest over it all.

mod step;

pub use step::{Action, Change, Step};

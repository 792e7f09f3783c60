//! The site and the services beside it: what should be, what was seen, the steps between them.

mod departure;
mod lane;
mod workload;

pub use departure::departure;
pub use lane::lane;
pub use workload::{Serving, is_settled, serving, trouble};

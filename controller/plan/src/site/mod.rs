//! The site and the services beside it: what should be, what was seen, the steps between them.

mod departure;
mod drain;
mod lane;
mod repair;
mod workload;

pub use departure::departure;
pub use lane::lane;
pub(crate) use workload::revisions;
pub use workload::{Serving, is_settled, serving, trouble};

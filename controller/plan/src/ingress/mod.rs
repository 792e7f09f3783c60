//! The ingress: which host leads where, as a set of files that never change and one index that names them.
//!
//! A route is a file per workload, named after its content; so is a certificate. The index includes the routes.
//! A new configuration is new files beside the old ones, tested before it is put in force.

mod files;
mod lane;
mod nginx;
mod routes;
mod there;

pub use files::{member_of, workload_of};
pub use lane::lane;
pub use nginx::lead;
pub use routes::has_moved;
pub use there::RoutesThere;

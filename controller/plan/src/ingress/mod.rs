//! The ingress: which host leads where, as a set of files that never change and one index that names them.
//!
//! A route is a file per workload, named after its content; so is a certificate. The index includes the routes.
//! A new configuration is new files beside the old ones, tested before it is put in force. A new image is a new container
//! that listens beside the old one; when it serves, the old one answers what it was asked and goes.

mod configuration;
mod files;
mod lane;
mod nginx;
mod revisions;
mod routes;
mod there;

pub use files::{member_of, workload_of};
pub use lane::lanes;
pub use nginx::lead;
pub use revisions::{IngressRevision, IngressRevisions, Led, routes_in_force};
pub use routes::has_moved;
pub use there::RoutesThere;

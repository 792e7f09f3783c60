//! The hands for one Docker Engine: `connect`, then `observe` what is there and `apply` one step after the other.
//! They decide nothing: what is to be done is in the step. Every call has a time limit, and nothing that lacks the
//! platform's label is touched.

mod apply;
mod archive;
mod ask;
mod call;
mod connect;
mod container;
mod events;
mod exec;
mod ingress;
mod ingress_files;
mod limits;
mod logs;
mod networks;
mod objects;
mod observe;
mod pull;
mod text;
mod transport;

pub use apply::{StepError, Vault};
pub use call::EngineError;
pub use events::{Happening, Whose};

use bollard::Docker;
use campanile_plan::docker::label;
use campanile_plan::document::values::PlatformName;

/// One engine, and the platform whose objects on it may be touched.
#[derive(Debug, Clone)]
pub struct Engine {
    docker: Docker,
    platform: PlatformName,
    id: Option<String>,
}

impl Engine {
    /// What the engine calls itself: two ways to it lead to the same id.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whether an object with these labels belongs to our platform.
    fn owns<'a>(&self, labels: impl IntoIterator<Item = (&'a String, &'a String)>) -> bool {
        let ours = (label::PLATFORM, self.platform.as_str());
        let mut labels = labels.into_iter();
        labels.any(|(name, value)| (name.as_str(), value.as_str()) == ours)
    }
}

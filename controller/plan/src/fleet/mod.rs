//! The whole fleet at once: from files to what should be.

mod across;
mod desired;
mod issuers;
mod parse;
mod pin;
mod rules;
mod snapshot;
mod validate;

pub use desired::{Desired, DesiredMember, Treatment};
pub use parse::{Declared, file_of, parse};
pub use pin::{Pin, Pinned};
pub use snapshot::{MEMBERS_FOLDER, PLATFORM_FILE, Snapshot, Unreadable};
pub use validate::{Accepted, Validated, validate};

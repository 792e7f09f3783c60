//! The whole fleet at once: from files to what should be.

mod snapshot;

pub use snapshot::{MEMBERS_FOLDER, PLATFORM_FILE, Snapshot, Unreadable};

//! Zones: what a member's domain should hold, what was seen, and the changes between them.

mod declared;
mod difference;
mod lane;
mod mark;
mod observed;
mod record;
mod wanted;

pub use declared::declared;
pub use difference::ZoneChange;
pub use lane::{is_lane, lanes};
pub use observed::{Delegation, ObservedDns, ObservedZone, ZoneTrouble};
pub use record::{Data, Kind, Owner, Records, RrSet};

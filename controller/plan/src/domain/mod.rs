//! Zones: what a member's domain should hold, what was seen, and the changes between them.

mod declared;
mod difference;
mod import;
mod lane;
mod mark;
mod observed;
mod proof;
mod record;
mod rights;
mod start;
mod wanted;
mod zone_file;

pub use declared::declared;
pub use difference::ZoneChange;
pub use import::{Found, Imported, Unsaid, import};
pub use lane::{is_lane, lanes};
pub use observed::{Delegation, DelegationSigner, ObservedDns, ObservedZone, Referral, ZoneTrouble};
pub use proof::{NoSpot, Proof, Proofs, Spot, kept, proof_owner, spot};
pub use record::{Data, Kind, Owner, Records, RrSet};
pub(crate) use start::mailbox;
pub use wanted::implied;
pub use zone_file::{ZoneFile, ZoneFileError, read_zone_file};

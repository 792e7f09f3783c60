//! What Campanile notes in a zone: that the zone is a platform's, and in a shared one which records it made.
//!
//! The note lives in the zone itself, in the message that changes it, so that it is true whatever becomes of the state folder.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{Data, Kind, Owner, RrSet};
use crate::docker::sha256;
use crate::document::values::{DomainName, PlatformName};

/// The label below the zone where the notes are TXT records.
const LABEL: &str = "_campanile";
/// How the note of a platform begins.
const PLATFORM: &str = "platform=";
/// How the note of a record begins: `made=www/A 1a2b3c4d5e6f7a8b`.
const MADE: &str = "made=";

/// What the notes say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// Whose zone it is; none if nobody noted it.
    pub platform: Option<String>,
    /// Fingerprints of the records that were made in a shared zone.
    pub made: BTreeMap<String, String>,
}

/// Where the notes stand.
pub fn key(zone: &DomainName) -> (Owner, Kind) {
    (Owner::under(LABEL, zone), Kind::TXT)
}

/// Whether this is where the notes stand.
pub fn is_mark(owner: &Owner, zone: &DomainName) -> bool {
    *owner == key(zone).0
}

impl Mark {
    /// The mark of a zone that is a platform's.
    pub fn of(platform: &PlatformName) -> Self {
        Self { platform: Some(platform.to_string()), made: BTreeMap::new() }
    }

    /// Reads the notes; what is not ours to read is left out.
    pub fn read(set: Option<&RrSet>) -> Self {
        let mut mark = Self::default();
        for text in set.into_iter().flat_map(|set| &set.data).filter_map(text) {
            if let Some(platform) = text.strip_prefix(PLATFORM) {
                mark.platform = Some(platform.to_owned());
            } else if let Some((what, fingerprint)) =
                text.strip_prefix(MADE).and_then(|made| made.split_once(' '))
            {
                mark.made.insert(what.to_owned(), fingerprint.to_owned());
            }
        }
        mark
    }

    /// Whether the zone is this platform's.
    pub fn is_of(&self, platform: &PlatformName) -> bool {
        self.platform.as_deref() == Some(platform.as_str())
    }

    /// Whether these records are as they were made.
    pub fn made(&self, key: &(Owner, Kind), set: &RrSet, zone: &DomainName) -> bool {
        self.made.get(&what(key, zone)).is_some_and(|known| *known == fingerprint(set))
    }

    /// Notes records that are made.
    pub fn note(&mut self, key: &(Owner, Kind), set: &RrSet, zone: &DomainName) {
        self.made.insert(what(key, zone), fingerprint(set));
    }

    /// Notes that records are gone, or another's.
    pub fn forget(&mut self, key: &(Owner, Kind), zone: &DomainName) {
        self.made.remove(&what(key, zone));
    }

    /// The notes as records.
    pub fn records(&self, ttl: u32) -> RrSet {
        let platform = self.platform.iter().map(|platform| format!("{PLATFORM}{platform}"));
        let made = self.made.iter().map(|(what, fingerprint)| format!("{MADE}{what} {fingerprint}"));
        let data: BTreeSet<Data> = platform.chain(made).map(|text| Data::text(&text)).collect();
        RrSet { ttl, data }
    }
}

/// What the note of some records is about: `www/A`.
pub fn what((owner, kind): &(Owner, Kind), zone: &DomainName) -> String {
    format!("{}/{kind}", owner.within(zone))
}

/// Of the data alone: servers may change the life.
fn fingerprint(set: &RrSet) -> String {
    let bytes: Vec<u8> =
        set.data.iter().flat_map(|data| [data.as_bytes(), b"\0"]).flatten().copied().collect();
    let mut hash = sha256(&bytes);
    hash.truncate(16);
    hash
}

/// A TXT record of one part as text.
fn text(data: &Data) -> Option<String> {
    let (length, text) = data.as_bytes().split_first()?;
    (usize::from(*length) == text.len()).then(|| String::from_utf8(text.to_vec()).ok()).flatten()
}

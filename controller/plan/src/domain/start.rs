//! The record that a zone begins with (SOA), without its serial number: that is the server's, and changes with every change.

use super::difference::{Reasoned, ZoneChange};
use super::observed::ObservedZone;
use super::record::{Data, Kind, Owner, RrSet};
use crate::document::Soa;
use crate::document::values::{Contact, DomainName, Ttl, ZoneTime};

/// The five figures at the end: serial, refresh, retry, expire, minimum.
const FIGURES: usize = 5;
const WORD: usize = 4;

/// What the record says, names in wire form.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Start {
    primary: Vec<u8>,
    contact: Vec<u8>,
    refresh: u32,
    retry: u32,
    expire: u32,
    minimum: u32,
}

/// The change that the platform's document asks for; none where all is as it says.
pub fn change(soa: Option<&Soa>, zone: &DomainName, there: &ObservedZone) -> Option<Reasoned> {
    let old = there.start.as_ref()?;
    let data = old.data.first()?;
    let is = Start::read(data)?;
    let new = is.clone().told(soa?);
    let record = Data::new(new.to_bytes());
    if record == *data {
        return None;
    }
    let set = RrSet { ttl: old.ttl, data: [record].into() };
    let change =
        ZoneChange { owner: Owner::from(zone), kind: Kind::SOA, old: Some(old.clone()), new: Some(set) };
    Some(Reasoned { change, because: "the platform says so".to_owned() })
}

/// What is another before and after, in words.
pub fn words(old: &RrSet, new: &RrSet) -> (String, String) {
    let read = |set: &RrSet| set.data.first().and_then(Start::read).map(|start| start.fields());
    let (Some(old), Some(new)) = (read(old), read(new)) else { return Default::default() };
    let differing: Vec<_> = old.into_iter().zip(new).filter(|(old, new)| old != new).collect();
    let join = |texts: Vec<String>| texts.join(", ");
    (
        join(differing.iter().map(|(old, _)| old.clone()).collect()),
        join(differing.into_iter().map(|(_, new)| new).collect()),
    )
}

impl Data {
    /// The data of a SOA record with another serial number.
    #[must_use]
    pub fn with_serial(&self, serial: u32) -> Self {
        let mut bytes = self.as_bytes().to_vec();
        let at = bytes.len().saturating_sub(FIGURES * WORD);
        if let Some(place) = bytes.get_mut(at..at + WORD) {
            place.copy_from_slice(&serial.to_be_bytes());
        }
        Self::new(bytes)
    }
}

impl Start {
    fn read(data: &Data) -> Option<Self> {
        let bytes = data.as_bytes();
        let (names, figures) = bytes.split_at_checked(bytes.len().checked_sub(FIGURES * WORD)?)?;
        let (primary, contact) = names.split_at_checked(first_name(names)?)?;
        let figure = |number: usize| {
            let bytes = figures.get(number * WORD..)?.first_chunk::<WORD>()?;
            Some(u32::from_be_bytes(*bytes))
        };
        Some(Self {
            primary: primary.to_vec(),
            contact: contact.to_vec(),
            refresh: figure(1)?,
            retry: figure(2)?,
            expire: figure(3)?,
            minimum: figure(4)?,
        })
    }

    /// The same, with what a document says of it.
    fn told(self, soa: &Soa) -> Self {
        let Soa { primary, contact, refresh, retry, expire, minimum } = soa;
        let time = |told: Option<ZoneTime>, is: u32| told.map_or(is, ZoneTime::seconds);
        Self {
            primary: primary.as_ref().map_or(self.primary, |name| Data::host(name).as_bytes().to_vec()),
            contact: contact.as_ref().and_then(|contact| mailbox(&contact.value)).unwrap_or(self.contact),
            refresh: time(*refresh, self.refresh),
            retry: time(*retry, self.retry),
            expire: time(expire.as_ref().map(|expire| expire.value), self.expire),
            minimum: minimum.map_or(self.minimum, Ttl::seconds),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let Self { primary, contact, refresh, retry, expire, minimum } = self;
        let figures = [0, *refresh, *retry, *expire, *minimum].map(u32::to_be_bytes).concat();
        [primary.as_slice(), contact, &figures].concat()
    }

    fn fields(&self) -> [String; 6] {
        let Self { primary, contact, refresh, retry, expire, minimum } = self;
        let name = |name: &[u8]| Data::new(name.to_vec()).to_text(Kind::NS);
        [
            format!("primary {}", name(primary)),
            format!("contact {}", name(contact)),
            format!("refresh {refresh}"),
            format!("retry {retry}"),
            format!("expire {expire}"),
            format!("minimum {minimum}"),
        ]
    }
}

/// How long the name is that these bytes begin with.
fn first_name(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let label = usize::from(*bytes.get(at)?);
        at += 1 + label;
        if label == 0 {
            return Some(at);
        }
    }
}

/// An address of e-mail as a name: all before the @ is one label (RFC 1035, 8). None where that is too long, or the rest no domain.
pub fn mailbox(contact: &Contact) -> Option<Vec<u8>> {
    let (local, host) = contact.as_str().strip_prefix("mailto:")?.split_once('@')?;
    let host: DomainName = host.parse().ok()?;
    let length = u8::try_from(local.len()).ok().filter(|length| *length < 64)?;
    let local = local.to_ascii_lowercase();
    Some([&[length], local.as_bytes(), Data::host(&host).as_bytes()].concat())
}

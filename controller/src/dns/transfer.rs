//! A whole zone, read by AXFR (RFC 5936).

use campanile_plan::document::values::DomainName;
use campanile_plan::domain::{Data, DelegationSigner, Kind, ObservedZone, Owner, RrSet};
use domain::base::iana::Rcode;
use domain::base::name::{Name, ParsedName};
use domain::base::{Message, ParsedRecord, Rtype};
use domain::rdata::{AllRecordData, Soa};
use jiff::Timestamp;

use super::error::DnsError;
use super::server::Connection;

/// Most records that are taken.
const MOST_RECORDS: usize = 500_000;
/// Most bytes that are taken.
const MOST_BYTES: usize = 128 << 20;

/// A zone while it comes in.
struct Arriving {
    zone: ObservedZone,
    records: usize,
    bytes: usize,
    begun: bool,
}

/// Reads a zone.
///
/// # Errors
/// When the server refuses, or its answer has no end.
pub async fn transfer(connection: &mut Connection, zone: &DomainName) -> Result<ObservedZone, DnsError> {
    let name = name(zone)?;
    let mut arriving = Arriving { zone: ObservedZone::default(), records: 0, bytes: 0, begun: false };
    connection.transfer(&name, |message| arriving.take(message, &name)).await?;
    Ok(arriving.zone)
}

/// The serial of a zone.
///
/// # Errors
/// When the server does not have it.
pub async fn serial(connection: &mut Connection, zone: &DomainName) -> Result<u32, DnsError> {
    match connection.ask(&name(zone)?, Rtype::SOA).await {
        // it speaks for the zone above, which says that the name does not exist, or who has it
        Err(DnsError::Refused { code: Rcode::NXDOMAIN }) => Err(DnsError::NoZone),
        answer => serial_in(&answer?).ok_or(DnsError::NoZone),
    }
}

/// The serial in an answer to a question for a SOA record.
pub(super) fn serial_in<Octets: domain::dep::octseq::Octets>(answer: &Message<Octets>) -> Option<u32> {
    let mut records = answer.answer().ok()?.limit_to::<Soa<ParsedName<_>>>();
    Some(records.next()?.ok()?.data().serial().into_int())
}

pub(super) fn name(zone: &DomainName) -> Result<Name<Vec<u8>>, DnsError> {
    zone.as_str().parse().map_err(|error| DnsError::Malformed(format!("{zone}: {error}")))
}

impl Arriving {
    /// Takes one message; whether it was the last one.
    fn take(&mut self, message: &Message<Vec<u8>>, zone: &Name<Vec<u8>>) -> Result<bool, DnsError> {
        self.bytes += message.as_slice().len();
        let answers = message.answer().map_err(|error| DnsError::Malformed(error.to_string()))?;
        for record in answers {
            let record = record.map_err(|error| DnsError::Malformed(error.to_string()))?;
            self.records += 1;
            if self.records > MOST_RECORDS || self.bytes > MOST_BYTES {
                return Err(DnsError::TooLarge { records: MOST_RECORDS, mebibytes: MOST_BYTES >> 20 });
            }
            let is_start = record.rtype() == Rtype::SOA && record.owner() == *zone;
            if is_start && self.begun {
                return Ok(true);
            }
            if !is_start && !self.begun {
                return Err(DnsError::Malformed("the zone does not begin with its SOA record".to_owned()));
            }
            self.begun = true;
            self.add(&record);
        }
        Ok(false)
    }

    fn add(&mut self, record: &ParsedRecord<'_, Vec<u8>>) {
        let Ok(parsed) = record.to_any_record::<AllRecordData<_, ParsedName<_>>>() else {
            self.zone.unread.insert((Owner::new(record.owner()), Kind::new(record.rtype())));
            return;
        };
        match parsed.data() {
            AllRecordData::Soa(soa) => {
                self.zone.serial = soa.serial().into_int();
                let data = Data::of(parsed.data()).with_serial(0);
                self.zone.start = Some(RrSet::one(record.ttl().as_secs(), data));
            }
            AllRecordData::Rrsig(signature) => {
                let ends = Timestamp::from_second(i64::from(signature.expiration().into_int())).ok();
                self.zone.signed_until = self.zone.signed_until.into_iter().chain(ends).min();
            }
            // one without an algorithm asks the parent to remove all (RFC 8078, 4): that needs no key of ours
            AllRecordData::Cds(cds) if cds.algorithm().to_int() != 0 => {
                self.zone.signers.insert(DelegationSigner {
                    tag: cds.key_tag(),
                    algorithm: cds.algorithm().to_int(),
                    digest_type: cds.digest_type().to_int(),
                    digest: cds.digest().to_vec(),
                });
            }
            _ => {}
        }
        let kind = Kind::new(record.rtype());
        if kind.is_the_servers() {
            return;
        }
        let ttl = record.ttl().as_secs();
        let key = (Owner::new(record.owner()), kind);
        let set = self.zone.records.entry(key).or_insert_with(|| RrSet { ttl, data: [].into() });
        set.data.insert(Data::of(parsed.data()));
    }
}

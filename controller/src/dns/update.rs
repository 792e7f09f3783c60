//! Changes of a zone by UPDATE (RFC 2136): in one message where they fit, refused if what they change is not as it was seen.

use std::collections::{BTreeMap, BTreeSet};

use campanile_plan::docker::sha256;
use campanile_plan::document::values::DomainName;
use campanile_plan::domain::{Data, Kind, Owner, RrSet, ZoneChange};
use domain::base::iana::{Class, Opcode};
use domain::base::message_builder::{AnswerBuilder, AuthorityBuilder, PushError};
use domain::base::name::Name;
use domain::base::rdata::{ComposeRecordData, RecordData};
use domain::base::record::ComposeRecord;
use domain::base::wire::Composer;
use domain::base::{Rtype, Ttl};

use super::error::DnsError;
use super::server::{Connection, message};
use super::transfer::{name, serial};

/// Most bytes of records in one message: what is left of 64 KiB goes to header, names and signature.
const MOST_BYTES: usize = 60_000;
/// How long resolvers may keep what shows an issuer whose a name is, in seconds.
const PROOF_TTL: u32 = 60;

/// Has the server make a zone, by a PTR record in its catalog zone (RFC 9432). The label of the record never changes: with
/// another one, servers drop the zone with its keys, and make it anew.
///
/// # Errors
/// When the server refuses.
pub async fn create(
    connection: &mut Connection,
    zone: &DomainName,
    catalog: &DomainName,
) -> Result<(), DnsError> {
    let label = &sha256(zone.as_str().as_bytes())[..32];
    let entry = ZoneChange {
        owner: Owner::under(&format!("{label}.zones"), catalog),
        kind: Kind::new(Rtype::PTR),
        old: None,
        new: Some(RrSet::one(0, Data::host(zone))),
    };
    update(connection, catalog, &[entry]).await
}

/// Changes a zone.
///
/// # Errors
/// When the server refuses, also because the zone is no more as it was seen. Of changes that take several messages, those
/// before are made then.
pub async fn update(
    connection: &mut Connection,
    zone: &DomainName,
    changes: &[ZoneChange],
) -> Result<(), DnsError> {
    let mut rest = changes;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fit = rest.iter().take_while(|change| {
            bytes += size(change);
            bytes <= MOST_BYTES
        });
        let (now, later) = rest.split_at(fit.count().max(1));
        send(connection, zone, now).await?;
        rest = later;
    }
    Ok(())
}

/// Adds TXT records beside whatever is there. Who adds one that is there already, changes nothing.
///
/// # Errors
/// When the server refuses, also where a CNAME stands.
pub async fn add_texts(
    connection: &mut Connection,
    zone: &DomainName,
    records: &BTreeMap<Owner, BTreeSet<String>>,
) -> Result<(), DnsError> {
    change_texts(connection, zone, records, (Class::IN, PROOF_TTL)).await
}

/// Removes just these TXT records.
///
/// # Errors
/// When the server refuses.
pub async fn remove_texts(
    connection: &mut Connection,
    zone: &DomainName,
    records: &BTreeMap<Owner, BTreeSet<String>>,
) -> Result<(), DnsError> {
    change_texts(connection, zone, records, (Class::NONE, 0)).await
}

async fn change_texts(
    connection: &mut Connection,
    zone: &DomainName,
    records: &BTreeMap<Owner, BTreeSet<String>>,
    class_and_ttl: (Class, u32),
) -> Result<(), DnsError> {
    let unsendable = |owner: &Owner| DnsError::Unsendable { owner: owner.to_string() };
    let mut message = message(Opcode::UPDATE)?.question();
    message.push((&name(zone)?, Rtype::SOA)).map_err(|_| unsendable(&Owner::from(zone)))?;
    let mut message = message.answer();
    // a server passes over what is added to a CNAME, and says that all is well (RFC 2136, 3.4.2.2)
    for owner in records.keys().filter(|_| class_and_ttl.0 == Class::IN) {
        let name = named(owner)?;
        message.push(empty(&name, Class::NONE, Kind::CNAME)).map_err(|_| unsendable(owner))?;
    }
    let mut message = message.authority();
    for (owner, values) in records {
        let name = named(owner)?;
        for value in values {
            let data = Data::text(value);
            message.push(full(&name, class_and_ttl, Kind::TXT, &data)).map_err(|_| unsendable(owner))?;
        }
    }
    connection.exchange(message.additional()).await.map(drop)
}

/// At most so many bytes: each record in the prerequisites and once more in the updates.
fn size(change: &ZoneChange) -> usize {
    let owner = change.owner.as_str().len() + 12;
    let set = |set: &Option<RrSet>| -> usize {
        set.iter().flat_map(|set| &set.data).map(|data| owner + data.as_bytes().len()).sum()
    };
    2 * set(&change.old) + set(&change.new) + 2 * owner
}

/// The changes with the serial numbers that the start of a zone has now and has to have then: servers pass over one that is
/// not newer (RFC 2136, 3.4.2.2).
async fn numbered(
    connection: &mut Connection,
    zone: &DomainName,
    changes: &[ZoneChange],
) -> Result<Vec<ZoneChange>, DnsError> {
    let mut changes = changes.to_vec();
    for change in changes.iter_mut().filter(|change| change.kind == Kind::SOA) {
        let serial = serial(connection, zone).await?;
        let number = |set: &mut RrSet, serial| {
            set.data = set.data.iter().map(|data| data.with_serial(serial)).collect();
        };
        change.old.iter_mut().for_each(|old| number(old, serial));
        change.new.iter_mut().for_each(|new| number(new, serial.wrapping_add(1)));
    }
    Ok(changes)
}

async fn send(
    connection: &mut Connection,
    zone: &DomainName,
    changes: &[ZoneChange],
) -> Result<(), DnsError> {
    let changes = &numbered(connection, zone, changes).await?;
    let written = |error: PushError| {
        let owner = changes.first().map(|change| change.owner.to_string()).unwrap_or_default();
        tracing::debug!(%error, "an update does not fit");
        DnsError::Unsendable { owner }
    };
    let apex = name(zone)?;
    let mut message = message(Opcode::UPDATE)?.question();
    message.push((&apex, Rtype::SOA)).map_err(written)?;
    let mut message = message.answer();
    for change in changes {
        prerequisite(&mut message, change, &owner_name(change)?).map_err(written)?;
    }
    let mut message = message.authority();
    // first what goes: a CNAME and what comes in its place exclude each other. The zone's own name servers go last, since a
    // server never lets the last one go (RFC 2136, 3.4.2.4).
    let is_apex_ns = |change: &&ZoneChange| change.kind == Kind::NS && change.owner == Owner::from(zone);
    for change in changes.iter().filter(|change| !is_apex_ns(change)) {
        removal(&mut message, change, &owner_name(change)?).map_err(written)?;
    }
    for change in changes {
        addition(&mut message, change, &owner_name(change)?).map_err(written)?;
    }
    for change in changes.iter().filter(is_apex_ns) {
        value_removal(&mut message, change, &owner_name(change)?).map_err(written)?;
    }
    connection.exchange(message.additional()).await.map(drop)
}

type Owned = Name<Vec<u8>>;

fn owner_name(change: &ZoneChange) -> Result<Owned, DnsError> {
    named(&change.owner)
}

/// A name as it is sent.
fn named(owner: &Owner) -> Result<Owned, DnsError> {
    let owner = owner.as_str();
    owner.parse().map_err(|error| DnsError::Malformed(format!("{owner}: {error}")))
}

/// What has to be there, or not, for the message to be carried out (RFC 2136, 2.4).
fn prerequisite(
    message: &mut AnswerBuilder<Vec<u8>>,
    change: &ZoneChange,
    owner: &Owned,
) -> Result<(), PushError> {
    match &change.old {
        None => message.push(empty(owner, Class::NONE, change.kind)),
        Some(old) => {
            old.data.iter().try_for_each(|data| message.push(full(owner, (Class::IN, 0), change.kind, data)))
        }
    }
}

/// Whether the whole set has to go, to come back with another life.
fn is_renewed(change: &ZoneChange) -> bool {
    matches!((&change.old, &change.new), (Some(old), Some(new)) if old.ttl != new.ttl)
}

fn removal(
    message: &mut AuthorityBuilder<Vec<u8>>,
    change: &ZoneChange,
    owner: &Owned,
) -> Result<(), PushError> {
    if change.kind == Kind::SOA {
        // the new one takes its place by itself
        return Ok(());
    }
    if change.old.is_some() && (change.new.is_none() || is_renewed(change)) {
        return message.push(empty(owner, Class::ANY, change.kind));
    }
    value_removal(message, change, owner)
}

/// Removes the records that are not to stay, one by one.
fn value_removal(
    message: &mut AuthorityBuilder<Vec<u8>>,
    change: &ZoneChange,
    owner: &Owned,
) -> Result<(), PushError> {
    let gone = change.old.iter().flat_map(|old| &old.data);
    let stays = |data: &&Data| change.new.as_ref().is_some_and(|new| new.data.contains(*data));
    gone.filter(|data| !stays(data))
        .try_for_each(|data| message.push(full(owner, (Class::NONE, 0), change.kind, data)))
}

fn addition(
    message: &mut AuthorityBuilder<Vec<u8>>,
    change: &ZoneChange,
    owner: &Owned,
) -> Result<(), PushError> {
    let Some(new) = &change.new else { return Ok(()) };
    let is_there =
        |data: &&Data| !is_renewed(change) && change.old.as_ref().is_some_and(|old| old.data.contains(*data));
    new.data
        .iter()
        .filter(|data| !is_there(data))
        .try_for_each(|data| message.push(full(owner, (Class::IN, new.ttl), change.kind, data)))
}

/// A record without data: it stands for all of its type.
fn empty(owner: &Owned, class: Class, kind: Kind) -> impl ComposeRecord {
    record(owner, (class, 0), kind, &[])
}

fn full<'a>(owner: &'a Owned, class_and_ttl: (Class, u32), kind: Kind, data: &'a Data) -> impl ComposeRecord {
    record(owner, class_and_ttl, kind, data.as_bytes())
}

fn record<'a>(
    owner: &'a Owned,
    (class, ttl): (Class, u32),
    kind: Kind,
    data: &'a [u8],
) -> (&'a Owned, Class, Ttl, Written<'a>) {
    (owner, class, Ttl::from_secs(ttl), Written { kind, data })
}

/// Data as they are, of whatever type.
struct Written<'a> {
    kind: Kind,
    data: &'a [u8],
}

impl RecordData for Written<'_> {
    fn rtype(&self) -> Rtype {
        self.kind.rtype()
    }
}

impl ComposeRecordData for Written<'_> {
    fn rdlen(&self, _: bool) -> Option<u16> {
        u16::try_from(self.data.len()).ok()
    }

    fn compose_rdata<Target: Composer + ?Sized>(
        &self,
        target: &mut Target,
    ) -> Result<(), Target::AppendError> {
        target.append_slice(self.data)
    }

    fn compose_canonical_rdata<Target: Composer + ?Sized>(
        &self,
        target: &mut Target,
    ) -> Result<(), Target::AppendError> {
        self.compose_rdata(target)
    }
}

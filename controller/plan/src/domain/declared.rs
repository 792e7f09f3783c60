//! The records that a document writes, as records of its zone.

use std::collections::BTreeMap;

use super::record::{Data, Kind, Owner, Records, RrSet};
use crate::document::values::{DomainName, RecordValue, Ttl};
use crate::document::{Domain, Place, Placed, Record, RecordType, Report};

/// Tells `report` what cannot be served, and returns the records that can.
pub fn declared(domain: &Domain, default: Ttl, report: &mut Report) -> Records {
    let zone = &domain.name.value;
    let mut records = Records::new();
    let mut places: BTreeMap<(Owner, Kind), Place> = BTreeMap::new();
    for record in &domain.records {
        let Some(kind) = Kind::named(record.kind.as_str()) else { continue };
        let owner = Owner::under(record.name.value.as_str(), zone);
        if !fits(&owner) {
            let remedy = "a name has at most 253 characters: shorten it";
            report.problem(record.name.place, format!("the name {owner} is too long"), remedy);
            continue;
        }
        let ttl = record.ttl.unwrap_or(default).seconds();
        let key = (owner, kind);
        let first = *places.entry(key.clone()).or_insert(record.name.place);
        let set = records.entry(key).or_insert_with(|| RrSet { ttl, data: [].into() });
        if set.ttl != ttl {
            let message = format!(
                "the {kind} records of {} have two lives (the first one is in line {})",
                record.name, first.line
            );
            report.problem(record.name.place, message, "records of one name and type share one ttl");
        }
        for value in &record.value.value.0 {
            if let Some(data) = data(record, kind, value, zone, report)
                && !set.data.insert(data)
            {
                let message = format!("the {kind} record {value} of {} stands here twice", record.name);
                report.problem(value.place, message, "keep one of the two");
            }
        }
    }
    records.retain(|_, set| !set.data.is_empty());
    together(zone, &records, &places, report);
    records
}

/// Names on the wire have at most 255 octets (RFC 1035, 2.3.4): 253 characters.
fn fits(owner: &Owner) -> bool {
    owner.as_str().len() <= 253
}

/// One value as data.
fn data(
    record: &Record,
    kind: Kind,
    value: &Placed<RecordValue>,
    zone: &DomainName,
    report: &mut Report,
) -> Option<Data> {
    match read(record.kind, kind, value.value.as_str(), zone) {
        Ok(data) => Some(data),
        Err((message, remedy)) => {
            report.problem(value.place, message, remedy);
            None
        }
    }
}

/// The data that a document means by `text`, or what is wrong with it and what to write instead.
pub(super) fn read(
    of: RecordType,
    kind: Kind,
    text: &str,
    zone: &DomainName,
) -> Result<Data, (String, String)> {
    if of == RecordType::Txt && !text.starts_with('"') {
        return Ok(Data::text(text));
    }
    if let Some(name) = forgotten_dot(of, text, zone) {
        let message = format!("{name} would stand below {zone}: {name}.{zone}");
        return Err((message, format!("write {name}. with a last dot, or the part before the domain")));
    }
    if has_comment(text) {
        let remedy = "put the part with the semicolon between double quotes";
        return Err(("what follows a semicolon would be taken for a comment".to_owned(), remedy.to_owned()));
    }
    Data::parse(kind, text, zone).map_err(|why| {
        let message = format!("{text:?} is not the value of a record of type {kind}: {why}");
        (message, example(of).to_owned())
    })
}

/// A name in full whose last dot was left out: it ends as the zone itself does.
fn forgotten_dot<'v>(kind: RecordType, value: &'v str, zone: &DomainName) -> Option<&'v str> {
    if !matches!(
        kind,
        RecordType::Cname | RecordType::Mx | RecordType::Ns | RecordType::Srv | RecordType::Ptr
    ) {
        return None;
    }
    let name = value.split_whitespace().last()?;
    let (_, top) = zone.as_str().rsplit_once('.')?;
    name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case(top)).then_some(name)
}

fn has_comment(value: &str) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    value.chars().any(|c| {
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        let comment = c == ';' && !quoted && !escaped;
        escaped = c == '\\' && !escaped;
        comment
    })
}

/// How a value of a type looks.
fn example(kind: RecordType) -> &'static str {
    match kind {
        RecordType::A => "write an IPv4 address, such as 192.0.2.10",
        RecordType::Aaaa => "write an IPv6 address, such as 2001:db8::10",
        RecordType::Cname | RecordType::Ns | RecordType::Ptr => {
            "write a name: www below the domain, or host.example.test. with a last dot"
        }
        RecordType::Mx => "write preference and host, such as 10 mail.example.test.",
        RecordType::Txt => "write the text without quotes",
        RecordType::Srv => "write priority, weight, port and host, such as 0 5 5060 sip.example.test.",
        RecordType::Caa => "write flags, tag and value, such as 0 issue \"letsencrypt.org\"",
        RecordType::Tlsa => "write usage, selector, matching type and hexadecimal data, such as 3 1 1 0A1B…",
        RecordType::Sshfp => "write algorithm, fingerprint type and hexadecimal data, such as 4 2 0A1B…",
        RecordType::Svcb | RecordType::Https => "write priority, target and parameters, such as 1 . alpn=h2",
    }
}

/// What must not stand beside what.
fn together(
    zone: &DomainName,
    records: &Records,
    places: &BTreeMap<(Owner, Kind), Place>,
    report: &mut Report,
) {
    let apex = Owner::from(zone);
    for (key @ (owner, kind), set) in records {
        let Some(place) = places.get(key).copied() else { continue };
        let name = owner.within(zone);
        if *kind == Kind::CNAME {
            cname(name, *owner == apex, key, (records, set), (place, report));
        }
        if *kind == Kind::NS && *owner == apex {
            let remedy = "remove it; spec.dns.nameServers of the platform says which they are";
            report.problem(place, "the domain's own name servers are the platform's", remedy);
        }
        if *kind == Kind::TXT && set.data.iter().filter(|data| is_spf(data)).count() > 1 {
            let message = format!("{name} has two SPF records, and receivers take neither (RFC 7208, 4.5)");
            report.problem(place, message, "join them to one that begins with v=spf1");
        }
        for target in set.data.iter().filter_map(|data| data.target(*kind)) {
            let leads_on = records.contains_key(&(target.clone(), Kind::CNAME));
            if leads_on && matches!(*kind, Kind::MX | Kind::NS) {
                let message =
                    format!("the {kind} record of {name} names {target}, which is a CNAME (RFC 2181, 10.3)");
                report.problem(place, message, "name the host that the CNAME leads to");
            }
        }
        if owner.as_str().starts_with("_acme-challenge.") && *kind != Kind::CNAME {
            let remedy = "remove it; only a CNAME that leads elsewhere may stand there";
            report.problem(place, format!("{name} is where certificates are proven"), remedy);
        }
        if super::mark::is_mark(owner, zone) {
            report.problem(
                place,
                format!("{name} is where Campanile notes whose the zone is"),
                "use another name",
            );
        }
    }
}

fn cname(
    name: &str,
    is_apex: bool,
    key: &(Owner, Kind),
    (records, set): (&Records, &RrSet),
    (place, report): (Place, &mut Report),
) {
    if is_apex {
        let message = "a CNAME cannot stand at the domain itself, where SOA and NS are (RFC 1034, 3.6.2)";
        report.problem(
            place,
            message,
            "write A and AAAA records, or an HTTPS record in alias form: 0 target.",
        );
        return;
    }
    let beside = records.keys().find(|other| other.0 == key.0 && other.1 != Kind::CNAME);
    if let Some((_, kind)) = beside {
        let message =
            format!("{name} has a CNAME and a record of type {kind}; beside a CNAME nothing may stand");
        report.problem(
            place,
            message,
            format!("write the {kind} record at the name that the CNAME leads to"),
        );
    }
    if set.data.len() > 1 {
        report.problem(place, format!("{name} has two CNAME records"), "keep one of them");
    }
}

/// Whether a TXT record says who may send mail.
fn is_spf(data: &Data) -> bool {
    let bytes = data.as_bytes().get(1..).unwrap_or_default();
    bytes
        .to_ascii_lowercase()
        .strip_prefix(b"v=spf1")
        .is_some_and(|rest| matches!(rest.first(), None | Some(b' ')))
}

//! A zone that is there as the `domain` section of a member's document, such that a plan with it changes nothing.
//!
//! The section is judged as a document's is before anybody sees it: what the rules would refuse, or read as something else,
//! is not in it but named beside it.

mod text;

use std::fmt;

use super::declared::{self, declared};

use super::mark;
use super::proof;
use super::record::{Data, Kind, Owner, Records, RrSet};
use crate::document::values::{DomainName, RecordName, RecordValue, RecordValues, Ttl};
use crate::document::{Domain, Place, Placed, Policy, Record, RecordType, Report};
use text::section;

/// What is taken over.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The zone.
    pub zone: &'a DomainName,
    /// Its records.
    pub records: &'a Records,
    /// Whether it is signed.
    pub is_signed: bool,
    /// What it holds without anybody writing it; see [`implied`](super::implied).
    pub implied: &'a Records,
    /// How long records live that say nothing else.
    pub ttl: Ttl,
}

/// A zone as a document says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The section as YAML, indented as it stands below `spec`.
    pub section: String,
    /// What it does not say. Where that is anything its policy is `share`, so that nothing of it goes.
    pub unsaid: Vec<Unsaid>,
    /// What the zone does not have, and a plan will add.
    pub added: Vec<Unsaid>,
}

/// Records that a document does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaid {
    /// Their name below the zone; with a last dot outside of it.
    pub owner: String,
    /// Their type.
    pub kind: String,
    /// Why they are not said.
    pub why: String,
}

impl fmt::Display for Unsaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { owner, kind, why } = self;
        write!(f, "{owner} {kind}: {why}")
    }
}

impl Unsaid {
    /// What nobody could read.
    pub fn unread((owner, kind): &(Owner, Kind), zone: &DomainName) -> Self {
        Self::new((owner, *kind), zone, "it cannot be read")
    }

    fn new((owner, kind): (&Owner, Kind), zone: &DomainName, why: impl Into<String>) -> Self {
        Self { owner: name_of(owner, zone), kind: kind.to_string(), why: why.into() }
    }
}

/// The name of an owner below a zone; with a last dot outside of it.
pub(super) fn name_of(owner: &Owner, zone: &DomainName) -> String {
    if owner.is_within(zone.as_str()) { owner.within(zone).to_owned() } else { format!("{owner}.") }
}

/// The records of one name and type, beside how a document writes them.
struct Written<'a> {
    key: &'a (Owner, Kind),
    set: &'a RrSet,
    record: Record,
}

/// Says a zone as a document does; `unread` is what nobody could read of it.
pub fn import(found: &Found, unread: Vec<Unsaid>) -> Imported {
    let Found { zone, records, is_signed, implied, ttl } = *found;
    let mut unsaid = unread;
    let mut written = Vec::new();
    for (key, set) in records.iter().filter(|(key, set)| !says_itself(found, key, set)) {
        match write(found, key, set) {
            Ok(record) => written.push(Written { key, set, record }),
            Err(why) => unsaid.push(Unsaid::new((&key.0, key.1), zone, why)),
        }
    }
    judge(found, &mut written, &mut unsaid);
    let policy = if unsaid.is_empty() { Policy::Own } else { Policy::Share };
    let mut records: Vec<Record> = written.into_iter().map(|written| written.record).collect();
    // the domain itself comes first, the rest by name
    records.sort_by_key(|record| record.name.value.as_str() != "@");
    let domain = domain(zone, records, is_signed.then_some(true), Some(policy));
    Imported { section: section(&domain), unsaid, added: added(found.records, implied, zone, ttl) }
}

/// Whether a plan keeps these records without a word in the document.
fn says_itself(found: &Found, key: &(Owner, Kind), set: &RrSet) -> bool {
    let (owner, kind) = key;
    let is_proof = *kind == Kind::TXT && owner.within(found.zone).split('.').next() == Some(proof::LABEL);
    kind.is_the_servers()
        || is_proof
        || mark::is_mark(owner, found.zone)
        || found.implied.get(key) == Some(set)
}

/// The records as a document writes them, or why it cannot.
fn write(found: &Found, (owner, kind): &(Owner, Kind), set: &RrSet) -> Result<Record, String> {
    let zone = found.zone;
    let of: RecordType =
        kind.to_string().parse().map_err(|_| "documents do not know this type".to_owned())?;
    if !owner.is_within(zone.as_str()) {
        return Err(format!("it is outside of {zone}"));
    }
    if *kind == Kind::NS && *owner == Owner::from(zone) {
        let servers = found.implied.get(&(owner.clone(), *kind));
        let servers = servers.map_or_else(String::new, |set| set.to_text(*kind));
        return Err(format!(
            "the platform's name servers will stand in place of {}, once that is released: {servers}",
            set.to_text(*kind)
        ));
    }
    let name: RecordName = owner
        .within(zone)
        .parse()
        .map_err(|error: crate::document::values::Invalid| format!("its name: {}", error.remedy))?;
    if name.as_str() != owner.within(zone) {
        return Err(format!("its name would be read as {name}"));
    }
    let ttl = life(set.ttl, found.ttl)?;
    let values = set.data.iter().map(|data| value(of, *kind, data, zone)).collect::<Result<_, _>>()?;
    Ok(Record { name: placed(name), kind: of, value: placed(RecordValues(values)), ttl })
}

fn life(there: u32, default: Ttl) -> Result<Option<Ttl>, String> {
    if there == default.seconds() {
        return Ok(None);
    }
    let ttl = there.to_string().parse().map_err(|_| {
        format!(
            "resolvers may keep it for {there} s, and documents take a week at most: shorten its ttl first"
        )
    })?;
    Ok(Some(ttl))
}

/// The shortest way of writing one record that is read as the same again.
fn value(of: RecordType, kind: Kind, data: &Data, zone: &DomainName) -> Result<Placed<RecordValue>, String> {
    let whole = data.to_text(kind);
    let forms = [plain_text(kind, data), relative(kind, &whole, zone), Some(whole.clone())];
    let right = forms.into_iter().flatten().find_map(|form| {
        let read = declared::read(of, kind, &form, zone).ok()?;
        (read == *data).then(|| form.parse().ok()).flatten()
    });
    let why = || format!("no value of a document is read as {}", shortened(&whole));
    right.map(placed).ok_or_else(why)
}

/// A text that needs no quotes, as YAML can hold it.
fn plain_text(kind: Kind, data: &Data) -> Option<String> {
    if kind != Kind::TXT {
        return None;
    }
    let (mut rest, mut bytes) = (data.as_bytes(), Vec::new());
    while let Some((length, more)) = rest.split_first() {
        let (part, after) = more.split_at_checked(usize::from(*length))?;
        bytes.extend_from_slice(part);
        rest = after;
    }
    let text = String::from_utf8(bytes).ok()?;
    // line ends of Unicode and what is no character are for the form with numbers
    let is_shown = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
            && u32::from(c) & 0xfffe != 0xfffe
    };
    text.chars().all(is_shown).then_some(text)
}

/// The value with the name in it relative to the zone; none where there is none, or it is elsewhere.
fn relative(kind: Kind, whole: &str, zone: &DomainName) -> Option<String> {
    let place = match kind.to_string().as_str() {
        "NS" | "CNAME" | "PTR" => 0,
        "MX" | "SVCB" | "HTTPS" => 1,
        "SRV" => 3,
        _ => return None,
    };
    let mut words: Vec<&str> = whole.split(' ').collect();
    let name = words.get_mut(place)?;
    let within = name.strip_suffix('.')?.strip_suffix(zone.as_str())?;
    *name = if within.is_empty() { "@" } else { within.strip_suffix('.')? };
    Some(words.join(" "))
}

/// As long as a line of an error should be.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 100;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Takes out what the rules of documents refuse, until they have nothing to say.
fn judge(found: &Found, written: &mut Vec<Written>, unsaid: &mut Vec<Unsaid>) {
    loop {
        let records = written.iter().enumerate().map(|(line, written)| at(&written.record, line)).collect();
        let mut report = Report::about("");
        let read = declared(&domain(found.zone, records, None, None), found.ttl, &mut report);
        let problems = report.into_problems();
        let before = written.len();
        let mut line = 0;
        written.retain(|written| {
            let problem = problems.iter().find(|problem| problem.place.line == line);
            line += 1;
            let why = match problem {
                Some(problem) => format!("{}; {}", problem.message, problem.remedy),
                None if read.get(written.key) == Some(written.set) => return true,
                None => "no document is read as it stands there".to_owned(),
            };
            unsaid.push(Unsaid::new((&written.key.0, written.key.1), found.zone, why));
            false
        });
        if written.len() == before {
            return;
        }
    }
}

/// What follows from the documents and is not there.
fn added(there: &Records, implied: &Records, zone: &DomainName, ttl: Ttl) -> Vec<Unsaid> {
    let is_missing = |(owner, kind): &(Owner, Kind)| {
        !there.contains_key(&(owner.clone(), *kind)) && !there.contains_key(&(owner.clone(), Kind::CNAME))
    };
    let missing = implied.iter().filter(|(key, _)| is_missing(key));
    missing
        .map(|(key, set)| {
            let life = if set.ttl == ttl.seconds() { String::new() } else { format!(", for {} s", set.ttl) };
            Unsaid::new((&key.0, key.1), zone, format!("{}{life}", set.to_text(key.1)))
        })
        .collect()
}

fn domain(zone: &DomainName, records: Vec<Record>, dnssec: Option<bool>, policy: Option<Policy>) -> Domain {
    Domain { name: placed(zone.clone()), records, dnssec, policy }
}

/// In a document that is nowhere yet.
fn placed<T>(value: T) -> Placed<T> {
    Placed { value, place: Place::START }
}

/// The record with its place in a list for its line.
fn at(record: &Record, line: usize) -> Record {
    let place = Place { line, column: 1 };
    let mut record = record.clone();
    record.name.place = place;
    record.value.place = place;
    record.value.value.0.iter_mut().for_each(|value| value.place = place);
    record
}

#[cfg(test)]
mod tests;

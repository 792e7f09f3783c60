//! A zone as a file of RFC 1035, section 5, says it, with what BIND's users write beside it: units of time, `@` in values.
//!
//! Each record stands for itself: one that cannot be read is named, and the others are taken.

mod words;

use bytes::Bytes;
use domain::base::Rtype;
use domain::base::name::Name;

use super::import::Unsaid;
use super::record::{Data, Kind, Owner, Records, RrSet};

use crate::document::values::DomainName;
use words::{Entry, entries};

/// What a zone file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ZoneFile {
    /// Its records, without those that a server keeps by itself.
    pub records: Records,
    /// What could not be read.
    pub unread: Vec<Unsaid>,
}

/// Why a zone file cannot be taken at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ZoneFileError {
    /// What opens somewhere ends nowhere.
    #[error("line {line}: a quote or parenthesis is opened there and never closed")]
    Open {
        /// Where it opens.
        line: usize,
    },
    /// It goes on somewhere else.
    #[error(
        "line {line}: {directive} is not followed, and what it stands for would be missing: write its records in its place, \
         or let `named-compilezone -f text -F text -o FLAT ZONE FILE` do it"
    )]
    Directive {
        /// Where.
        line: usize,
        /// Which.
        directive: String,
    },
    /// A `$ORIGIN` or `$TTL` without a value that can be read.
    #[error("line {line}: {directive} has no value that can be read, and what follows depends on it")]
    Value {
        /// Where.
        line: usize,
        /// Which.
        directive: String,
    },
    /// It is another zone's.
    #[error("it has no record of {zone}")]
    Elsewhere {
        /// The zone.
        zone: DomainName,
    },
}

/// Reads a zone file; records that name no life, where the file names none either, have `ttl` seconds.
///
/// # Errors
/// When the file is not whole, or another zone's. A record that cannot be read is no error.
pub fn read_zone_file(text: &[u8], zone: &DomainName, ttl: u32) -> Result<ZoneFile, ZoneFileError> {
    let elsewhere = || ZoneFileError::Elsewhere { zone: zone.clone() };
    let origin: Name<Bytes> = zone.as_str().parse().map_err(|_| elsewhere())?;
    let mut reading = Reading {
        zone,
        origin,
        default: None,
        last: ttl,
        owner: None,
        is_there: false,
        file: ZoneFile::default(),
    };
    for entry in entries(text).map_err(|line| ZoneFileError::Open { line })? {
        reading.take(&entry)?;
    }
    if reading.is_there { Ok(reading.file) } else { Err(elsewhere()) }
}

/// A file that is being read: what earlier lines said for later ones.
struct Reading<'z> {
    zone: &'z DomainName,
    origin: Name<Bytes>,
    /// The life that `$TTL` says.
    default: Option<u32>,
    /// The life that a record last had.
    last: u32,
    owner: Option<Name<Bytes>>,
    is_there: bool,
    file: ZoneFile,
}

impl Reading<'_> {
    fn take(&mut self, entry: &Entry) -> Result<(), ZoneFileError> {
        let first = entry.words.first().map_or("", String::as_str);
        if !entry.is_indented && first.starts_with('$') {
            return self.directive(entry, first);
        }
        if let Err(why) = self.record(entry) {
            let (owner, kind) = self.named(entry);
            self.file.unread.push(Unsaid { owner, kind, why: format!("line {}: {why}", entry.line) });
        }
        Ok(())
    }

    fn directive(&mut self, entry: &Entry, directive: &str) -> Result<(), ZoneFileError> {
        let value = entry.words.get(1);
        let read = match directive.to_ascii_uppercase().as_str() {
            "$ORIGIN" => value.and_then(|value| self.name(value)).map(|name| self.origin = name),
            "$TTL" => value.and_then(|value| seconds(value)).map(|ttl| self.default = Some(ttl)),
            _ => {
                let directive = directive.to_owned();
                return Err(ZoneFileError::Directive { line: entry.line, directive });
            }
        };
        read.ok_or_else(|| ZoneFileError::Value { line: entry.line, directive: directive.to_owned() })
    }

    /// Takes one record, or says why it cannot.
    fn record(&mut self, entry: &Entry) -> Result<(), String> {
        let mut words = entry.words.as_slice();
        if !entry.is_indented {
            let (first, rest) = words.split_first().ok_or("nothing is written there")?;
            // the name holds for the lines after it, whatever becomes of this record
            self.owner = self.name(first);
            words = rest;
        }
        let owner = self.owner.clone().ok_or("it has no name that can be read")?;
        let Head { ttl, class, kind, value } = Head::of(words);
        if let Some(ttl) = ttl {
            self.last = ttl;
        }
        if class.is_some_and(|class| !class.eq_ignore_ascii_case("IN")) {
            return Err("it is of another class than IN".to_owned());
        }
        let kind = kind.ok_or("it has no type")?;
        let kind =
            kind.parse::<Rtype>().map(Kind::new).map_err(|_| format!("{kind} is no type known here"))?;
        let owner = Owner::new(owner);
        if !owner.is_within(self.zone.as_str()) {
            return Err(format!("it is outside of {}", self.zone));
        }
        self.is_there = true;
        if kind.is_the_servers() {
            // where nothing else says a life, the last figure of the SOA record does (RFC 1035, 3.3.13)
            if kind.rtype() == Rtype::SOA && ttl.is_none() {
                self.last = value.last().and_then(|word| seconds(word)).unwrap_or(self.last);
            }
            return Ok(());
        }
        let data = Data::below(kind, &value.join(" "), &self.origin)?;
        let ttl = ttl.or(self.default).unwrap_or(self.last);
        // records of one name and type have one life (RFC 2181, 5.2): servers take the first
        let set = self.file.records.entry((owner, kind)).or_insert_with(|| RrSet { ttl, data: [].into() });
        set.data.insert(data);
        Ok(())
    }

    /// Name and type of an entry, as far as they can be read.
    fn named(&self, entry: &Entry) -> (String, String) {
        let owner = self.owner.clone().map(Owner::new);
        let words =
            if entry.is_indented { entry.words.as_slice() } else { entry.words.get(1..).unwrap_or_default() };
        let written = || entry.words.first().cloned().unwrap_or_default();
        let owner = owner.map_or_else(written, |owner| super::import::name_of(&owner, self.zone));
        (owner, Head::of(words).kind.unwrap_or("?").to_ascii_uppercase())
    }

    fn name(&self, word: &str) -> Option<Name<Bytes>> {
        if word == "@" {
            return Some(self.origin.clone());
        }
        let is_whole = word.ends_with('.') && !word.ends_with("\\.");
        let origin = self.origin.fmt_with_dot();
        let whole = if is_whole { word.to_owned() } else { format!("{word}.{origin}") };
        whole.parse().ok()
    }
}

/// What stands between name and end of a record.
struct Head<'w> {
    ttl: Option<u32>,
    class: Option<&'w str>,
    kind: Option<&'w str>,
    value: &'w [String],
}

impl<'w> Head<'w> {
    /// Life and class stand before the type, in either order, or not at all.
    fn of(words: &'w [String]) -> Self {
        let mut head = Self { ttl: None, class: None, kind: None, value: words };
        while let Some((word, rest)) = head.value.split_first() {
            let is_class = ["IN", "CH", "HS", "CS"].iter().any(|class| word.eq_ignore_ascii_case(class));
            match seconds(word) {
                Some(ttl) if head.ttl.is_none() => head.ttl = Some(ttl),
                _ if is_class && head.class.is_none() => head.class = Some(word),
                _ => return Self { kind: Some(word), value: rest, ..head },
            }
            head.value = rest;
        }
        head
    }
}

/// A life: seconds, or BIND's `1h30m`.
fn seconds(word: &str) -> Option<u32> {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return word.parse().ok();
    }
    let (mut sum, mut rest) = (0_u32, word);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let (digits, unit) = rest.split_at(end);
        let factor = match unit.bytes().next()?.to_ascii_lowercase() {
            b's' => 1,
            b'm' => 60,
            b'h' => 3600,
            b'd' => 86_400,
            b'w' => 604_800,
            _ => return None,
        };
        sum = sum.checked_add(digits.parse::<u32>().ok()?.checked_mul(factor)?)?;
        rest = unit.get(1..)?;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: &Expect) {
        let zone = "comune.calco.test".parse().unwrap();
        let said = match read_zone_file(text.as_bytes(), &zone, 3600) {
            Err(error) => format!("error: {error}\n"),
            Ok(ZoneFile { records, unread }) => {
                let line = |((owner, kind), set): (&(Owner, Kind), &RrSet)| {
                    format!("{} {} {kind} {}\n", owner.within(&zone), set.ttl, set.to_text(*kind))
                };
                let unread = unread.iter().map(|unsaid| format!("! {unsaid}\n"));
                records.iter().map(line).chain(unread).collect()
            }
        };
        expected.assert_eq(&said);
    }

    #[test]
    fn what_people_write() {
        check(
            "$TTL 1h ; for all\n\
             @ IN SOA ns1 hostmaster ( 1 ; serial\n 1h 15m 1w 5m )\n\
             \tNS ns1.old.test.\n\
             \tMX 10 mail\n\
             @ 1d IN MX 20 @\n\
             mail IN 300 A 192.0.2.1\n\
             \t AAAA 2001:db8::1\n\
             WWW CNAME @\n\
             @ HTTPS 1 . alpn=\"h2,h3\"\n\
             txt TXT \"a; b\" ( \"c\"\n \"d\\\"e\" ) plain\n\
             $ORIGIN _tcp.comune.calco.test.\n\
             _sip 60 SRV 0 5 5060 mail.comune.calco.test.\n\
             \t60 SRV 0 6 5060 sip\n\
             latin TXT \"perch\u{e9}\"",
            &expect![[r#"
                _sip._tcp 60 SRV 0 5 5060 mail.comune.calco.test., 0 6 5060 sip._tcp.comune.calco.test.
                @ 3600 NS ns1.old.test.
                @ 3600 MX 10 mail.comune.calco.test., 20 comune.calco.test.
                @ 3600 HTTPS 1 . alpn=h2,h3
                latin._tcp 3600 TXT "perch\195\169"
                mail 300 A 192.0.2.1
                mail 3600 AAAA 2001:db8::1
                txt 3600 TXT "a; b" "c" "d\"e" "plain"
                www 3600 CNAME comune.calco.test.
            "#]],
        );
    }

    #[test]
    fn what_cannot_be_read_is_named_and_the_rest_taken() {
        check(
            "@ A 192.0.2.1\n\
             loc LOC 46 0 0 N 9 0 0 E 200m\n\
             \tA 192.0.2.300\n\
             \tA 192.0.2.2\n\
             \tTYPE65280 \\# 2 ABCD\n\
             old CH TXT x\n\
             ns.other.test. A 192.0.2.3\n\
             nothing\n\
             a..b A 192.0.2.4\n",
            &expect![[r#"
                @ 3600 A 192.0.2.1
                loc 3600 A 192.0.2.2
                loc 3600 TYPE65280 \# 2 ab cd
                ! loc LOC: line 2: unknown record type with concrete data
                ! loc A: line 3: expected IPv4 address
                ! old TXT: line 6: it is of another class than IN
                ! ns.other.test. A: line 7: it is outside of comune.calco.test
                ! nothing ?: line 8: it has no type
                ! a..b A: line 9: it has no name that can be read
            "#]],
        );
    }

    #[test]
    fn what_goes_on_elsewhere_is_refused() {
        check(
            "@ A 192.0.2.1\n$INCLUDE more.zone\n",
            &expect![[r#"
            error: line 2: $INCLUDE is not followed, and what it stands for would be missing: write its records in its place, or let `named-compilezone -f text -F text -o FLAT ZONE FILE` do it
        "#]],
        );
        check(
            "$GENERATE 1-9 a$ A 192.0.2.$\n",
            &expect![[r#"
            error: line 1: $GENERATE is not followed, and what it stands for would be missing: write its records in its place, or let `named-compilezone -f text -F text -o FLAT ZONE FILE` do it
        "#]],
        );
        check(
            "$TTL soon\n",
            &expect![[r#"
            error: line 1: $TTL has no value that can be read, and what follows depends on it
        "#]],
        );
        check(
            "@ TXT \"open\n@ A 192.0.2.1\n",
            &expect![[r#"
            error: line 1: a quote or parenthesis is opened there and never closed
        "#]],
        );
        check(
            "@ SOA a. b. ( 1 2 3\n",
            &expect![[r#"
            error: line 1: a quote or parenthesis is opened there and never closed
        "#]],
        );
        check(
            "other.test. A 192.0.2.1\n",
            &expect![[r#"
            error: it has no record of comune.calco.test
        "#]],
        );
        check(
            "",
            &expect![[r#"
            error: it has no record of comune.calco.test
        "#]],
        );
    }
}

//! Records of a zone in one form for all: owner, type, time to live, and data in the canonical form of RFC 4034, so that
//! equal is equal, whoever wrote it and whether anybody here can read it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bytes::Bytes;
use domain::base::iana::{Class, Rtype};
use domain::base::name::{Name, ToName};
use domain::base::rdata::{ComposeRecordData, ParseAnyRecordData};
use domain::base::zonefile_fmt::{DisplayKind, ZonefileFmt};
use domain::dep::octseq::Parser;
use domain::rdata::AllRecordData;
use domain::zonefile::inplace::{Entry, Zonefile};
use serde::{Serialize, Serializer};

use crate::document::values::DomainName;

/// Longest part of a TXT record, in bytes (RFC 1035, 3.3).
const STRING: usize = 255;

/// The owner of records: a name in full, lower case, as a zone file writes it, without the last dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Owner(String);

/// A type of records: `A`, or `TYPE65280` for one without a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(Rtype);

/// The data of one record, in canonical wire form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Data(Vec<u8>);

/// The records of one owner and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RrSet {
    /// How long resolvers may keep them, in seconds.
    pub ttl: u32,
    /// Their data.
    pub data: BTreeSet<Data>,
}

/// Records by owner and type.
pub type Records = BTreeMap<(Owner, Kind), RrSet>;

impl Owner {
    /// The owner with this name.
    pub fn new(name: impl ToName) -> Self {
        Self(name.to_vec().to_string().to_ascii_lowercase())
    }

    /// The owner as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name that stands under `zone` by these labels; `@` is the zone itself.
    pub fn under(labels: &str, zone: &DomainName) -> Self {
        if labels == "@" { Self::from(zone) } else { Self(format!("{labels}.{zone}").to_ascii_lowercase()) }
    }

    /// The name that this one stands under: `a.test` for `www.a.test`.
    pub fn above(&self) -> Option<Self> {
        self.0.split_once('.').map(|(_, rest)| Self(rest.to_owned()))
    }

    /// Whether this is `zone` itself or stands under it.
    pub fn is_within(&self, zone: &str) -> bool {
        self.0.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// How a document of the zone names it: `@` or `www`.
    pub fn within(&self, zone: &DomainName) -> &str {
        match self.0.strip_suffix(zone.as_str()) {
            Some("") => "@",
            Some(rest) => rest.trim_end_matches('.'),
            None => &self.0,
        }
    }
}

impl From<&DomainName> for Owner {
    fn from(name: &DomainName) -> Self {
        Self(name.as_str().to_owned())
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Kind {
    /// IPv4 address.
    pub const A: Self = Self(Rtype::A);
    /// IPv6 address.
    pub const AAAA: Self = Self(Rtype::AAAA);
    /// Another name of the same.
    pub const CNAME: Self = Self(Rtype::CNAME);
    /// Who may issue certificates.
    pub const CAA: Self = Self(Rtype::CAA);
    /// Whole sub-tree under another name.
    pub const DNAME: Self = Self(Rtype::DNAME);
    /// Key of a delegated zone.
    pub const DS: Self = Self(Rtype::DS);
    /// Mail servers.
    pub const MX: Self = Self(Rtype::MX);
    /// Start of a zone.
    pub const SOA: Self = Self(Rtype::SOA);
    /// Name servers.
    pub const NS: Self = Self(Rtype::NS);
    /// Text.
    pub const TXT: Self = Self(Rtype::TXT);

    /// The type with this number.
    pub fn new(rtype: Rtype) -> Self {
        Self(rtype)
    }

    /// The type with this mnemonic.
    pub fn named(mnemonic: &str) -> Option<Self> {
        Rtype::from_mnemonic(mnemonic.as_bytes()).map(Self)
    }

    /// Its number.
    pub fn rtype(self) -> Rtype {
        self.0
    }

    /// Whether the server keeps these records by itself: the start of the zone, and what signing makes (RFC 4034, 5155,
    /// 7344, 8976).
    pub fn is_the_servers(self) -> bool {
        matches!(
            self.0,
            Rtype::SOA
                | Rtype::RRSIG
                | Rtype::NSEC
                | Rtype::NSEC3
                | Rtype::NSEC3PARAM
                | Rtype::DNSKEY
                | Rtype::CDS
                | Rtype::CDNSKEY
                | Rtype::ZONEMD
        ) || self.0.to_int() == PRIVATE
    }
}

/// The type in which BIND notes how far signing has come.
const PRIVATE: u16 = 65_534;

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl Data {
    /// The data in these bytes, names in them without compression.
    pub fn new(canonical: Vec<u8>) -> Self {
        Self(canonical)
    }

    /// An address, with the type that it takes.
    pub fn address(address: std::net::IpAddr) -> (Kind, Self) {
        match address {
            std::net::IpAddr::V4(address) => (Kind::A, Self(address.octets().to_vec())),
            std::net::IpAddr::V6(address) => (Kind::AAAA, Self(address.octets().to_vec())),
        }
    }

    /// The name of a host, as NS, CNAME and PTR have it.
    pub fn host(name: &DomainName) -> Self {
        let mut wire = Vec::with_capacity(name.as_str().len() + 2);
        for label in name.as_str().split('.') {
            // a domain name's labels have at most 63 octets
            wire.push(u8::try_from(label.len()).unwrap_or(u8::MAX));
            wire.extend_from_slice(label.as_bytes());
        }
        wire.push(0);
        Self(wire)
    }

    /// Who may issue certificates, by a tag such as `issue` (RFC 8659, 4.1.1).
    pub fn authority(tag: &str, value: &str) -> Self {
        // a tag of ours has a few letters
        let length = u8::try_from(tag.len()).unwrap_or(u8::MAX);
        Self([&[0, length], tag.as_bytes(), value.as_bytes()].concat())
    }

    /// A text, in as many parts as it takes.
    pub fn text(text: &str) -> Self {
        let parts = text.as_bytes().chunks(STRING);
        let mut wire = Vec::with_capacity(text.len() + text.len() / STRING + 1);
        for part in parts {
            // a part has at most 255 bytes
            wire.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
            wire.extend_from_slice(part);
        }
        if wire.is_empty() {
            wire.push(0);
        }
        Self(wire)
    }

    /// The data that a zone file with this origin would mean by `value`.
    ///
    /// # Errors
    /// Why it is not of this type, in the words of the parser.
    pub fn parse(kind: Kind, value: &str, zone: &DomainName) -> Result<Self, String> {
        let origin = zone.as_str().parse::<Name<Bytes>>().map_err(|error| error.to_string())?;
        Self::below(kind, value, &origin)
    }

    /// The same, with an origin that need not be a domain of hosts.
    ///
    /// # Errors
    /// Why it is not of this type, in the words of the parser.
    pub fn below(kind: Kind, value: &str, origin: &Name<Bytes>) -> Result<Self, String> {
        let mut file = Zonefile::new();
        file.set_origin(origin.clone());
        file.set_default_class(Class::IN);
        file.extend_from_slice(format!("@ 0 IN {kind} {}\n", spelt_out(kind, value, origin)).as_bytes());
        let entry = file.next_entry().map_err(|error| plain(&error.to_string()))?;
        let Some(Entry::Record(record)) = entry else { return Err("nothing is written there".to_owned()) };
        match file.next_entry() {
            Ok(None) => Ok(Self::of(record.data())),
            _ => Err("it is more than one record".to_owned()),
        }
    }

    /// The data of a record that was read.
    pub fn of(data: &impl ComposeRecordData) -> Self {
        let mut wire = Vec::new();
        // writing to a vector does not fail
        let _ = data.compose_canonical_rdata(&mut wire);
        Self(wire)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The data as a zone file writes them.
    pub fn to_text(&self, kind: Kind) -> String {
        let mut parser = Parser::from_ref(self.0.as_slice());
        match AllRecordData::parse_any_rdata(kind.rtype(), &mut parser) {
            Ok(data) if parser.remaining() == 0 => data.display_zonefile(DisplayKind::Simple).to_string(),
            _ => {
                let text = format!("\\# {} ", self.0.len());
                self.0.iter().fold(text, |text, byte| format!("{text}{byte:02X}"))
            }
        }
    }

    /// The address that the data of an A or AAAA record are.
    pub fn to_address(&self) -> Option<std::net::IpAddr> {
        let four = <[u8; 4]>::try_from(self.0.as_slice()).map(std::net::IpAddr::from);
        four.or_else(|_| <[u8; 16]>::try_from(self.0.as_slice()).map(std::net::IpAddr::from)).ok()
    }

    /// The host that the data name, of types that name one: NS, CNAME, MX, SRV.
    pub fn target(&self, kind: Kind) -> Option<Owner> {
        let skipped = match kind.rtype() {
            Rtype::NS | Rtype::CNAME | Rtype::PTR => 0,
            Rtype::MX => 2,
            Rtype::SRV => 6,
            _ => return None,
        };
        let name = Name::from_octets(self.0.get(skipped..)?).ok()?;
        Some(Owner::new(name))
    }
}

/// The parser knows `@` as an owner alone, and no quotes in parameters: in a value it is written in full, and without them.
fn spelt_out<'v>(kind: Kind, value: &'v str, origin: &Name<Bytes>) -> Cow<'v, str> {
    let has_names = !matches!(kind.rtype(), Rtype::TXT | Rtype::CAA);
    let has_parameters = matches!(kind.rtype(), Rtype::SVCB | Rtype::HTTPS);
    let is_short = |word: &str| word == "@" || has_parameters && without_quotes(word).is_some();
    // two lines are two records, and stay so
    if !has_names || value.contains('\n') || !value.split_whitespace().any(is_short) {
        return Cow::Borrowed(value);
    }
    let origin = origin.fmt_with_dot().to_string();
    let words = value.split_whitespace().map(|word| match word {
        "@" => origin.clone(),
        word if has_parameters => without_quotes(word).unwrap_or_else(|| word.to_owned()),
        word => word.to_owned(),
    });
    Cow::Owned(words.collect::<Vec<_>>().join(" "))
}

/// `alpn=h2` for `alpn="h2"`, which is the same (RFC 9460, 2.1), where nothing in it needs the quotes.
fn without_quotes(word: &str) -> Option<String> {
    let (key, value) = word.split_once("=\"")?;
    let value = value.strip_suffix('"')?;
    let needs_none = !value.is_empty() && !value.contains(['"', '\\', ';', '(', ')']);
    needs_none.then(|| format!("{key}={value}"))
}

/// The parser's words without its place in a text that nobody else sees.
fn plain(error: &str) -> String {
    error.rsplit_once(": ").map_or(error, |(_, words)| words).to_owned()
}

impl RrSet {
    /// One record.
    pub fn one(ttl: u32, data: Data) -> Self {
        Self { ttl, data: [data].into() }
    }

    /// The data in words, one after the other.
    pub fn to_text(&self, kind: Kind) -> String {
        let texts: Vec<String> = self.data.iter().map(|data| data.to_text(kind)).collect();
        texts.join(", ")
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: &str, value: &str, expected: &str) {
        let kind = Kind::named(kind).unwrap();
        let origin = "comune.barzago.lc.test".parse().unwrap();
        let text = Data::parse(kind, value, &origin).map(|data| data.to_text(kind));
        assert_eq!(text.unwrap_or_else(|why| format!("error: {why}")), expected, "{kind} {value}");
    }

    #[test]
    fn values_of_every_type() {
        check("A", "192.0.2.1", "192.0.2.1");
        check("A", "192.0.2.256", "error: expected IPv4 address");
        check("AAAA", "2001:DB8::1", "2001:db8::1");
        check("CNAME", "@", "comune.barzago.lc.test.");
        check("CNAME", "Www", "www.comune.barzago.lc.test.");
        check("MX", "10 mail.example.test.", "10 mail.example.test.");
        check("MX", "mail.example.test.", "error: expected decimal number");
        check("SRV", "0 5 443 www", "0 5 443 www.comune.barzago.lc.test.");
        check("CAA", "0 issue \"letsencrypt.org\"", "0 issue \"letsencrypt.org\"");
        check("TLSA", "3 1 1 00ff", "3 1 1 00FF");
        check("SSHFP", "4 2 00ff", "4 2 00FF");
        check("HTTPS", "1 . alpn=h2", "1 . alpn=h2");
        check("HTTPS", "1 @ alpn=\"h2,h3\" port=443", "1 comune.barzago.lc.test. alpn=h2,h3 port=443");
        check("PTR", "host", "host.comune.barzago.lc.test.");
        check("TXT", "\"one\" \"two\"", "\"one\" \"two\"");
        check("A", "192.0.2.1\n@ 0 IN A 192.0.2.2", "error: it is more than one record");
    }

    #[test]
    fn texts_are_split() {
        let data = Data::text(&"x".repeat(256));
        assert_eq!((data.as_bytes()[0], data.as_bytes()[256], data.as_bytes().len()), (255, 1, 258));
        assert_eq!(Data::text("").as_bytes(), [0]);
    }

    #[test]
    fn what_cannot_be_read_is_shown_as_bytes() {
        assert_eq!(Data::new(vec![1, 2]).to_text(Kind::A), "\\# 2 0102");
    }
}

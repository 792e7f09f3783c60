//! An answer of a name server, and what stands in it.

use std::net::IpAddr;

use bytes::Bytes;
use domain::base::iana::Rcode;
use domain::base::name::ParsedName;
use domain::base::rdata::{ParseRecordData, UnknownRecordData};
use domain::base::{Message, ParsedRecord, Record, Rtype};
use domain::rdata::{A, Aaaa, Caa, Cname, Mx, Ns, Soa, Txt};

use crate::records::dane::Tlsa;

/// Most records of one kind that are read from an answer.
const MOST_RECORDS: usize = 256;

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply(Message<Bytes>);

type Parsed<Data> = Record<ParsedName<Bytes>, Data>;

impl Reply {
    pub(super) fn new(message: Message<Bytes>) -> Self {
        Self(message)
    }

    pub(super) fn length(&self) -> usize {
        self.0.as_slice().len()
    }

    /// What the server says of the question as a whole.
    pub fn code(&self) -> Rcode {
        self.0.header().rcode()
    }

    /// The name exists, or one below it does.
    pub fn exists(&self) -> bool {
        self.code() == Rcode::NOERROR
    }

    /// The resolver validated it by DNSSEC.
    pub fn is_validated(&self) -> bool {
        self.0.header().ad()
    }

    /// The server answers of its own knowledge.
    pub fn is_authoritative(&self) -> bool {
        self.0.header().aa()
    }

    /// The server offers to find out for others.
    pub fn offers_recursion(&self) -> bool {
        self.0.header().ra()
    }

    /// It did not fit.
    pub fn is_cut(&self) -> bool {
        self.0.header().tc()
    }

    /// A and AAAA.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let four = self.answers::<A>().into_iter().map(|record| IpAddr::V4(record.data().addr()));
        let six = self.answers::<Aaaa>().into_iter().map(|record| IpAddr::V6(record.data().addr()));
        four.chain(six).collect()
    }

    /// TXT, each record's strings put together; bytes that are no UTF-8 become U+FFFD.
    pub fn texts(&self) -> Vec<String> {
        let text = |record: Parsed<Txt<Bytes>>| {
            let octets: Vec<u8> = record.data().iter().flatten().copied().collect();
            String::from_utf8_lossy(&octets).into_owned()
        };
        self.answers().into_iter().map(text).collect()
    }

    /// MX: preference and host, by preference.
    pub fn exchangers(&self) -> Vec<(u16, String)> {
        let both = |record: Parsed<Mx<ParsedName<Bytes>>>| {
            (record.data().preference(), text(record.data().exchange()))
        };
        sorted(self.answers().into_iter().map(both))
    }

    /// NS in the answer, in alphabetical order.
    pub fn name_servers(&self) -> Vec<String> {
        sorted(self.answers::<Ns<ParsedName<_>>>().into_iter().map(|record| text(record.data().nsdname())))
    }

    /// NS of this zone in the part of the answer where a parent delegates.
    pub fn delegates(&self, zone: &str) -> Vec<String> {
        let mine = |record: &Parsed<Ns<ParsedName<Bytes>>>| text(record.owner()).eq_ignore_ascii_case(zone);
        sorted(self.authority().into_iter().filter(mine).map(|record| text(record.data().nsdname())))
    }

    /// The serial of the SOA record that was asked for.
    pub fn serial(&self) -> Option<u32> {
        let soa = self.answers::<Soa<ParsedName<_>>>();
        soa.first().map(|record| record.data().serial().into_int())
    }

    /// The owner of the SOA record that was asked for, or that says why there is nothing: the zone.
    pub fn zone(&self) -> Option<String> {
        let answer = self.answers::<Soa<ParsedName<_>>>();
        let authority = self.authority::<Soa<ParsedName<_>>>();
        answer.first().or(authority.first()).map(|record| text(record.owner()))
    }

    /// CAA: flags, tag, value.
    pub fn caa(&self) -> Vec<(u8, String, String)> {
        let all = |record: Parsed<Caa<Bytes>>| {
            let caa = record.data();
            let value = String::from_utf8_lossy(caa.value()).into_owned();
            (caa.flags().bits(), caa.tag().to_string().to_ascii_lowercase(), value)
        };
        sorted(self.answers().into_iter().map(all))
    }

    /// TLSA.
    pub fn tlsa(&self) -> Vec<Tlsa> {
        let all = |record: Parsed<UnknownRecordData<Bytes>>| {
            let data: &[u8] = record.data().data();
            let (&[usage, selector, matching], data) = data.split_first_chunk()?;
            Some(Tlsa { usage, selector, matching, data: data.to_vec() })
        };
        let mine = self.answers().into_iter().filter(|record| record.rtype() == Rtype::TLSA);
        sorted(mine.filter_map(all))
    }

    /// The name is another name for a name.
    pub fn is_alias(&self) -> bool {
        let Ok(answers) = self.0.answer() else { return false };
        answers.limit_to::<Cname<ParsedName<_>>>().any(|record| record.is_ok())
    }

    /// Records of the name that was asked for, or of the name that it is another name for.
    fn answers<Data>(&self) -> Vec<Parsed<Data>>
    where
        Data: for<'a> ParseRecordData<'a, Bytes>,
    {
        let (Ok(answers), Some(name)) = (self.0.answer(), self.0.canonical_name()) else { return Vec::new() };
        let mine = answers.flatten().filter(|record| record.owner() == name);
        mine.filter_map(|record| parsed(&record)).take(MOST_RECORDS).collect()
    }

    fn authority<Data>(&self) -> Vec<Parsed<Data>>
    where
        Data: for<'a> ParseRecordData<'a, Bytes>,
    {
        let Ok(authority) = self.0.authority() else { return Vec::new() };
        authority.flatten().filter_map(|record| parsed(&record)).take(MOST_RECORDS).collect()
    }

    /// Reads all that can be read.
    #[cfg(test)]
    pub(super) fn read_all(&self) {
        let _ = (self.addresses(), self.texts(), self.exchangers(), self.name_servers(), self.serial());
        let _ = (self.zone(), self.caa(), self.tlsa(), self.is_alias(), self.delegates("example.test"));
    }
}

fn parsed<Data>(record: &ParsedRecord<'_, Bytes>) -> Option<Parsed<Data>>
where
    Data: for<'a> ParseRecordData<'a, Bytes>,
{
    record.to_record::<Data>().ok().flatten()
}

/// A name as text: in lower case, without the dot at its end; the root is empty.
fn text(name: &ParsedName<Bytes>) -> String {
    name.to_string().trim_end_matches('.').to_ascii_lowercase()
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort();
    items
}

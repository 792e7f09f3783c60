//! Asks anybody for the records of a name, and follows CNAMEs as far as the answer does.

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;

use campanile_plan::domain::{Data, Kind, Owner};
use domain::base::RecordSection;
use domain::base::iana::Rcode;
use domain::base::name::ParsedName;
use domain::rdata::AllRecordData;

use super::asked::ask;

/// Most records of one answer that are looked at.
const MOST_RECORDS: usize = 1000;
/// Most names that lead one to the next.
const MOST_STEPS: usize = 16;

/// What an answer has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where CNAMEs lead; the name itself where there are none.
    pub owner: Owner,
    /// The records there.
    pub data: BTreeSet<Data>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// Nobody answers, or what cannot be read.
    Silent(String),
    /// It does not have the name.
    NotTheirs,
    /// It says no.
    Refused(Rcode),
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent(why) => write!(f, "it does not answer ({why})"),
            Self::NotTheirs => f.write_str("it does not have the zone"),
            Self::Refused(code) => write!(f, "it answers {code}"),
        }
    }
}

/// Asks a name server for what it has itself, or, if `recurse`, a resolver for what the world says.
///
/// # Errors
/// When there is no answer; that there are no records is one.
pub async fn look_up(
    server: SocketAddr,
    (owner, kind): (&Owner, Kind),
    recurse: bool,
) -> Result<Found, NoAnswer> {
    let answer = ask(server, (owner, kind.rtype()), recurse).await;
    let answer = answer.map_err(|error| NoAnswer::Silent(error.to_string()))?;
    match answer.header().rcode() {
        Rcode::NOERROR | Rcode::NXDOMAIN if recurse || answer.header().aa() => {}
        Rcode::NOERROR => return Err(NoAnswer::NotTheirs),
        code => return Err(NoAnswer::Refused(code)),
    }
    Ok(follow(owner, kind, &records(answer.answer())))
}

/// What can be read in a section of a message, which may not be readable itself.
pub(super) fn records<E>(section: Result<RecordSection<'_, Vec<u8>>, E>) -> Vec<(Owner, Kind, Data)> {
    let records = section.into_iter().flatten().take(MOST_RECORDS).filter_map(Result::ok);
    let read = records.filter_map(|record| {
        let parsed = record.to_any_record::<AllRecordData<_, ParsedName<_>>>().ok()?;
        Some((Owner::new(record.owner()), Kind::new(record.rtype()), Data::of(parsed.data())))
    });
    read.collect()
}

fn follow(owner: &Owner, kind: Kind, records: &[(Owner, Kind, Data)]) -> Found {
    let mut owner = owner.clone();
    for _ in 0..MOST_STEPS {
        let next = records.iter().find(|(of, kind, _)| *of == owner && *kind == Kind::CNAME);
        let Some(next) = next.and_then(|(_, kind, data)| data.target(*kind)) else { break };
        owner = next;
    }
    let theirs = records.iter().filter(|(of, of_kind, _)| *of == owner && *of_kind == kind);
    let data = theirs.map(|(.., data)| data.clone()).collect();
    Found { owner, data }
}

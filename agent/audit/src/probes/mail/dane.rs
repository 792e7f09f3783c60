//! DANE of a mail exchanger (RFC 7672).

use domain::base::Rtype;

use super::super::Eyes;
use crate::Answer;
use crate::facts::Dane;

/// The TLSA records of a mail server's port, and whether the chain that it serves fits one; none where it has no records.
pub(super) async fn of(eyes: &Eyes, host: &str, port: u16, served: &[Vec<Vec<u8>>]) -> Answer<Dane> {
    let reply = match eyes.resolver.query(&format!("_{port}._tcp.{host}"), Rtype::TLSA).await {
        Answer::Known(reply) => reply,
        Answer::Unknown { unknown } => return Answer::unknown(unknown),
    };
    let records = reply.tlsa();
    let fits = if records.is_empty() {
        Answer::unknown("there is no record")
    } else if served.is_empty() {
        Answer::unknown("no chain was seen")
    } else {
        // whichever chain a sender gets must fit
        Answer::Known(served.iter().all(|chain| records.iter().any(|record| record.fits(chain))))
    };
    let secure = !records.is_empty() && reply.is_validated();
    Answer::Known(Dane {
        records: records.iter().map(crate::records::dane::Tlsa::text).collect(),
        secure,
        fits,
    })
}

//! SSL 2 (draft-hickman-netscape-ssl-00, 1995), which has hellos of its own. It must be gone (RFC 6176), and a server that
//! still has it endangers every other one with the same key (DROWN, CVE-2016-0800).

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

use super::ask::Server;
use super::bytes::Bytes;
use super::random;
use super::said::{Kind, Silence};
use crate::Answer;
use crate::facts::VersionFacts;
use crate::registry::{SSL2_SUITES, Suite};

/// The most that is read: an honest server hello is one record of two certificates' length.
const MOST_BYTES: usize = 32 * 1024;

/// What came back.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    /// A server hello of SSL 2 with these cipher kinds.
    Hello(Vec<u32>),
    /// An alert or an error, or something that is none of SSL 2.
    No,
    /// More may come.
    Incomplete,
}

/// Asks. A server that has no SSL 2 has no other way to say so than to end the connection, or to answer in TLS: what ends
/// twice, the second time after a rest, while the server answers other hellos, is a no.
pub(super) async fn look(server: &Server<'_>) -> VersionFacts {
    let mut offered = Answer::default();
    for rest in [Duration::ZERO, server.eyes.patience.least] {
        sleep(rest).await;
        match ask(server).await {
            Ok(Heard::Hello(kinds)) => {
                let known = |kind: &u32| SSL2_SUITES.iter().any(|(number, _)| number == kind);
                let mut suites: Vec<Suite> = kinds.into_iter().filter(known).map(Suite).collect();
                suites.sort_unstable();
                suites.dedup();
                let server_preference = Answer::unknown("the client picks in SSL 2");
                return VersionFacts { offered: true.into(), suites, complete: true, server_preference };
            }
            Ok(Heard::No | Heard::Incomplete) => {
                offered = false.into();
                break;
            }
            Err(silence) if silence.kind == Kind::Ended && server.has_answered() => offered = false.into(),
            Err(silence) => offered = Answer::unknown(silence.why),
        }
        if !server.has_answered() {
            break;
        }
    }
    VersionFacts { complete: offered.is_no(), offered, ..VersionFacts::default() }
}

async fn ask(server: &Server<'_>) -> Result<Heard, Silence> {
    let mut connection = server.connect().await?;
    let patience = server.patience_after(Duration::ZERO);
    let silent = |kind, why: &str| Err(Silence::new(kind, why));
    if connection.write_all(&hello(&random())).await.is_err() {
        return silent(Kind::Ended, "it did not read the hello");
    }
    let mut bytes = Vec::new();
    let heard = loop {
        match timeout(patience, connection.read_buf(&mut bytes)).await {
            Err(_) if bytes.is_empty() => break silent(Kind::Late, "no answer to a hello of SSL 2"),
            Ok(Ok(0) | Err(_)) if bytes.is_empty() => break silent(Kind::Ended, "it ended the connection"),
            Err(_) | Ok(Ok(0) | Err(_)) => break Ok(Heard::Incomplete),
            Ok(Ok(_)) => {}
        }
        let heard = hear(&bytes);
        if heard != Heard::Incomplete || bytes.len() > MOST_BYTES {
            break Ok(heard);
        }
    };
    connection.abandon();
    heard
}

/// A client hello with every cipher kind.
fn hello(random: &[u8; 64]) -> Vec<u8> {
    let mut body = vec![1, 0, 2];
    let kinds: Vec<u8> =
        SSL2_SUITES.iter().flat_map(|(number, _)| number.to_be_bytes()[1..].to_vec()).collect();
    for length in [kinds.len(), 0, 16] {
        body.extend_from_slice(&u16::try_from(length).unwrap_or(0).to_be_bytes());
    }
    body.extend_from_slice(&kinds);
    body.extend_from_slice(&random[..16]);
    let mut record = (0x8000 | u16::try_from(body.len()).unwrap_or(0)).to_be_bytes().to_vec();
    record.extend_from_slice(&body);
    record
}

/// Reads a record: of two bytes' head, or of three with padding.
fn hear(bytes: &[u8]) -> Heard {
    let mut rest = Bytes(bytes);
    let Some(head) = rest.two() else { return Heard::Incomplete };
    // Records of TLS begin with their type, which has no high bit.
    let is_short = head & 0x8000 != 0;
    if !is_short && (20..=24).contains(&(head >> 8)) {
        return Heard::No;
    }
    let length = usize::from(head & if is_short { 0x7fff } else { 0x3fff });
    if !is_short && rest.one().is_none() {
        return Heard::Incomplete;
    }
    match rest.take(length) {
        Some(body) if body.first() == Some(&4) => kinds(body).map_or(Heard::No, Heard::Hello),
        Some(_) => Heard::No,
        None if rest.0.first().is_some_and(|kind| *kind != 4) => Heard::No,
        None => Heard::Incomplete,
    }
}

/// The cipher kinds of a server hello.
fn kinds(body: &[u8]) -> Option<Vec<u32>> {
    let mut rest = Bytes(body.get(3..)?);
    if rest.two()? != 2 {
        return None;
    }
    let (certificate, kinds, _) = (rest.two()?, rest.two()?, rest.two()?);
    rest.take(usize::from(certificate))?;
    let kinds = rest.take(usize::from(kinds))?;
    let number = |kind: &[u8]| kind.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
    Some(kinds.chunks_exact(3).map(number).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_server_hello_is_told_from_everything_else() {
        let body = [&[4, 0, 1, 0, 2, 0, 1, 0, 6, 0, 0, 0x30][..], &[1, 0, 0x80, 7, 0, 0xc0]].concat();
        let record = [&[0x80, 18], body.as_slice()].concat();
        assert_eq!(hear(&record), Heard::Hello(vec![0x01_00_80, 0x07_00_c0]));
        assert_eq!(hear(&record[..9]), Heard::Incomplete);
        assert_eq!(hear(&[21, 3, 1, 0, 2, 2, 70]), Heard::No);
        assert_eq!(hear(&[0x80, 3, 0, 0, 1]), Heard::No);
        assert_eq!(hear(b"HTTP/1.1 400 Bad Request\r\n"), Heard::No);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            hear(&bytes);
            kinds(&bytes);
        }
    }
}

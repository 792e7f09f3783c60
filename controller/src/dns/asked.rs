//! What anybody can ask: each name server for a zone's serial, a validating resolver for the chain of its signatures.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use campanile_plan::document::values::DomainName;
use campanile_plan::domain::{Delegation, DelegationSigner};
use domain::base::iana::{Opcode, Rcode};
use domain::base::{Message, Name, Rtype};
use domain::rdata::Ds;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use super::error::DnsError;
use super::server::message;
use super::transfer::serial_in;

/// How long one question by UDP is waited for, and how often it is asked.
const PATIENCE: Duration = Duration::from_secs(2);
const TRIES: usize = 2;
/// What an answer by UDP may have (RFC 9715).
const UDP_BYTES: u16 = 1400;

/// The serial of a zone at one of its name servers, or why it gives none.
pub async fn served(server: SocketAddr, zone: &DomainName) -> Result<u32, String> {
    let answer = ask(server, (zone, Rtype::SOA), false).await.map_err(|error| error.to_string())?;
    match (answer.header().rcode(), answer.header().aa(), serial_in(&answer)) {
        (Rcode::NOERROR, true, Some(serial)) => Ok(serial),
        (Rcode::NOERROR, ..) => Err("it does not have the zone".to_owned()),
        (code, ..) => Err(format!("it answers {code}")),
    }
}

/// What a validating resolver says of a zone.
pub async fn delegation(resolver: SocketAddr, zone: &DomainName) -> Delegation {
    let answer = match ask(resolver, (zone, Rtype::SOA), true).await {
        Ok(answer) => answer,
        Err(error) => {
            return Delegation::Unknown(format!("the resolver {resolver} does not answer: {error}"));
        }
    };
    match (answer.header().rcode(), answer.header().ad()) {
        (Rcode::NOERROR, true) => Delegation::Secure,
        (Rcode::NOERROR, false) => Delegation::Insecure,
        (Rcode::SERVFAIL, _) => Delegation::Bogus("the resolver refuses its data (SERVFAIL)".to_owned()),
        (Rcode::NXDOMAIN, _) => {
            Delegation::Unknown("the parent does not know the zone (NXDOMAIN)".to_owned())
        }
        (code, _) => Delegation::Unknown(format!("the resolver answers {code}")),
    }
}

/// The DS records of a zone that its parent has, as a resolver finds them; none where it finds no answer.
pub async fn signers(resolver: SocketAddr, zone: &DomainName) -> Option<BTreeSet<DelegationSigner>> {
    let answer = ask(resolver, (zone, Rtype::DS), true).await.ok()?;
    if answer.header().rcode() != Rcode::NOERROR {
        return None;
    }
    let records = answer.answer().ok()?.limit_to::<Ds<_>>();
    let signers = records.flatten().map(|record| DelegationSigner {
        tag: record.data().key_tag(),
        algorithm: record.data().algorithm().to_int(),
        digest_type: record.data().digest_type().to_int(),
        digest: record.data().digest().to_vec(),
    });
    Some(signers.collect())
}

/// Asks for records: by UDP, and by TCP where the answer is cut.
pub(super) async fn ask(
    server: SocketAddr,
    about: (&impl Display, Rtype),
    recurse: bool,
) -> io::Result<Message<Vec<u8>>> {
    let question = question(about, recurse).map_err(io::Error::other)?;
    let mut last = io::Error::from(io::ErrorKind::TimedOut);
    for _ in 0..TRIES {
        match tokio::time::timeout(PATIENCE, by_udp(server, &question)).await {
            Ok(Ok(answer)) if answer.header().tc() => {
                return tokio::time::timeout(PATIENCE, by_tcp(server, &question)).await?;
            }
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => last = error,
            Err(_) => {}
        }
    }
    Err(last)
}

fn question((name, rtype): (&impl Display, Rtype), recurse: bool) -> Result<Vec<u8>, DnsError> {
    let parsed = name.to_string().parse::<Name<Vec<u8>>>();
    let name = parsed.map_err(|error| DnsError::Malformed(format!("{name}: {error}")))?;
    let failed = |error: domain::base::message_builder::PushError| DnsError::Malformed(error.to_string());
    let mut message = message(Opcode::QUERY)?;
    message.header_mut().set_rd(recurse);
    message.header_mut().set_ad(recurse);
    let mut message = message.question();
    message.push((name, rtype)).map_err(failed)?;
    let mut message = message.additional();
    message
        .opt(|options| {
            options.set_udp_payload_size(UDP_BYTES);
            Ok(())
        })
        .map_err(failed)?;
    Ok(message.finish())
}

async fn by_udp(server: SocketAddr, question: &[u8]) -> io::Result<Message<Vec<u8>>> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(server).await?;
    socket.send(question).await?;
    let mut octets = vec![0; usize::from(UDP_BYTES)];
    loop {
        let length = socket.recv(&mut octets).await?;
        // what does not answer this question is not for us
        if let Some(answer) = answer_to(question, &octets[..length]) {
            return Ok(answer);
        }
    }
}

async fn by_tcp(server: SocketAddr, question: &[u8]) -> io::Result<Message<Vec<u8>>> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_u16(u16::try_from(question.len()).unwrap_or(u16::MAX)).await?;
    stream.write_all(question).await?;
    let mut octets = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut octets).await?;
    answer_to(question, &octets).ok_or_else(|| io::Error::other("it answers another question"))
}

/// The message, if it answers this question.
fn answer_to(question: &[u8], octets: &[u8]) -> Option<Message<Vec<u8>>> {
    let answer = Message::from_octets(octets.to_vec()).ok()?;
    let question = Message::from_octets(question).ok()?;
    let same = answer.header().qr() && answer.header().id() == question.header().id();
    let asked = |message: Option<_>| {
        message == question.sole_question().ok().map(|asked| (asked.qname().to_string(), asked.qtype()))
    };
    let answered = answer.sole_question().ok().map(|asked| (asked.qname().to_string(), asked.qtype()));
    (same && asked(answered)).then_some(answer)
}

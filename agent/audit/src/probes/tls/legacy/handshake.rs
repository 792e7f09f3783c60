//! The handshake of TLS 1.0 to 1.2 (RFC 5246, 7.3), without anything that would make it secure.

use std::net::IpAddr;

use tokio::io::AsyncWriteExt;

use super::super::bytes::Bytes;
use super::super::hello::{Hello, Shares, put_vector};
use super::super::list;
use super::super::server_hello::ServerHello;
use super::exchange::{self, CURVES, random};
use super::records;
use super::stream::next;
use super::suite::{OFFERED, Suite};
use super::{Refused, Stream};
use crate::probes::Connection;
use crate::registry::Version;

/// The longest message, and the most that is said in a handshake.
const MOST: usize = 256 * 1024;
/// The extension by which the master secret depends on all that was said (RFC 7627).
const EXTENDED: u16 = 23;

/// Connects as a browser of long ago would. Gives the certificates too, as they were served.
pub async fn connect(connection: Connection, host: &str) -> Result<(Stream, Vec<Vec<u8>>), Refused> {
    let mut talk = Talk { connection, came: Vec::new(), unread: Vec::new(), said: Vec::new() };
    let bytes = random(64)?;
    let random: &[u8; 64] = bytes.first_chunk().ok_or(Refused::Odd("no random bytes"))?;
    let record = hello(host).record(random);
    talk.said.extend_from_slice(&record[5..]);
    talk.send(&record).await?;
    let flight = talk.flight().await?;
    let picked = &flight.picked;
    let first = flight.certificates.first().map(Vec::as_slice).unwrap_or_default();
    let agreed = exchange::agree(picked.suite.exchange, first, flight.exchange.as_deref())?;
    let mut answer = Vec::new();
    if flight.wants_certificate {
        answer.extend(talk.say(11, &[0, 0, 0]));
    }
    answer.extend(talk.say(16, &agreed.said));
    let prf = picked.suite.prf;
    let randoms = [&random[..32], &picked.random].concat();
    let master = if picked.extended {
        prf.expand(&agreed.secret, "extended master secret", &prf.digest(&talk.said), 48)
    } else {
        prf.expand(&agreed.secret, "master secret", &randoms, 48)
    };
    let seed = [&picked.random, &random[..32]].concat();
    let material = prf.expand(&master, "key expansion", &seed, records::material(&picked.suite));
    let halves = records::halves(&picked.suite, picked.version, &material);
    let (mut sealer, mut opener) = halves.ok_or(Refused::Odd("its keys cannot be used"))?;

    let finished = prf.expand(&master, "client finished", &prf.digest(&talk.said), 12);
    let finished = talk.say(20, &finished);
    let mut sent = records::record(22, picked.version, &answer);
    sent.extend(records::record(20, picked.version, &[1]));
    sent.extend(sealer.seal(22, &finished).ok_or(Refused::Odd("it could not be sealed"))?);
    talk.send(&sent).await?;

    let expected = prf.expand(&master, "server finished", &prf.digest(&talk.said), 12);
    talk.change().await?;
    let theirs = opener.open(talk.next().await?).ok_or(Refused::Odd("its first record is damaged"))?;
    if theirs.kind != 22 || theirs.content != message(20, &expected) {
        return Err(Refused::Odd("it does not end its handshake"));
    }
    Ok((Stream::new(talk.connection, talk.came, (sealer, opener)), flight.certificates))
}

fn hello(host: &str) -> Hello<'_> {
    Hello {
        version: Version::Tls12,
        suites: OFFERED.to_vec(),
        groups: CURVES.iter().map(|(number, _)| *number).collect(),
        schemes: list::SCHEMES.to_vec(),
        name: host.parse::<IpAddr>().is_err().then_some(host),
        alpn: &["http/1.1"],
        curious: false,
        shares: Shares::None,
    }
}

/// A message with its head.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut message = vec![kind];
    put_vector(&mut message, 3, |message| message.extend_from_slice(body));
    message
}

/// What the server says first.
struct Flight {
    picked: Picked,
    certificates: Vec<Vec<u8>>,
    exchange: Option<Vec<u8>>,
    wants_certificate: bool,
}

/// What its hello picks.
#[derive(Debug)]
struct Picked {
    version: u16,
    random: [u8; 32],
    suite: Suite,
    extended: bool,
}

impl Picked {
    fn read(body: &[u8]) -> Result<Self, Refused> {
        let hello = ServerHello::read(body).ok_or(Refused::Odd("its hello cannot be read"))?;
        let version = hello.version;
        if version == Version::Ssl3.number() {
            return Err(Refused::Ssl3);
        }
        let known = [Version::Tls10, Version::Tls11, Version::Tls12].map(Version::number);
        let suite = Suite::offered(hello.suite, version).filter(|_| known.contains(&version));
        match (suite, body.get(2..).and_then(|rest| rest.first_chunk())) {
            (Some(suite), Some(random)) if hello.compression == 0 => {
                Ok(Self { version, random: *random, suite, extended: hello.has(EXTENDED) })
            }
            _ => Err(Refused::Odd("it picks what was not offered")),
        }
    }
}

/// A handshake on its way.
struct Talk {
    connection: Connection,
    /// What came, and is no whole record yet.
    came: Vec<u8>,
    /// What its records held, and is no whole message yet.
    unread: Vec<u8>,
    /// All messages of both sides.
    said: Vec<u8>,
}

impl Talk {
    async fn send(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        self.connection.write_all(bytes).await.map_err(Refused::Broken)
    }

    /// A message of ours, noted.
    fn say(&mut self, kind: u8, body: &[u8]) -> Vec<u8> {
        let message = message(kind, body);
        self.said.extend_from_slice(&message);
        message
    }

    async fn next(&mut self) -> Result<records::Record, Refused> {
        next(&mut self.connection, &mut self.came).await.map_err(Refused::Broken)
    }

    /// The next message of the server, noted: its kind and its body.
    async fn hear(&mut self) -> Result<(u8, Vec<u8>), Refused> {
        loop {
            let mut head = Bytes(&self.unread);
            if let (Some(kind), Some(length)) = (head.one(), head.number(3))
                && let Some(body) = head.take(length).map(<[u8]>::to_vec)
            {
                let message: Vec<u8> = self.unread.drain(..4 + length).collect();
                self.said.extend_from_slice(&message);
                return Ok((kind, body));
            }
            let record = self.next().await?;
            match (record.kind, record.content.as_slice()) {
                (22, content) => self.unread.extend_from_slice(content),
                // that it does not know the name it was asked for
                (21, [1, _]) => {}
                (21, [_, alert, ..]) => return Err(Refused::Alert(*alert)),
                _ => return Err(Refused::Odd("it says what does not belong there")),
            }
            if self.unread.len() + self.said.len() > MOST {
                return Err(Refused::Odd("its handshake does not end"));
            }
        }
    }

    async fn flight(&mut self) -> Result<Flight, Refused> {
        let (2, body) = self.hear().await? else { return Err(Refused::Odd("it does not begin by a hello")) };
        let picked = Picked::read(&body)?;
        let mut flight =
            Flight { picked, certificates: Vec::new(), exchange: None, wants_certificate: false };
        loop {
            match self.hear().await? {
                (11, body) => {
                    let read = certificates(&body);
                    flight.certificates = read.ok_or(Refused::Odd("its certificates cannot be read"))?;
                }
                (12, body) => flight.exchange = Some(body),
                (13, _) => flight.wants_certificate = true,
                (14, _) => return Ok(flight),
                _ => {}
            }
        }
    }

    /// Waits until it says that it encrypts from now on.
    async fn change(&mut self) -> Result<(), Refused> {
        let record = self.next().await?;
        match (record.kind, record.content.as_slice()) {
            (20, [1]) => Ok(()),
            (21, [_, alert, ..]) => Err(Refused::Alert(*alert)),
            _ => Err(Refused::Odd("it does not encrypt")),
        }
    }
}

fn certificates(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = Bytes(Bytes(body).vector(3)?);
    let mut certificates = Vec::new();
    while !list.is_empty() {
        certificates.push(list.vector(3)?.to_vec());
    }
    Some(certificates)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_was_offered_is_taken() {
        let hello = |version: [u8; 2], suite: [u8; 2], compression: u8| {
            [&version[..], &[7; 32], &[0], &suite, &[compression]].concat()
        };
        assert!(Picked::read(&hello([3, 1], [0, 0x2f], 0)).is_ok());
        assert!(matches!(Picked::read(&hello([3, 0], [0, 5], 0)), Err(Refused::Ssl3)));
        for (version, suite, compression) in
            [([3, 1], [0, 5], 0), ([3, 1], [0, 0x9c], 0), ([3, 4], [0, 0x2f], 0), ([3, 3], [0, 0x2f], 1)]
        {
            assert!(matches!(Picked::read(&hello(version, suite, compression)), Err(Refused::Odd(_))));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = Picked::read(&bytes);
            certificates(&bytes);
        }
    }
}

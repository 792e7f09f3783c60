//! One question to one server: by UDP, and by TCP where the answer does not fit.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use domain::base::name::Name;
use domain::base::{Message, MessageBuilder, Rtype};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use super::reply::Reply;
use super::{Checking, plain};

/// How long an answer by UDP is waited for: the first time, and the second.
const PATIENCE: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(4)];
/// How long TCP may take, from connecting to the last byte.
const TCP_PATIENCE: Duration = Duration::from_secs(5);
/// What an answer by UDP may have (RFC 9715).
const UDP_BYTES: u16 = 1400;
/// Datagrams that answer another question and are passed over, per try.
const MOST_STRANGERS: usize = 16;

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum AskError {
    /// The name is none.
    #[error("{name:?} is no domain name")]
    Name {
        /// The name.
        name: String,
    },
    /// No resolver was given.
    #[error("there is no resolver to ask")]
    NoResolver,
    /// The system has no randomness.
    #[error("the system gives no random number")]
    Random,
    /// Nothing came in time.
    #[error("the name server {server} does not answer about {name} {rtype}")]
    Silence {
        /// Which server.
        server: SocketAddr,
        /// Which name.
        name: String,
        /// Which type.
        rtype: Rtype,
    },
    /// The connection broke.
    #[error("asking the name server {server} about {name}")]
    Broken {
        /// Which server.
        server: SocketAddr,
        /// Which name.
        name: String,
        /// Why.
        source: io::Error,
    },
}

/// A question.
pub(super) struct Question {
    pub name: Name<Vec<u8>>,
    pub rtype: Rtype,
    pub recurse: bool,
    pub checking: Checking,
}

impl Question {
    pub fn new(name: &str, rtype: Rtype) -> Result<Self, AskError> {
        let wrong = || AskError::Name { name: name.to_owned() };
        let parsed = match plain(name).as_str() {
            "" => Name::root_vec(),
            name => name.parse().map_err(|_| wrong())?,
        };
        Ok(Self { name: parsed, rtype, recurse: false, checking: Checking::Enabled })
    }

    /// The message that asks it: with `AD` and `DO`, so that the answer says whether it was validated.
    fn message(&self) -> Result<Vec<u8>, AskError> {
        let mut id = [0; 2];
        getrandom::fill(&mut id).map_err(|_| AskError::Random)?;
        let wrong = |_| AskError::Name { name: self.name.to_string() };
        let mut message = MessageBuilder::new_vec();
        message.header_mut().set_id(u16::from_be_bytes(id));
        message.header_mut().set_rd(self.recurse);
        message.header_mut().set_ad(self.recurse);
        message.header_mut().set_cd(self.checking == Checking::Disabled);
        let mut message = message.question();
        message.push((&self.name, self.rtype)).map_err(wrong)?;
        let mut message = message.additional();
        message
            .opt(|options| {
                options.set_udp_payload_size(UDP_BYTES);
                options.set_dnssec_ok(true);
                Ok(())
            })
            .map_err(wrong)?;
        Ok(message.finish())
    }
}

/// Asks one server, twice if need be.
pub(super) async fn ask(server: SocketAddr, question: &Question) -> Result<Reply, AskError> {
    let broken = |source| AskError::Broken { server, name: question.name.to_string(), source };
    let silence = || AskError::Silence { server, name: question.name.to_string(), rtype: question.rtype };
    let octets = question.message()?;
    let mut last = silence();
    for patience in PATIENCE {
        match tokio::time::timeout(patience, by_udp(server, &octets)).await {
            Ok(Ok(reply)) if reply.is_cut() => {
                let by_tcp = tokio::time::timeout(TCP_PATIENCE, by_tcp(server, &octets));
                return by_tcp.await.map_err(|_| silence())?.map_err(broken);
            }
            Ok(Ok(reply)) => return Ok(reply),
            Ok(Err(source)) => last = broken(source),
            Err(_) => {}
        }
    }
    Err(last)
}

async fn by_udp(server: SocketAddr, question: &[u8]) -> io::Result<Reply> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(server).await?;
    socket.send(question).await?;
    let mut octets = vec![0; usize::from(UDP_BYTES)];
    for _ in 0..MOST_STRANGERS {
        let length = socket.recv(&mut octets).await?;
        if let Some(reply) = answer_to(question, &octets[..length]) {
            return Ok(reply);
        }
    }
    Err(io::Error::other("it answers other questions"))
}

async fn by_tcp(server: SocketAddr, question: &[u8]) -> io::Result<Reply> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_u16(u16::try_from(question.len()).unwrap_or(u16::MAX)).await?;
    stream.write_all(question).await?;
    let mut octets = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut octets).await?;
    answer_to(question, &octets).ok_or_else(|| io::Error::other("it answers another question"))
}

/// The message, if it answers this question.
pub(super) fn answer_to(question: &[u8], octets: &[u8]) -> Option<Reply> {
    let answer = Message::from_octets(Bytes::copy_from_slice(octets)).ok()?;
    let question = Message::from_octets(question).ok()?;
    (answer.header().id() == question.header().id() && answer.header().qr()).then_some(())?;
    let (asked, answered) = (question.sole_question().ok()?, answer.sole_question().ok()?);
    let same = asked.qname() == answered.qname() && asked.qtype() == answered.qtype();
    same.then(|| Reply::new(answer.clone()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Question, Rtype, answer_to};

    #[test]
    fn only_what_answers_the_question_is_taken() {
        let question = Question::new("example.test", Rtype::TXT).unwrap().message().unwrap();
        assert!(answer_to(&question, &question).is_none(), "a question is no answer");
        let mut answer = question.clone();
        answer[2] |= 0x80;
        assert!(answer_to(&question, &answer).is_some());
        answer[0] ^= 1;
        assert!(answer_to(&question, &answer).is_none(), "another number");
        let other = Question::new("example.test", Rtype::MX).unwrap().message().unwrap();
        let mut answer = other.clone();
        answer[..2].copy_from_slice(&question[..2]);
        answer[2] |= 0x80;
        assert!(answer_to(&question, &answer).is_none(), "another type");
    }

    #[test]
    fn what_is_no_name_is_not_asked() {
        for name in ["a..test", &"a".repeat(64), &"a.".repeat(200)] {
            assert!(Question::new(name, Rtype::A).is_err(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(octets in prop::collection::vec(any::<u8>(), 0..600)) {
            let question = Question::new("example.test", Rtype::TXT).unwrap().message().unwrap();
            let mut answer = question.clone();
            answer[2] |= 0x80;
            answer[7] = 9;
            answer.truncate(question.len() - 11);
            answer.extend(octets);
            if let Some(reply) = answer_to(&question, &answer) {
                reply.read_all();
            }
        }
    }
}

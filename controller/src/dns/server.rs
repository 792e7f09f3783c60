//! The name server that is read by AXFR and changed by UPDATE: its address and key, and one connection to it.

use std::fs::File;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use campanile_plan::document::{Dns, TsigAlgorithm};
use domain::base::iana::{Opcode, Rcode, TsigRcode};
use domain::base::message_builder::{AdditionalBuilder, MessageBuilder};
use domain::base::name::{ParsedName, ToName};
use domain::base::{Message, Rtype};
use domain::rdata::tsig::{Time48, Tsig};
use domain::tsig::{Algorithm, ClientSequence, ClientTransaction, Key, KeyName, ValidationError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::error::DnsError;

/// How long a connection and each message may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest file with a secret, in bytes.
const SECRET_BYTES: u64 = 4096;

/// A name server with the key that opens it.
#[derive(Clone)]
pub struct Server {
    address: SocketAddr,
    key: Arc<Key>,
}

/// One connection to a name server. After an error it is of no more use.
pub struct Connection {
    server: Server,
    stream: TcpStream,
}

impl Server {
    /// The platform's name server, with the secret of its key.
    ///
    /// # Errors
    /// When the secret cannot be read, or is none.
    pub fn open(dns: &Dns) -> Result<Self, DnsError> {
        let path = Path::new(dns.key.secret_file.as_str());
        let source = |source| DnsError::SecretFile { path: path.to_owned(), source };
        let file = File::open(path).map_err(source)?;
        let secret = io::read_to_string(file.take(SECRET_BYTES)).map_err(source)?;
        let wrong = |why: &str| DnsError::Key { name: dns.key.name.to_string(), why: why.to_owned() };
        let secret: Vec<u8> =
            domain::utils::base64::decode(secret.trim()).map_err(|_| wrong("its secret is not base64"))?;
        let name: KeyName =
            dns.key.name.as_str().parse().map_err(|_| wrong("its name is not a domain name"))?;
        let algorithm = match dns.key.algorithm {
            None | Some(TsigAlgorithm::HmacSha256) => Algorithm::Sha256,
            Some(TsigAlgorithm::HmacSha384) => Algorithm::Sha384,
            Some(TsigAlgorithm::HmacSha512) => Algorithm::Sha512,
        };
        let key =
            Key::new(algorithm, &secret, name, None, None).map_err(|error| wrong(&error.to_string()))?;
        Ok(Self { address: dns.server.socket(), key: Arc::new(key) })
    }

    /// Connects.
    ///
    /// # Errors
    /// When it does not answer in 5 s.
    pub async fn connect(&self) -> Result<Connection, DnsError> {
        let stream = self.within(TcpStream::connect(self.address)).await?;
        stream.set_nodelay(true).map_err(|source| self.broken(source))?;
        Ok(Connection { server: self.clone(), stream })
    }

    fn broken(&self, source: io::Error) -> DnsError {
        DnsError::Connection { server: self.address, source }
    }

    async fn within<T>(&self, doing: impl Future<Output = io::Result<T>>) -> Result<T, DnsError> {
        match tokio::time::timeout(PATIENCE, doing).await {
            Ok(done) => done.map_err(|source| self.broken(source)),
            Err(_) => Err(DnsError::Slow { server: self.address, seconds: PATIENCE.as_secs() }),
        }
    }
}

impl Connection {
    /// Asks one question, and takes the signed answer.
    ///
    /// # Errors
    /// Among others, when the server refuses.
    pub async fn ask(&mut self, name: &impl ToName, rtype: Rtype) -> Result<Message<Vec<u8>>, DnsError> {
        self.exchange(question(name, rtype)?).await
    }

    /// Sends a message, and takes the signed answer.
    pub(super) async fn exchange(
        &mut self,
        mut message: AdditionalBuilder<Vec<u8>>,
    ) -> Result<Message<Vec<u8>>, DnsError> {
        let key = Arc::clone(&self.server.key);
        let transaction = ClientTransaction::request(key, &mut message, Time48::now())
            .map_err(|error| DnsError::Malformed(error.to_string()))?;
        self.send(&message.finish()).await?;
        let mut answer = self.receive().await?;
        clocks(&answer)?;
        let signed = transaction.answer(&mut answer, Time48::now());
        accept(answer, signed)
    }

    /// Asks for a whole zone; `take` is given each signed message, and says when it was the last one.
    pub(super) async fn transfer(
        &mut self,
        zone: &impl ToName,
        mut take: impl FnMut(&Message<Vec<u8>>) -> Result<bool, DnsError>,
    ) -> Result<(), DnsError> {
        let mut message = question(zone, Rtype::AXFR)?;
        let key = Arc::clone(&self.server.key);
        let mut sequence = ClientSequence::request(key, &mut message, Time48::now())
            .map_err(|error| DnsError::Malformed(error.to_string()))?;
        self.send(&message.finish()).await?;
        loop {
            let mut answer = self.receive().await?;
            clocks(&answer)?;
            let signed = sequence.answer(&mut answer, Time48::now());
            let answer = accept(answer, signed)?;
            if take(&answer)? {
                return sequence.done().map_err(|why| DnsError::Signature { why });
            }
        }
    }

    async fn send(&mut self, message: &[u8]) -> Result<(), DnsError> {
        let length =
            u16::try_from(message.len()).map_err(|_| DnsError::Malformed("it is too long".to_owned()))?;
        let mut framed = Vec::with_capacity(message.len() + 2);
        framed.extend_from_slice(&length.to_be_bytes());
        framed.extend_from_slice(message);
        self.server.within(self.stream.write_all(&framed)).await
    }

    async fn receive(&mut self) -> Result<Message<Vec<u8>>, DnsError> {
        let Self { server, stream } = self;
        let octets = server
            .within(async {
                let length = stream.read_u16().await?;
                let mut octets = vec![0; usize::from(length)];
                stream.read_exact(&mut octets).await?;
                Ok(octets)
            })
            .await?;
        Message::from_octets(octets).map_err(|_| DnsError::Malformed("it is too short".to_owned()))
    }
}

/// A message with an identifier that nobody can guess.
pub(super) fn message(opcode: Opcode) -> Result<MessageBuilder<Vec<u8>>, DnsError> {
    let mut id = [0; 2];
    getrandom::fill(&mut id).map_err(|source| DnsError::Random { source })?;
    let mut message = MessageBuilder::new_vec();
    message.set_push_limit(usize::from(u16::MAX));
    message.header_mut().set_id(u16::from_be_bytes(id));
    message.header_mut().set_opcode(opcode);
    Ok(message)
}

fn question(name: &impl ToName, rtype: Rtype) -> Result<AdditionalBuilder<Vec<u8>>, DnsError> {
    let mut message = message(Opcode::QUERY)?.question();
    message.push((name, rtype)).map_err(|error| DnsError::Malformed(error.to_string()))?;
    Ok(message.additional())
}

/// Refuses what a server refused for its time. Servers do not agree on how such an answer is signed; nothing follows from
/// it but words.
fn clocks(answer: &Message<Vec<u8>>) -> Result<(), DnsError> {
    let Some(Ok(last)) = answer.additional().ok().and_then(Iterator::last) else { return Ok(()) };
    let Ok(Some(signature)) = last.to_record::<Tsig<_, ParsedName<_>>>() else { return Ok(()) };
    match (signature.data().error(), signature.data().other_time()) {
        (TsigRcode::BADTIME, Some(server)) => Err(DnsError::Clocks { apart: apart(Time48::now(), server) }),
        _ => Ok(()),
    }
}

/// Seconds between two times.
fn apart(one: Time48, other: Time48) -> u64 {
    let seconds =
        |time: Time48| time.into_octets().iter().fold(0_u64, |sum, octet| sum << 8 | u64::from(*octet));
    seconds(one).abs_diff(seconds(other))
}

/// An answer that is signed and says yes. A server that cannot sign says no without a signature: its word is told, and
/// believed no further than that nothing was done.
fn accept(
    answer: Message<Vec<u8>>,
    signed: Result<(), ValidationError>,
) -> Result<Message<Vec<u8>>, DnsError> {
    let code = answer.header().rcode();
    match signed {
        Ok(()) if code == Rcode::NOERROR => Ok(answer),
        Ok(()) | Err(ValidationError::ServerUnsigned) if code != Rcode::NOERROR => {
            Err(DnsError::Refused { code })
        }
        Err(why) => Err(DnsError::Signature { why }),
        Ok(()) => Ok(answer),
    }
}

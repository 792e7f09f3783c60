//! One connection for HTTP, plain or by TLS, that may carry several requests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::body::Body;
use super::head::{self, Head};
use super::older;
use super::target::Target;
use super::{NoAnswer, sha256};
use crate::chain;
use crate::facts::HopCertificate;
use crate::probes::{ConnectError, Connection, Eyes};

/// The most addresses of a host that are tried.
const MOST_ADDRESSES: usize = 3;
/// What TLS and heads may add to a body, in bytes.
pub const OVERHEAD: u64 = 1024 * 1024;
/// The most interim answers (1xx) before the answer.
const MOST_INTERIM: usize = 5;

/// A connection.
pub struct Wire {
    stream: Stream,
    /// What came after the last answer.
    rest: Vec<u8>,
    /// The certificate that was served, and whether a browser would take it now, revocation aside.
    pub certificate: Option<HopCertificate>,
    /// Requests that were answered on it.
    answered: u32,
}

enum Stream {
    Plain(Connection),
    Secure(Box<TlsStream<Connection>>),
    Older(Box<older::Stream>),
}

/// An answer as it came: its body is still encoded.
#[derive(Debug)]
pub struct Raw {
    /// Its head.
    pub head: Head,
    /// As much of its body as was wanted.
    pub body: Vec<u8>,
    /// There was more, or it broke off.
    pub cut: bool,
    /// What was odd.
    pub oddity: Option<String>,
    /// Another request may follow on the same connection.
    pub reusable: bool,
}

impl Wire {
    /// Connects to a host, at the first of its addresses that takes connections; without a configuration, by the older
    /// handshake at once.
    pub async fn open(
        eyes: &Eyes,
        config: Option<&Arc<ClientConfig>>,
        target: &Target,
    ) -> Result<Self, NoAnswer> {
        let addresses = match eyes.resolver.addresses(&target.host).await {
            crate::Answer::Known(addresses) => addresses,
            crate::Answer::Unknown { unknown } => return Err(NoAnswer::Silence(unknown)),
        };
        let mut last = NoAnswer::NoAddress(target.host.clone());
        for address in addresses.into_iter().take(MOST_ADDRESSES) {
            let address = SocketAddr::new(address, target.port);
            match eyes.open_for(&target.host, address).await {
                Ok(connection) => return Self::speak(connection, (eyes, address), config, target).await,
                Err(error) => last = last.or(refused(&error)),
            }
        }
        Err(last)
    }

    async fn speak(
        mut connection: Connection,
        (eyes, address): (&Eyes, SocketAddr),
        config: Option<&Arc<ClientConfig>>,
        target: &Target,
    ) -> Result<Self, NoAnswer> {
        if !target.secure {
            return Ok(Self::over(Stream::Plain(connection), None));
        }
        let Some(config) = config else {
            let shaken = Box::pin(older::shake(connection, target)).await?;
            return Ok(Self::older(shaken, eyes, target));
        };
        connection.limit_bytes(OVERHEAD);
        let Ok(name) = ServerName::try_from(target.host.clone()) else {
            return Err(NoAnswer::Silence(format!("{} is no name for TLS", target.host)));
        };
        match TlsConnector::from(Arc::clone(config)).connect(name, connection).await {
            Ok(stream) => {
                let served = stream.get_ref().1.peer_certificates().unwrap_or_default();
                let certificate = certificate(served, eyes, target);
                Ok(Self::over(Stream::Secure(Box::new(stream)), certificate))
            }
            Err(error) if older::may_help(&error) => {
                match Box::pin(older::again(eyes, address, target)).await {
                    Ok(shaken) => Ok(Self::older(shaken, eyes, target)),
                    Err(older) => Err(handshake(&error).beside(older)),
                }
            }
            Err(error) => Err(handshake(&error)),
        }
    }

    fn older((stream, served): (older::Stream, Vec<Vec<u8>>), eyes: &Eyes, target: &Target) -> Self {
        let certificate = certificate(&served, eyes, target);
        Self::over(Stream::Older(Box::new(stream)), certificate)
    }

    fn over(stream: Stream, certificate: Option<HopCertificate>) -> Self {
        Self { stream, rest: Vec::new(), certificate, answered: 0 }
    }

    /// Whether the server took only the older handshake.
    pub fn is_older(&self) -> bool {
        matches!(self.stream, Stream::Older(_))
    }

    /// Whether it has carried a request already: then the server may close it at any time.
    pub fn is_used(&self) -> bool {
        self.answered > 0
    }

    /// Sends a request, and takes the answer: at most `most` bytes of its body, within `time`.
    pub async fn ask(&mut self, request: &str, most: usize, time: Duration) -> Result<Raw, NoAnswer> {
        self.connection().limit_bytes(most as u64 + OVERHEAD);
        self.connection().limit_time(time);
        self.write(request.as_bytes()).await.map_err(|error| NoAnswer::Broken(lowered(&error)))?;
        let head = self.head().await?;
        self.answered += 1;
        let mut raw = Raw { head, body: Vec::new(), cut: false, oddity: None, reusable: false };
        match Body::after(&raw.head) {
            Ok(body) => self.body(body, &mut raw, most).await,
            Err(why) => raw.oddity = Some(why),
        }
        Ok(raw)
    }

    async fn head(&mut self) -> Result<Head, NoAnswer> {
        for _ in 0..=MOST_INTERIM {
            let (head, length) = self.next_head().await?;
            self.rest.drain(..length);
            if head.status >= 200 || head.status == 101 {
                return Ok(head);
            }
        }
        Err(NoAnswer::Nonsense("it answers again and again that an answer comes".to_owned()))
    }

    async fn next_head(&mut self) -> Result<(Head, usize), NoAnswer> {
        let mut seen = 0;
        loop {
            // only what may be a whole head is read as one: one that drips byte by byte would be read as often
            if head::may_be_whole(&self.rest, seen) {
                match head::read(&self.rest) {
                    head::Read::Whole(head, length) => return Ok((head, length)),
                    head::Read::Bad(why) => return Err(NoAnswer::Nonsense(why)),
                    head::Read::Part => {}
                }
            }
            seen = self.rest.len();
            match self.read().await {
                Ok(0) if seen == 0 => {
                    return Err(NoAnswer::Broken("the connection was closed without an answer".to_owned()));
                }
                Ok(0) => return Err(NoAnswer::Nonsense("its answer ends within its headers".to_owned())),
                Ok(_) => {}
                Err(error) if seen == 0 && error.kind() == std::io::ErrorKind::TimedOut => {
                    return Err(NoAnswer::Silence(lowered(&error)));
                }
                Err(error) if seen == 0 => return Err(NoAnswer::Broken(lowered(&error))),
                Err(error) => {
                    return Err(NoAnswer::Nonsense(format!("its headers do not end: {}", lowered(&error))));
                }
            }
        }
    }

    async fn body(&mut self, mut body: Body, raw: &mut Raw, most: usize) {
        loop {
            if let Err(why) = body.take(&mut self.rest, &mut raw.body) {
                (raw.cut, raw.oddity) = (true, Some(why));
                return;
            }
            if raw.body.len() > most {
                raw.body.truncate(most);
                raw.cut = true;
                return;
            }
            if body.is_done() {
                raw.reusable = self.rest.is_empty() && !closes(&raw.head);
                return;
            }
            match self.read().await {
                Ok(0) if body == Body::UntilClose => return,
                Ok(0) => {
                    (raw.cut, raw.oddity) = (true, Some("its body ends before its end".to_owned()));
                    return;
                }
                Ok(_) => {}
                // many servers close TLS without saying so
                Err(error)
                    if error.kind() == std::io::ErrorKind::UnexpectedEof && body == Body::UntilClose =>
                {
                    return;
                }
                Err(error) => {
                    (raw.cut, raw.oddity) =
                        (true, Some(format!("its body does not end: {}", lowered(&error))));
                    return;
                }
            }
        }
    }

    fn connection(&mut self) -> &mut Connection {
        match &mut self.stream {
            Stream::Plain(connection) => connection,
            Stream::Secure(stream) => stream.get_mut().0,
            Stream::Older(stream) => stream.connection(),
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match &mut self.stream {
            Stream::Plain(connection) => connection.write_all(bytes).await,
            Stream::Secure(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
            Stream::Older(stream) => stream.write(bytes).await,
        }
    }

    async fn read(&mut self) -> std::io::Result<usize> {
        self.rest.reserve(16 * 1024);
        match &mut self.stream {
            Stream::Plain(connection) => connection.read_buf(&mut self.rest).await,
            Stream::Secure(stream) => stream.read_buf(&mut self.rest).await,
            Stream::Older(stream) => stream.read(&mut self.rest).await,
        }
    }
}

/// What is noted of the certificates that were served.
fn certificate(served: &[impl AsRef<[u8]>], eyes: &Eyes, target: &Target) -> Option<HopCertificate> {
    let trust = chain::read(served, Some(&target.host), Timestamp::now(), &eyes.roots).trust;
    let sha256 = sha256(served.first()?.as_ref());
    Some(HopCertificate { sha256, trusted: trust.trusted.into() })
}

/// Whether the server closes the connection after an answer.
fn closes(head: &Head) -> bool {
    let values = head.headers.get("connection").into_iter().flatten();
    let words: Vec<String> =
        values.flat_map(|value| value.split(',')).map(|word| word.trim().to_ascii_lowercase()).collect();
    let says = |word: &str| words.iter().any(|one| one == word);
    says("close") || head.old && !says("keep-alive") || head.status == 101
}

/// Why there is no connection.
pub fn refused(error: &ConnectError) -> NoAnswer {
    match error {
        ConnectError::Refused { refusal, .. } => NoAnswer::Refused(refusal.to_string()),
        ConnectError::Closed { .. } => NoAnswer::Closed,
        ConnectError::Late { .. } => NoAnswer::Silence(error.to_string()),
        ConnectError::Failed { source, .. } => NoAnswer::Silence(format!("{error}: {}", lowered(source))),
    }
}

/// What a handshake that failed says: only a server that answers in something else than TLS surely speaks none.
fn handshake(error: &std::io::Error) -> NoAnswer {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidMessage(_)) => {
            NoAnswer::Nonsense("it answers something that is not TLS".to_owned())
        }
        Some(inner) => NoAnswer::Silence(format!("no handshake by TLS 1.2 or 1.3: {inner}")),
        None => NoAnswer::Broken(format!("the handshake broke off: {}", lowered(error))),
    }
}

/// An error in the words of our texts.
pub fn lowered(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::TimedOut => "no answer in time".to_owned(),
        std::io::ErrorKind::ConnectionReset => "the connection was reset".to_owned(),
        std::io::ErrorKind::UnexpectedEof => "the connection was closed".to_owned(),
        _ => error.to_string(),
    }
}

//! A server made by hand, which behaves as it is told: it speaks TLS 1.2 with three suites that need no key exchange
//! message, as far as its `ServerHelloDone`.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use tls_parser::{TlsMessage, TlsMessageHandshake, parse_tls_plaintext};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server takes, in its order.
pub const SUITES: [u16; 3] = [0x0035, 0x002f, 0x003c];

/// A client hello, as far as a server has to look at it.
pub struct Asked {
    /// The newest version that it offers.
    pub version: u16,
    /// Suites.
    pub suites: Vec<u16>,
    /// It is one of TLS 1.3.
    pub is_tls13: bool,
    /// It is one of SSL 2.
    pub is_ssl2: bool,
}

/// A server that was told how to behave.
pub struct Fake {
    /// Where it listens.
    pub address: SocketAddr,
    /// Connections that came.
    pub came: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts a server that does this with each connection.
pub async fn serve<F>(behave: impl Fn(TcpStream, usize) -> F + Send + Sync + 'static) -> Fake
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let came = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&came);
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(behave(stream, count.fetch_add(1, Ordering::SeqCst)));
        }
    });
    Fake { address, came, task }
}

/// Reads a client hello; none where the client went away.
pub async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).await.ok()?;
    if head[0] & 0x80 != 0 {
        let mut rest = vec![0; usize::from(head[1]) - 3];
        stream.read_exact(&mut rest).await.ok()?;
        return Some(Asked { version: 2, suites: Vec::new(), is_tls13: false, is_ssl2: true });
    }
    let mut record = head.to_vec();
    record.resize(5 + usize::from(u16::from_be_bytes([head[3], head[4]])), 0);
    stream.read_exact(&mut record[5..]).await.ok()?;
    let (_, plain) = parse_tls_plaintext(&record).unwrap();
    let TlsMessage::Handshake(TlsMessageHandshake::ClientHello(hello)) = &plain.msg[0] else {
        panic!("{plain:?}");
    };
    // The extension `supported_versions` with TLS 1.3 alone.
    let is_tls13 =
        hello.ext.is_some_and(|bytes| bytes.windows(7).any(|window| window == [0, 43, 0, 3, 2, 3, 4]));
    let suites = hello.ciphers.iter().map(|suite| suite.0).collect();
    Some(Asked { version: hello.version.0, suites, is_tls13, is_ssl2: false })
}

/// A record.
pub fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[kind, 3, 3], &length[..], content].concat()
}

/// A handshake message.
pub fn message(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[kind], &length[1..], content].concat()
}

/// A server hello with the last eight of its random bytes.
pub fn server_hello(version: u16, suite: u16, random_end: [u8; 8]) -> Vec<u8> {
    let suite = suite.to_be_bytes();
    message(2, &[&version.to_be_bytes()[..], &[9; 24], &random_end, &[0], &suite, &[0]].concat())
}

/// A certificate message with one certificate.
pub fn certificate(der: &[u8]) -> Vec<u8> {
    let length = |bytes: usize| u32::try_from(bytes).unwrap().to_be_bytes()[1..].to_vec();
    message(11, &[&length(der.len() + 3)[..], &length(der.len()), der].concat())
}

/// The server's own certificate.
static CERTIFICATE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let made = rcgen::generate_simple_self_signed([crate::street::NAME.to_owned()]).unwrap();
    made.cert.der().to_vec()
});

/// What an honest server of TLS 1.2 says: its messages, or the alert that it refuses with.
pub fn honest(asked: &Asked) -> Result<Vec<Vec<u8>>, u8> {
    if asked.is_tls13 || asked.is_ssl2 || asked.version < 0x0303 {
        return Err(70);
    }
    let suite = SUITES.into_iter().find(|suite| asked.suites.contains(suite)).ok_or(40)?;
    Ok(vec![server_hello(0x0303, suite, [9; 8]), certificate(&CERTIFICATE), message(14, &[])])
}

/// Says what an honest server says, each message in a record of its own.
pub async fn answer(stream: &mut TcpStream, asked: &Asked) {
    let said = match honest(asked) {
        Ok(messages) => messages.iter().flat_map(|message| record(22, message)).collect(),
        Err(alert) => record(21, &[2, alert]),
    };
    let _ = stream.write_all(&said).await;
    linger(stream).await;
}

/// Waits until the client goes away.
pub async fn linger(stream: &mut TcpStream) {
    let _ = stream.read(&mut [0; 64]).await;
}

/// Reads one record: its type and content.
pub async fn read_record(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).await.ok()?;
    let mut content = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    stream.read_exact(&mut content).await.ok()?;
    Some((head[0], content))
}

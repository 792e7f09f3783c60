//! A steady load of HTTPS requests: half of the visitors make a connection for each, the others keep theirs.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::room::Room;

/// Requests on one kept connection.
const KEPT: usize = 50;

/// What came of the requests.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many were answered as they should be.
    pub answered: usize,
    /// How many found that the idle connection that they were sent on had been closed, and were sent anew.
    pub sent_anew: usize,
    /// What went wrong with the others.
    pub failures: Vec<String>,
}

/// Visitors who ask for one page again and again.
pub struct Load {
    ends: Arc<AtomicBool>,
    visitors: Vec<JoinHandle<Tally>>,
}

type Stream = BufReader<StreamOwned<ClientConnection, TcpStream>>;

/// One visitor of one host.
struct Visitor {
    config: Arc<ClientConfig>,
    host: String,
    port: u16,
}

impl Load {
    /// So many visitors for each host.
    pub fn begin(room: &Room, hosts: &[&str], visitors: usize) -> Self {
        let authority = CertificateDer::from_pem_file(room.trusted()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(authority).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = Arc::new(config.unwrap().with_root_certificates(roots).with_no_client_auth());
        let ends = Arc::new(AtomicBool::new(false));
        let spawn = |(host, number): (&str, usize)| {
            let visitor = Visitor { config: Arc::clone(&config), host: host.to_owned(), port: room.https };
            let (ends, kept) = (Arc::clone(&ends), if number.is_multiple_of(2) { 1 } else { KEPT });
            std::thread::spawn(move || visitor.ask_until(&ends, kept))
        };
        let all = hosts.iter().flat_map(|host| (0..visitors).map(move |number| (*host, number)));
        Self { visitors: all.map(spawn).collect(), ends }
    }

    /// Ends it and says what came of it.
    pub fn end(self) -> Tally {
        self.ends.store(true, Ordering::Relaxed);
        let mut tally = Tally::default();
        for visitor in self.visitors {
            let Tally { answered, sent_anew, failures } = visitor.join().unwrap();
            tally.answered += answered;
            tally.sent_anew += sent_anew;
            tally.failures.extend(failures);
        }
        tally
    }
}

impl Visitor {
    fn ask_until(&self, ends: &AtomicBool, kept: usize) -> Tally {
        let mut tally = Tally::default();
        let mut connection: Option<(Stream, usize)> = None;
        while !ends.load(Ordering::Relaxed) {
            let (stream, used) = match connection.take() {
                Some((stream, used)) if used < kept => (Ok(stream), used),
                _ => (self.connect(), 0),
            };
            match stream.and_then(|mut stream| Ok((self.ask(&mut stream)?, stream))) {
                Ok((stays, stream)) => {
                    tally.answered += 1;
                    connection = stays.then_some((stream, used + 1));
                }
                // a server may close a connection on which it was asked nothing; HTTP has the client ask anew
                Err(error) if used > 0 && is_closed(&error) => tally.sent_anew += 1,
                Err(error) => tally.failures.push(format!("request {used} of a connection: {error}")),
            }
        }
        tally
    }

    fn connect(&self) -> Result<Stream> {
        let tcp = TcpStream::connect(("127.0.0.1", self.port))?;
        tcp.set_read_timeout(Some(Duration::from_secs(10)))?;
        tcp.set_nodelay(true)?;
        let name = ServerName::try_from(self.host.clone()).map_err(Error::other)?;
        let tls = ClientConnection::new(Arc::clone(&self.config), name).map_err(Error::other)?;
        Ok(BufReader::new(StreamOwned::new(tls, tcp)))
    }

    /// Asks once; true if the connection stays.
    fn ask(&self, stream: &mut Stream) -> Result<bool> {
        let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        stream.get_mut().write_all(request.as_bytes())?;
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                let kind = if head.is_empty() { ErrorKind::ConnectionAborted } else { ErrorKind::Other };
                return Err(Error::new(kind, format!("the end came after {head:?}")));
            }
            if line == "\r\n" {
                break;
            }
            head.push(line.trim_end().to_lowercase());
        }
        if !head[0].starts_with("http/1.1 200 ") {
            return Err(Error::other(head[0].clone()));
        }
        let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.ok_or_else(|| Error::other(format!("no length in {head:?}")))?];
        stream.read_exact(&mut body).map_err(|error| Error::other(format!("in the body: {error}")))?;
        Ok(!head.iter().any(|line| line == "connection: close"))
    }
}

/// Whether the server had closed the connection before it read anything of the request.
fn is_closed(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
        || error.kind() == ErrorKind::UnexpectedEof
}

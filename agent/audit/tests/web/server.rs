//! A web server that answers as a test says, byte for byte, by HTTP and HTTPS at ports of its own on loopback.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use campanile_audit::chain::Roots;
use campanile_audit::facts::Web;
use campanile_audit::probes::{Eyes, Guard, Patience, Resolver, http};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    pub secure: bool,
    pub path: String,
    pub headers: BTreeMap<String, String>,
}

impl Request {
    pub fn get(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// What is answered.
pub enum Reply {
    /// These bytes; then the next request.
    Bytes(Vec<u8>),
    /// These bytes; then the end.
    Last(Vec<u8>),
    /// These bytes, and these again and again.
    Forever(Vec<u8>, Vec<u8>),
    /// These bytes, one every 50 ms.
    Drip(Vec<u8>),
    /// Nothing.
    Silence,
}

/// A whole answer with a length.
pub fn answer(status: &str, headers: &[&str], body: &[u8]) -> Reply {
    let lines: String = headers.iter().flat_map(|line| [*line, "\r\n"]).collect();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{lines}\r\n", body.len());
    Reply::Bytes([head.as_bytes(), body].concat())
}

/// A page.
pub fn page(html: &str) -> Reply {
    answer("200 OK", &["Content-Type: text/html; charset=utf-8"], html.as_bytes())
}

/// A redirect.
pub fn redirect(to: &str) -> Reply {
    answer("301 Moved Permanently", &[&format!("Location: {to}")], b"")
}

/// A server for the hosts of one test.
pub struct Server {
    pub plain: u16,
    pub secure: u16,
    pub connections: Arc<AtomicUsize>,
    pub requests: Arc<AtomicUsize>,
}

impl Server {
    pub async fn start(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_at(IpAddr::from(Ipv4Addr::LOCALHOST), reply).await
    }

    pub async fn start_at(ip: IpAddr, reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let reply = Arc::new(reply);
        let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut ports = [0, 0];
        for (secure, port) in [false, true].into_iter().zip(&mut ports) {
            let listener = TcpListener::bind(SocketAddr::new(ip, 0)).await.unwrap();
            *port = listener.local_addr().unwrap().port();
            let acceptor = secure.then(acceptor);
            let (reply, connections, requests) = (reply.clone(), connections.clone(), requests.clone());
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    connections.fetch_add(1, Ordering::SeqCst);
                    let (acceptor, reply, requests) = (acceptor.clone(), reply.clone(), requests.clone());
                    tokio::spawn(async move {
                        match acceptor {
                            None => serve(stream, false, &*reply, &requests).await,
                            Some(acceptor) => match acceptor.accept(stream).await {
                                Ok(stream) => serve(stream, true, &*reply, &requests).await,
                                Err(_) => None,
                            },
                        }
                    });
                }
            });
        }
        Self { plain: ports[0], secure: ports[1], connections, requests }
    }

    /// What is seen of a host of this server, `comune.test` unless named otherwise; only it and `www` before it are listed.
    pub async fn visit(&self, host: &str) -> (Web, Option<Vec<u8>>) {
        http::visit(&eyes(host), host, self.secure, self.plain).await
    }
}

/// Eyes that do not wait long.
pub fn impatient(host: &str) -> Eyes {
    let short = Duration::from_millis(1500);
    let patience = Patience { first: short, whole: short, ..Patience::default() };
    Eyes { patience, ..eyes(host) }
}

/// Eyes for a host, to which it and other names of the tests are pinned; only its own may be private.
pub fn eyes(host: &str) -> Eyes {
    let here = vec![IpAddr::from(Ipv4Addr::LOCALHOST)];
    let names = [host, "comune.test", "www.comune.test", "altro.test", "interno.test"];
    let pinned = names.iter().map(|name| ((*name).to_owned(), here.clone())).collect();
    let guard = Guard::default().allowing([host, "www.comune.test", "altro.test"].map(str::to_owned));
    let agent = "campanile-audit/0 (+mailto:ced@provincia.example)";
    let roots = Roots::none().with_extra(AUTHORITY.pem().as_bytes()).unwrap();
    Eyes { guard, ..Eyes::new(agent, Resolver::new(Vec::new(), pinned), roots) }
}

/// An authority that the eyes of these tests trust.
static AUTHORITY: LazyLock<CertifiedIssuer<'static, KeyPair>> = LazyLock::new(|| {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
});

/// A certificate for `comune.test` and `www` before it, and for no other, with its key: PEM.
pub fn certificate() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let names = ["comune.test", "www.comune.test"].map(str::to_owned);
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &*AUTHORITY).unwrap();
    (certificate.pem(), key.serialize_pem())
}

fn acceptor() -> TlsAcceptor {
    let (chain, key) = certificate();
    let chain = vec![CertificateDer::from_pem_slice(chain.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    TlsAcceptor::from(Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap()))
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    secure: bool,
    reply: &(impl Fn(&Request) -> Reply + ?Sized),
    requests: &AtomicUsize,
) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
            // as real servers answer those who speak TLS to them
            if bytes.first() == Some(&0x16) {
                stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await.ok()?;
                return stream.shutdown().await.ok();
            }
        }
        requests.fetch_add(1, Ordering::SeqCst);
        match reply(&request(&String::from_utf8(std::mem::take(&mut bytes)).unwrap(), secure)) {
            Reply::Bytes(bytes) => stream.write_all(&bytes).await.ok()?,
            Reply::Last(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                return stream.shutdown().await.ok();
            }
            Reply::Forever(start, again) => {
                stream.write_all(&start).await.ok()?;
                loop {
                    stream.write_all(&again).await.ok()?;
                }
            }
            Reply::Drip(bytes) => {
                for byte in bytes {
                    stream.write_all(&[byte]).await.ok()?;
                    stream.flush().await.ok()?;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
            Reply::Silence => tokio::time::sleep(Duration::from_secs(30)).await,
        }
        stream.flush().await.ok()?;
    }
}

fn request(text: &str, secure: bool) -> Request {
    let mut lines = text.trim_end().split("\r\n");
    let first: Vec<&str> = lines.next().unwrap().split(' ').collect();
    assert!(matches!(first.as_slice(), ["GET", _, "HTTP/1.1"]), "{text:?}");
    let headers = lines.map(|line| line.split_once(": ").unwrap());
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Request { secure, path: first[1].to_owned(), headers }
}

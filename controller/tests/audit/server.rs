//! A site on loopback as it should be: TLS 1.2 and 1.3 by rustls with a certificate of its own authority, and a redirect.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What a good site answers with.
const HEADERS: &str = "Content-Type: text/html; charset=utf-8\r\nStrict-Transport-Security: max-age=63072000\r\n\
    Content-Security-Policy: default-src 'self'; frame-ancestors 'none'\r\nX-Content-Type-Options: nosniff\r\n\
    Referrer-Policy: no-referrer\r\nX-Frame-Options: DENY\r\n";

/// A server that runs until it is dropped.
pub struct Server {
    authority: String,
    https: SocketAddr,
    http: SocketAddr,
    shared: Arc<Shared>,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Default)]
struct Shared {
    asked: AtomicU64,
    without_redirect: AtomicBool,
}

impl Server {
    pub fn start() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (authority, acceptor) = certificate();
        let shared = Arc::new(Shared::default());
        let listen = || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.set_nonblocking(true).unwrap();
            let address = listener.local_addr().unwrap();
            let _inside = runtime.enter();
            (tokio::net::TcpListener::from_std(listener).unwrap(), address)
        };
        let ((secure, https), (plain, http)) = (listen(), listen());
        let of_secure = Arc::clone(&shared);
        runtime.spawn(async move {
            while let Ok((stream, _)) = secure.accept().await {
                of_secure.asked.fetch_add(1, Ordering::SeqCst);
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        answer(stream, page).await;
                    }
                });
            }
        });
        let of_plain = Arc::clone(&shared);
        runtime.spawn(async move {
            while let Ok((stream, _)) = plain.accept().await {
                let shared = Arc::clone(&of_plain);
                tokio::spawn(async move {
                    let without = shared.without_redirect.load(Ordering::SeqCst);
                    let to = format!("Location: https://www.calco.test:{}/\r\n", https.port());
                    answer(
                        stream,
                        |path| if without { page(path) } else { ("301 Moved Permanently", to.clone()) },
                    )
                    .await;
                });
            }
        });
        Self { authority, https, http, shared, _runtime: runtime }
    }

    /// The authority that vouches for it, PEM.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub fn https(&self) -> u16 {
        self.https.port()
    }

    pub fn http(&self) -> u16 {
        self.http.port()
    }

    /// Connections to its HTTPS.
    pub fn asked(&self) -> u64 {
        self.shared.asked.load(Ordering::SeqCst)
    }

    /// Shows the page by HTTP from now on.
    pub fn forget_redirect(&self) {
        self.shared.without_redirect.store(true, Ordering::SeqCst);
    }
}

fn page(path: &str) -> (&'static str, String) {
    (if path == "/" { "200 OK" } else { "404 Not Found" }, HEADERS.to_owned())
}

/// Answers requests on one connection.
async fn answer(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    say: impl Fn(&str) -> (&'static str, String),
) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read) = stream.read(&mut buffer).await {
        if read == 0 {
            return;
        }
        bytes.extend_from_slice(&buffer[..read]);
        if !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
            continue;
        }
        let head = String::from_utf8_lossy(&bytes).into_owned();
        bytes.clear();
        let path = head.split(' ').nth(1).unwrap_or("/");
        let (status, headers) = say(path);
        let body = "<!doctype html><html lang=it><title>Comune di Calco</title><p>Benvenuti</p></html>";
        let text = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len());
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn certificate() -> (String, TlsAcceptor) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params =
        CertificateParams::new(vec!["www.calco.test".to_owned(), "calco.test".to_owned()]).unwrap();
    let now = time::OffsetDateTime::now_utc();
    (params.not_before, params.not_after) = (now - time::Duration::days(1), now + time::Duration::days(80));
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    let leaf = params.signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let chain: Vec<CertificateDer<'static>> = vec![leaf.der().clone()];
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    (issuer.pem(), TlsAcceptor::from(Arc::new(config)))
}

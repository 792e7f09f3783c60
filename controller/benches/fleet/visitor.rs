//! A visitor of the sites, who trusts the platform's own authority alone.

use std::path::Path;
use std::sync::Arc;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::documents::HTTPS;

#[derive(Clone)]
pub struct Visitor {
    tls: TlsConnector,
}

/// A connection to one host.
pub struct Line {
    host: String,
    sender: SendRequest<Empty<Bytes>>,
    /// Requests that were answered on it.
    pub used: usize,
}

impl Visitor {
    pub fn new(authority: &Path) -> Self {
        let mut roots = RootCertStore::empty();
        let certificate = CertificateDer::from_pem_file(authority).expect("the platform's authority");
        roots.add(certificate).expect("a certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.expect("TLS 1.2 and 1.3").with_root_certificates(roots).with_no_client_auth();
        Self { tls: TlsConnector::from(Arc::new(config)) }
    }

    /// Connects to a host.
    pub async fn connect(&self, host: &str) -> Result<Line, String> {
        let tcp = TcpStream::connect(("127.0.0.1", HTTPS)).await.map_err(|error| format!("TCP: {error}"))?;
        tcp.set_nodelay(true).map_err(|error| error.to_string())?;
        let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
        let stream = self.tls.connect(name, tcp).await.map_err(|error| format!("TLS: {error}"))?;
        let (sender, connection) =
            handshake(TokioIo::new(stream)).await.map_err(|error| format!("HTTP: {error}"))?;
        tokio::spawn(connection);
        Ok(Line { host: host.to_owned(), sender, used: 0 })
    }
}

impl Line {
    /// Asks for the first page; anything but 200 is an error.
    pub async fn ask(&mut self) -> Result<Bytes, String> {
        let said = |error: hyper::Error| {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            format!("{error}{}", cause.unwrap_or_default())
        };
        let request = hyper::Request::get("/").header("Host", format!("{}:{HTTPS}", self.host));
        let request = request.body(Empty::new()).map_err(|error| error.to_string())?;
        let answer = self.sender.send_request(request).await.map_err(said)?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(said)?.to_bytes();
        if status != 200 {
            return Err(format!("status {status}"));
        }
        self.used += 1;
        Ok(body)
    }

    /// Whether it can be asked again.
    pub async fn stays(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }
}

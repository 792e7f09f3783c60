//! How calls reach an engine: each by a connection of its own, over the engine's socket or over TLS.
//! bollard's own TLS would trust every public authority beside the engine's own, and pulls in a second HTTP client.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bollard::BollardRequest;
use bollard::errors::Error;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderMap, HeaderValue};
use hyper::{Response, Uri};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long it may take until an engine takes a connection, TLS included.
const CONNECT: Duration = Duration::from_secs(10);

/// Where an engine takes connections.
#[derive(Clone)]
pub(super) enum Transport {
    /// A socket on this machine.
    Unix(PathBuf),
    /// TCP with TLS.
    Tls {
        /// Host and port.
        address: String,
        /// The name that its certificate must bear.
        name: ServerName<'static>,
        /// Our certificate and the authority that vouches for the engine's.
        config: Arc<ClientConfig>,
    },
}

impl Transport {
    /// Sends a request and waits for the beginning of its answer.
    pub(super) async fn send(&self, request: BollardRequest) -> Result<Response<Incoming>, Error> {
        match self {
            Self::Unix(path) => {
                let stream = in_time(UnixStream::connect(path)).await?;
                exchange(stream, request).await
            }
            Self::Tls { address, name, config } => {
                let stream = in_time(async {
                    let stream = TcpStream::connect(address).await?;
                    let connector = TlsConnector::from(Arc::clone(config));
                    connector.connect(name.clone(), stream).await
                });
                exchange(stream.await?, request).await
            }
        }
    }
}

async fn in_time<S>(connection: impl Future<Output = io::Result<S>>) -> io::Result<S> {
    let late = || io::Error::new(io::ErrorKind::TimedOut, "no connection within 10 seconds");
    timeout(CONNECT, connection).await.unwrap_or_else(|_| Err(late()))
}

async fn exchange<S>(stream: S, mut request: BollardRequest) -> Result<Response<Incoming>, Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    if let Some(path) = request.uri().path_and_query().cloned() {
        *request.uri_mut() = Uri::from(path);
    }
    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::from_static("engine"));
    spell_credentials(headers);

    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the answer's body; its errors reach us through the answer.
    tokio::spawn(connection.with_upgrades());
    Ok(sender.send_request(request).await?)
}

/// Turns base64 into base64url: engines read credentials as that, and take what they cannot read for none at all.
fn spell_credentials(headers: &mut HeaderMap) {
    let Some(value) = headers.get_mut("x-registry-auth") else {
        return;
    };
    let spelled: Vec<u8> = value
        .as_bytes()
        .iter()
        .map(|byte| match byte {
            b'+' => b'-',
            b'/' => b'_',
            other => *other,
        })
        .collect();
    if let Ok(mut spelled) = HeaderValue::from_bytes(&spelled) {
        spelled.set_sensitive(true);
        *value = spelled;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_base64url() {
        let mut headers = HeaderMap::new();
        headers.insert("x-registry-auth", HeaderValue::from_static("ab+/c=="));
        spell_credentials(&mut headers);
        assert_eq!(headers["x-registry-auth"].as_bytes(), b"ab-_c==");
        assert_eq!(format!("{:?}", headers["x-registry-auth"]), "Sensitive");
    }
}

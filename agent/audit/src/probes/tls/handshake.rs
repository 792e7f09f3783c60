//! One real handshake by TLS 1.3, whose certificates nobody can read without it. It trusts everybody: what was served is
//! judged elsewhere.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{AlertDescription, ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio_rustls::TlsConnector;

use super::ask::Server;
use super::said::{Kind, Silence};

/// What a handshake showed.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// The chain as it was served.
    pub chain: Vec<Vec<u8>>,
    /// The OCSP response.
    pub staple: Vec<u8>,
    /// What ALPN agreed to.
    pub alpn: Option<String>,
}

/// How a handshake ended.
pub(super) enum Handshake {
    /// It got as far as the certificates.
    Shown(Shown),
    /// The server refused it by an alert.
    Refused,
    /// Nothing could be told.
    Unknown(Silence),
}

/// Shakes hands with a name in the hello, or without one.
pub(super) async fn shake(server: &Server<'_>, name: Option<&str>, alpn: &[&str]) -> Handshake {
    let connection = match server.connect().await {
        Ok(connection) => connection,
        Err(silence) => return Handshake::Unknown(silence),
    };
    let witness = Arc::new(Witness::default());
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let Ok(builder) = builder.with_protocol_versions(&[&rustls::version::TLS13]) else {
        return Handshake::Unknown(Silence::new(Kind::Unclear, "TLS 1.3 cannot be spoken by this program"));
    };
    let verifier = Arc::clone(&witness);
    let mut config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    config.resumption = rustls::client::Resumption::disabled();
    config.enable_sni = name.is_some();
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let named = name.map(str::to_owned).and_then(|name| ServerName::try_from(name).ok());
    let named = named.unwrap_or_else(|| ServerName::IpAddress(server.address.ip().into()));
    let shaken = TlsConnector::from(Arc::new(config)).connect(named, connection).await;
    let mut shown = witness.shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match shaken {
        Ok(stream) => {
            let (connection, session) = stream.into_inner();
            shown.alpn = session.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
            connection.abandon();
            Handshake::Shown(shown)
        }
        Err(_) if !shown.chain.is_empty() => Handshake::Shown(shown),
        Err(error) => refusal(&error),
    }
}

fn refusal(error: &std::io::Error) -> Handshake {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::AlertReceived(
            AlertDescription::UnrecognisedName
            | AlertDescription::HandshakeFailure
            | AlertDescription::AccessDenied
            | AlertDescription::InternalError
            | AlertDescription::IllegalParameter
            | AlertDescription::NoApplicationProtocol,
        )) => Handshake::Refused,
        _ => Handshake::Unknown(Silence::new(Kind::Unclear, &format!("the handshake failed: {error}"))),
    }
}

/// Writes down what is served, and finds everything in order.
#[derive(Debug, Default)]
struct Witness {
    shown: Mutex<Shown>,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let all = std::iter::once(end_entity).chain(intermediates);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.chain = all.map(|certificate| certificate.to_vec()).collect();
        shown.staple = ocsp_response.to_vec();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        super::list::SCHEMES.iter().map(|scheme| SignatureScheme::from(*scheme)).collect()
    }
}

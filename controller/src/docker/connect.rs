//! Reaching an engine: by its socket, or by TCP with TLS and a client certificate.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bollard::{API_DEFAULT_VERSION, BollardRequest, Docker};
use campanile_plan::document;
use campanile_plan::document::values::{Endpoint, FilePath, PlatformName};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};

use super::call::{LIST, call};
use super::transport::Transport;
use super::{Engine, EngineError};

/// The client's own limit, beyond all of ours: those hold for whole answers, this one for their beginning alone.
const BEYOND: Duration = Duration::from_hours(1);

impl Engine {
    /// Reaches the engine that a platform declares and agrees with it on a version of the API, and asks which one it is.
    pub async fn connect(declared: &document::Engine, platform: &PlatformName) -> Result<Self, EngineError> {
        let endpoint = &declared.endpoint.value;
        let transport = match endpoint {
            Endpoint::Unix(path) => Transport::Unix(PathBuf::from(path)),
            Endpoint::Tls(address) => tls(endpoint, address, declared.tls.as_ref())?,
        };
        let doing = format!("asking the engine at {endpoint} for its version");
        let send = move |request: BollardRequest| {
            let transport = transport.clone();
            async move { transport.send(request).await }
        };
        let docker = Docker::connect_with_custom_transport(
            send,
            Some("http://engine"),
            BEYOND.as_secs(),
            API_DEFAULT_VERSION,
        )
        .map_err(|error| EngineError::new(&doing, error))?;
        let docker = call(&doing, LIST, docker.negotiate_version()).await?;
        let doing = format!("asking the engine at {endpoint} for its id");
        let id = call(&doing, LIST, docker.info()).await?.id.filter(|id| !id.is_empty());
        Ok(Self { docker, platform: platform.clone(), id })
    }
}

fn tls(
    endpoint: &Endpoint,
    address: &str,
    files: Option<&document::EngineTls>,
) -> Result<Transport, EngineError> {
    let unsafe_endpoint = |why| EngineError::Endpoint { endpoint: endpoint.to_string(), why };
    let files = files.ok_or_else(|| unsafe_endpoint("is reached by TCP, but has no tls"))?;
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| unsafe_endpoint("has a host that no certificate can name"))?;

    let unusable = |source| EngineError::Certificates { endpoint: endpoint.to_string(), source };
    let mut authorities = RootCertStore::empty();
    for certificate in certificates(&files.ca)? {
        authorities.add(certificate).map_err(unusable)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_root_certificates(authorities)
        .with_client_auth_cert(certificates(&files.certificate)?, key(&files.key)?)
        .map_err(unusable)?;
    Ok(Transport::Tls { address: address.to_owned(), name, config: Arc::new(config) })
}

fn certificates(file: &FilePath) -> Result<Vec<CertificateDer<'static>>, EngineError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(file)?).collect();
    found.ok().filter(|found| !found.is_empty()).ok_or_else(|| no_pem(file, "certificate"))
}

fn key(file: &FilePath) -> Result<PrivateKeyDer<'static>, EngineError> {
    PrivateKeyDer::from_pem_slice(&read(file)?).map_err(|_| no_pem(file, "private key"))
}

fn read(file: &FilePath) -> Result<Vec<u8>, EngineError> {
    std::fs::read(file.as_str()).map_err(|source| EngineError::File { file: file.to_string(), source })
}

fn no_pem(file: &FilePath, what: &'static str) -> EngineError {
    EngineError::Pem { file: file.to_string(), what }
}

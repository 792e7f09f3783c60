//! The look from outside: every host is asked by HTTPS, under its own name, through the ingress of its engine.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use campanile_plan::docker::{Answer, sha256};
use campanile_plan::document::values::{DomainName, Endpoint, MemberName};
use campanile_plan::document::{Engine, Platform};
use campanile_plan::fleet::Desired;
use futures_util::future::join_all;
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Semaphore;
use tokio_rustls::TlsConnector;

use crate::acme;
use crate::known::Asked;
use crate::state::State;

/// Time for one host, from connecting to the answer's head.
const TIME: Duration = Duration::from_secs(5);
/// Hosts that are asked at once.
const AT_ONCE: usize = 32;

/// Asks hosts from outside; every copy asks in the same way.
#[derive(Clone)]
pub struct Visitor {
    tls: Result<TlsConnector, String>,
    at_once: Arc<Semaphore>,
}

/// Whose certificates are believed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trusted {
    roots: Vec<TrustAnchor<'static>>,
}

/// A host that is to be asked.
#[derive(Debug, Clone)]
pub struct Host {
    /// Whose it is.
    pub member: MemberName,
    /// The engine whose ingress leads there.
    pub engine: Arc<Engine>,
}

/// Every host of a fleet.
pub fn hosts(desired: &Desired) -> BTreeMap<DomainName, Host> {
    let mut hosts = BTreeMap::new();
    for engine in desired.engines() {
        let engine = Arc::new(engine.clone());
        for (name, member) in desired.on_engine(&engine.name.value) {
            let host = Host { member: name.clone(), engine: Arc::clone(&engine) };
            hosts.extend(member.spec.hosts().map(|named| (named.value.clone(), host.clone())));
        }
    }
    hosts
}

impl Visitor {
    /// A visitor who trusts these, and nobody else.
    pub fn new(trusted: &Trusted) -> Self {
        Self { tls: connector(trusted), at_once: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Asks one host.
    pub async fn ask(&self, name: &DomainName, host: &Host) -> Asked {
        // the semaphore is never closed
        let _turn = self.at_once.acquire().await;
        let begun = Instant::now();
        let mut shown = None;
        let answer = match (&self.tls, ingress_address(&host.engine).await) {
            (Ok(tls), Ok(address)) => ask_host(tls, address, name, &mut shown).await,
            (Err(why), _) => Answer::Nothing(why.clone()),
            (_, Err(why)) => Answer::Nothing(why),
        };
        Asked { member: host.member.clone(), answer, shown, seconds: begun.elapsed().as_secs_f64() }
    }

    /// Asks every host of a fleet.
    pub async fn ask_all(&self, desired: &Desired) -> BTreeMap<DomainName, Asked> {
        let hosts = hosts(desired);
        let asked = hosts.iter().map(|(name, host)| async { (name.clone(), self.ask(name, host).await) });
        join_all(asked).await.into_iter().collect()
    }
}

impl Trusted {
    /// The platform's own authority, and the roots of the issuers that it names; what cannot be read is left out.
    pub fn of(state: &State, platform: &Platform) -> Self {
        let mut roots = RootCertStore::empty();
        let own = std::fs::read(state.authority_path()).unwrap_or_default();
        if let Ok(certificate) = CertificateDer::from_pem_slice(&own) {
            // one that cannot be trusted is as good as none
            let _ = roots.add(certificate);
        }
        for issuer in &platform.spec.issuers {
            if let Ok(more) = acme::roots(issuer.roots.as_ref()) {
                roots.extend(more.roots);
            }
        }
        Self { roots: roots.roots }
    }
}

fn connector(trusted: &Trusted) -> Result<TlsConnector, String> {
    let roots = RootCertStore { roots: trusted.roots.clone() };
    if roots.is_empty() {
        return Err("the platform has no authority yet".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // a session that is resumed shows the certificate of its first handshake
    config.resumption = rustls::client::Resumption::disabled();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Where the ingress of an engine is reached from here.
async fn ingress_address(engine: &Engine) -> Result<SocketAddr, String> {
    let listen = engine.ingress.https.value.socket();
    if !listen.ip().is_unspecified() {
        return Ok(listen);
    }
    let own = match listen.ip() {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    let Endpoint::Tls(endpoint) = &engine.endpoint.value else {
        return Ok(SocketAddr::new(own, listen.port()));
    };
    let first = first_address(endpoint, TIME, lookup_host(endpoint)).await?;
    Ok(SocketAddr::new(first.ip(), listen.port()))
}

/// The first address that a look-up finds in time: a name server may be silent for ever.
async fn first_address<A: Iterator<Item = SocketAddr>>(
    endpoint: &str,
    time: Duration,
    found: impl Future<Output = io::Result<A>>,
) -> Result<SocketAddr, String> {
    let late = |_| format!("looking up {endpoint}: no answer within {} seconds", time.as_secs());
    let found = tokio::time::timeout(time, found).await.map_err(late)?;
    let mut found = found.map_err(|error| format!("looking up {endpoint}: {error}"))?;
    found.next().ok_or_else(|| format!("{endpoint} has no address"))
}

async fn ask_host(
    tls: &TlsConnector,
    address: SocketAddr,
    host: &DomainName,
    shown: &mut Option<String>,
) -> Answer {
    match tokio::time::timeout(TIME, request(tls, address, host, shown)).await {
        Ok(Ok(status)) => Answer::Status(status),
        Ok(Err(why)) => Answer::Nothing(why),
        Err(_) => Answer::Nothing(format!("no answer within {} seconds", TIME.as_secs())),
    }
}

async fn request(
    tls: &TlsConnector,
    address: SocketAddr,
    host: &DomainName,
    shown: &mut Option<String>,
) -> Result<u16, String> {
    let why = |doing: &str| {
        let doing = doing.to_owned();
        move |error: io::Error| format!("{doing}: {error}")
    };
    let name = ServerName::try_from(host.as_str().to_owned()).map_err(|error| error.to_string())?;
    let tcp = TcpStream::connect(address).await.map_err(why(&format!("connecting to {address}")))?;
    let stream = tls.connect(name, tcp).await.map_err(why("TLS"))?;
    let chain = stream.get_ref().1.peer_certificates();
    *shown = chain.and_then(|chain| chain.first()).map(|leaf| sha256(leaf));
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| error.to_string())?;
    let connection = tokio::spawn(connection);
    let authority =
        if address.port() == 443 { host.to_string() } else { format!("{host}:{}", address.port()) };
    let request = hyper::Request::get("/")
        .header("Host", authority)
        .header("User-Agent", "campanile")
        .header("Connection", "close")
        .body(Empty::<Bytes>::new())
        .map_err(|error| error.to_string())?;
    let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
    connection.abort();
    Ok(answer.status().as_u16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_silent_name_server_is_given_up() {
        let silent = std::future::pending::<io::Result<std::vec::IntoIter<SocketAddr>>>();
        let found = first_address("valle.test:2376", Duration::ZERO, silent).await;
        assert_eq!(found, Err("looking up valle.test:2376: no answer within 0 seconds".to_owned()));
    }
}

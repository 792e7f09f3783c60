//! The look from outside: every host is asked by HTTPS, under its own name, through the ingress of its engine.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use campanile_plan::docker::Answer;
use campanile_plan::document::Engine;
use campanile_plan::document::values::{DomainName, Endpoint};
use campanile_plan::fleet::Desired;
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

/// Time for one host, from connecting to the answer's head.
const TIME: Duration = Duration::from_secs(5);
/// Hosts that are asked at once.
const AT_ONCE: usize = 32;

/// Asks every host of the members; `authority` is the PEM of the CA that their certificates must lead to.
pub async fn ask(desired: &Desired, authority: &[u8]) -> BTreeMap<DomainName, Answer> {
    let tls = match connector(authority) {
        Ok(tls) => tls,
        Err(why) => return all(desired, &why),
    };
    let mut asked = Vec::new();
    let addresses = join_all(desired.engines().iter().map(ingress_address)).await;
    for (engine, address) in desired.engines().iter().zip(addresses) {
        for (_, member) in desired.on_engine(&engine.name.value) {
            asked.extend(member.spec.hosts().map(|host| (host.value.clone(), address.clone())));
        }
    }
    let answers = stream::iter(asked).map(|(host, address)| {
        let tls = tls.clone();
        async move {
            let answer = match address {
                Ok(address) => ask_host(&tls, address, &host).await,
                Err(why) => Answer::Nothing(why),
            };
            (host, answer)
        }
    });
    answers.buffer_unordered(AT_ONCE).collect().await
}

fn all(desired: &Desired, why: &str) -> BTreeMap<DomainName, Answer> {
    let hosts = desired.members.values().flat_map(|member| member.spec.hosts());
    hosts.map(|host| (host.value.clone(), Answer::Nothing(why.to_owned()))).collect()
}

fn connector(authority: &[u8]) -> Result<TlsConnector, String> {
    let certificate = CertificateDer::from_pem_slice(authority)
        .map_err(|_| "the platform has no authority yet".to_owned())?;
    let mut roots = RootCertStore::empty();
    roots.add(certificate).map_err(|error| format!("the platform's authority: {error}"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
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

async fn ask_host(tls: &TlsConnector, address: SocketAddr, host: &DomainName) -> Answer {
    match tokio::time::timeout(TIME, request(tls, address, host)).await {
        Ok(Ok(status)) => Answer::Status(status),
        Ok(Err(why)) => Answer::Nothing(why),
        Err(_) => Answer::Nothing(format!("no answer within {} seconds", TIME.as_secs())),
    }
}

async fn request(tls: &TlsConnector, address: SocketAddr, host: &DomainName) -> Result<u16, String> {
    let why = |doing: &str| {
        let doing = doing.to_owned();
        move |error: io::Error| format!("{doing}: {error}")
    };
    let name = ServerName::try_from(host.as_str().to_owned()).map_err(|error| error.to_string())?;
    let tcp = TcpStream::connect(address).await.map_err(why(&format!("connecting to {address}")))?;
    let stream = tls.connect(name, tcp).await.map_err(why("TLS"))?;
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

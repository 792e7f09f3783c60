//! Asks for a page of ours under each name, as an issuer will: by HTTP on the ingress's address.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use campanile_plan::document::values::{DomainName, Endpoint, EngineName};
use campanile_plan::document::{Engine, Platform};
use futures_util::future::join_all;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{sleep, timeout};

use super::AcmeError;

/// How long the right answer may take to come: a worker of the configuration before may still take a connection.
const PATIENCE: Duration = Duration::from_secs(6);
/// For one question.
const TIME: Duration = Duration::from_secs(3);
/// Most bytes of an answer.
const BYTES: usize = 4096;

/// Asks for a page under every name.
///
/// # Errors
/// The first name that does not answer right.
pub async fn probe(
    platform: &Platform,
    through: &EngineName,
    names: &BTreeSet<DomainName>,
    page: (&str, &str),
) -> Result<(), AcmeError> {
    let engine = platform.spec.engines.value.iter().find(|engine| engine.name.value == *through);
    let Some(engine) = engine else { return Err(AcmeError::NoAccount { issuer: through.to_string() }) };
    let address = address(engine).await;
    let asked = names.iter().map(|name| ask(&address, name, page));
    join_all(asked).await.into_iter().collect()
}

async fn ask(
    address: &Result<SocketAddr, String>,
    name: &DomainName,
    (page, answer): (&str, &str),
) -> Result<(), AcmeError> {
    let begun = Instant::now();
    loop {
        let said = match address {
            Ok(address) => match timeout(TIME, get(*address, name, page)).await {
                Ok(Ok((200, text))) if text == answer => return Ok(()),
                Ok(Ok((200, _))) => "says something else".to_owned(),
                Ok(Ok((status, _))) => format!("answers {status}"),
                Ok(Err(error)) => format!("does not answer ({error})"),
                Err(_) => format!("does not answer within {} seconds", TIME.as_secs()),
            },
            Err(error) => format!("cannot be asked ({error})"),
        };
        if begun.elapsed() > PATIENCE {
            let address = address.as_ref().map_or_else(String::clone, SocketAddr::to_string);
            return Err(AcmeError::Unproven { name: name.to_string(), page: page.to_owned(), address, said });
        }
        sleep(TIME / 10).await;
    }
}

async fn get(
    address: SocketAddr,
    name: &DomainName,
    page: &str,
) -> Result<(u16, String), Box<dyn std::error::Error + Send + Sync>> {
    let tcp = TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await?;
    let connection = tokio::spawn(connection);
    let request = hyper::Request::get(format!("/.well-known/acme-challenge/{page}"))
        .header("Host", name.as_str())
        .header("User-Agent", "campanile")
        .body(Empty::<Bytes>::new())?;
    let answer = async {
        let answer = sender.send_request(request).await?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), BYTES).collect().await?.to_bytes();
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    };
    let answer = answer.await;
    connection.abort();
    answer
}

/// Where the ingress of an engine takes HTTP, from here.
async fn address(engine: &Engine) -> Result<SocketAddr, String> {
    let listen = engine.ingress.http.socket();
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
    let found = timeout(TIME, lookup_host(endpoint.as_str())).await;
    let mut found =
        found.map_err(|_| "no name server answers".to_owned())?.map_err(|error| error.to_string())?;
    found
        .next()
        .map(|found| SocketAddr::new(found.ip(), listen.port()))
        .ok_or_else(|| "no address".to_owned())
}

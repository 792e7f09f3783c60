//! One file by HTTP: a revocation list, an issuer's certificate, a policy. No redirects, no page.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore, crypto};
use rustls_pki_types::ServerName;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsConnector;

use super::connect::ConnectError;
use super::eyes::Eyes;
use crate::Answer;

/// What the head of an answer may have, in bytes, and what the parts of a body in chunks add to it.
const HEAD_BYTES: usize = 16 << 10;
/// How long one file may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a file did not come.
#[derive(Debug, Error)]
pub enum FetchError {
    /// There is no address that could be asked.
    #[error("no address was given")]
    NoAddress,
    /// It is none that can be asked.
    #[error("{url} is no address of HTTP")]
    Url {
        /// The address.
        url: String,
    },
    /// Its host has no address.
    #[error("{host} has no address")]
    NoHost {
        /// The host.
        host: String,
    },
    /// Its host is not known to have an address.
    #[error("whether {host} has an address: {why}")]
    Unresolved {
        /// The host.
        host: String,
        /// Why not.
        why: String,
    },
    /// There was no connection.
    #[error("fetching {url}")]
    Connect {
        /// The address.
        url: String,
        /// Why.
        source: ConnectError,
    },
    /// The connection broke, or its certificate is not trusted.
    #[error("fetching {url}")]
    Broken {
        /// The address.
        url: String,
        /// Why.
        source: std::io::Error,
    },
    /// What came is no answer of HTTP, or too long.
    #[error("{url}: {why}")]
    Answer {
        /// The address.
        url: String,
        /// What is wrong.
        why: &'static str,
    },
    /// It answered with another status than 200.
    #[error("{url} answers with status {status}")]
    Status {
        /// The address.
        url: String,
        /// The status.
        status: u16,
    },
}

impl FetchError {
    /// Nothing came back that says that the file is not there, or that it is not to be trusted.
    pub(super) fn is_silence(&self) -> bool {
        match self {
            Self::Unresolved { .. } => true,
            Self::Connect { source, .. } => !matches!(source, ConnectError::Closed { .. }),
            Self::Broken { source, .. } => source.kind() != std::io::ErrorKind::InvalidData,
            Self::NoAddress
            | Self::Url { .. }
            | Self::NoHost { .. }
            | Self::Answer { .. }
            | Self::Status { .. } => false,
        }
    }
}

/// A file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}

struct Url<'a> {
    is_secure: bool,
    host: &'a str,
    port: u16,
    path: &'a str,
}

/// Fetches the file at an address of HTTP or HTTPS; by HTTPS from a server that the roots vouch for.
///
/// # Errors
/// When it does not come whole, with status 200, in 30 s and `most` bytes.
pub(super) async fn get(eyes: &Eyes, url: &str, most: usize) -> Result<Vec<u8>, FetchError> {
    let file = file(eyes, url, most).await?;
    match file.status {
        200 => Ok(file.body),
        status => Err(FetchError::Status { url: url.to_owned(), status }),
    }
}

/// The same with what its head says, whatever its status is.
pub(super) async fn file(eyes: &Eyes, text: &str, most: usize) -> Result<File, FetchError> {
    let url = Url::parse(text).ok_or_else(|| FetchError::Url { url: text.to_owned() })?;
    let broken = |source| FetchError::Broken { url: text.to_owned(), source };
    let host = || url.host.to_owned();
    let addresses = match eyes.resolver.addresses(url.host).await {
        Answer::Known(addresses) => addresses,
        Answer::Unknown { unknown } => return Err(FetchError::Unresolved { host: host(), why: unknown }),
    };
    let address = addresses.first().ok_or_else(|| FetchError::NoHost { host: host() })?;
    let opened = eyes.open_for(url.host, SocketAddr::from((*address, url.port))).await;
    let mut connection = opened.map_err(|source| FetchError::Connect { url: text.to_owned(), source })?;
    connection.limit_time(PATIENCE);
    connection.limit_bytes((most + 2 * HEAD_BYTES) as u64);
    let octets = if url.is_secure {
        let name = ServerName::try_from(url.host.trim_matches(['[', ']']).to_owned())
            .map_err(|_| FetchError::Url { url: text.to_owned() })?;
        let connector = connector(eyes).map_err(broken)?;
        let mut stream = connector.connect(name, connection).await.map_err(broken)?;
        exchange(&mut stream, &url, &eyes.agent, most).await
    } else {
        exchange(&mut connection, &url, &eyes.agent, most).await
    };
    let octets = octets.map_err(broken)?;
    read(&octets, most).map_err(|why| FetchError::Answer { url: text.to_owned(), why })
}

fn connector(eyes: &Eyes) -> std::io::Result<TlsConnector> {
    let store = RootCertStore { roots: eyes.roots.anchors().to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(std::io::Error::other)?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Asks, and reads until the answer is whole, the server has no more, or it is too much.
async fn exchange(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    url: &Url<'_>,
    agent: &str,
    most: usize,
) -> std::io::Result<Vec<u8>> {
    let (Url { host, path, .. }, port) = (url, url.port_in_host());
    let question = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}{port}\r\nUser-Agent: {agent}\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(question.as_bytes()).await?;
    stream.flush().await?;
    let mut octets = Vec::new();
    let mut buffer = vec![0; 16 << 10];
    while octets.len() <= most + HEAD_BYTES && !is_whole(&octets) {
        match stream.read(&mut buffer).await {
            Ok(0) => break,
            Ok(length) => octets.extend_from_slice(&buffer[..length]),
            // many servers end TLS without saying so
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof && !octets.is_empty() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(octets)
}

impl<'a> Url<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (is_secure, rest) = match text.split_once("://")? {
            (scheme, rest) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            (scheme, rest) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            _ => return None,
        };
        let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let path = path.split('#').next().unwrap_or("/");
        let end_of_address = authority.find(']').map_or(0, |at| at + 1);
        let (host, port) = match authority[end_of_address..].find(':') {
            Some(at) => {
                (&authority[..end_of_address + at], authority[end_of_address + at + 1..].parse().ok()?)
            }
            None => (authority, if is_secure { 443 } else { 80 }),
        };
        let is_host = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        let is_sound =
            !host.is_empty() && host.chars().all(is_host) && path.chars().all(|c| c.is_ascii_graphic());
        is_sound.then_some(Self { is_secure, host, port, path })
    }

    fn port_in_host(&self) -> String {
        let usual = if self.is_secure { 443 } else { 80 };
        if self.port == usual { String::new() } else { format!(":{}", self.port) }
    }
}

struct Head {
    status: u16,
    content_type: String,
    length: Option<usize>,
    is_chunked: bool,
    /// Where the body begins.
    end: usize,
}

impl Head {
    fn read(octets: &[u8]) -> Option<Self> {
        let end = octets.windows(4).take(HEAD_BYTES).position(|window| window == b"\r\n\r\n")?;
        let text = String::from_utf8_lossy(&octets[..end]);
        let mut lines = text.split("\r\n");
        let first = lines.next()?.strip_prefix("HTTP/1.")?;
        let status = first.split(' ').nth(1)?.parse().ok()?;
        let mut head =
            Self { status, content_type: String::new(), length: None, is_chunked: false, end: end + 4 };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "content-type" => head.content_type = value.to_ascii_lowercase(),
                "content-length" => head.length = value.parse().ok(),
                "transfer-encoding" => head.is_chunked = value.to_ascii_lowercase().ends_with("chunked"),
                _ => {}
            }
        }
        Some(head)
    }
}

fn is_whole(octets: &[u8]) -> bool {
    let Some(head) = Head::read(octets) else { return false };
    match (head.is_chunked, head.length) {
        (true, _) => octets.ends_with(b"0\r\n\r\n"),
        (false, Some(length)) => octets.len() - head.end >= length,
        (false, None) => false,
    }
}

fn read(octets: &[u8], most: usize) -> Result<File, &'static str> {
    let head = Head::read(octets).ok_or("what came is no answer of HTTP")?;
    let rest = &octets[head.end..];
    let body = match (head.is_chunked, head.length) {
        (true, _) => chunks(rest, most)?,
        (false, Some(length)) => rest.get(..length).ok_or("it is too long, or was cut")?.to_vec(),
        (false, None) => rest.to_vec(),
    };
    if body.len() > most {
        return Err("it is too long");
    }
    Ok(File { status: head.status, content_type: head.content_type, body })
}

/// A body in chunks (RFC 9112, 7.1).
fn chunks(mut rest: &[u8], most: usize) -> Result<Vec<u8>, &'static str> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).take(64).position(|window| window == b"\r\n").ok_or("it was cut")?;
        let length = String::from_utf8_lossy(&rest[..line]);
        let length = length.split(';').next().unwrap_or_default().trim();
        let length = usize::from_str_radix(length, 16).map_err(|_| "its chunks have no length")?;
        rest = &rest[line + 2..];
        if length == 0 {
            return Ok(body);
        }
        let end = length.checked_add(2).ok_or("it is too long")?;
        if length > most - body.len() {
            return Err("it is too long");
        }
        body.extend_from_slice(rest.get(..length).ok_or("it was cut")?);
        rest = rest.get(end..).ok_or("it was cut")?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Url, read};

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("http://a.test/x?y#z", Some("false a.test 80 /x?y")),
            ("HTTPS://a.test", Some("true a.test 443 /")),
            ("http://[2001:db8::1]:81/x", Some("false [2001:db8::1] 81 /x")),
            ("http://a.test:99999/", None),
            ("http://user@a.test/", None),
            ("http://a.test/a b", None),
            ("http:///x", None),
            ("ldap://a.test/x", None),
            ("http://a.test\r\nX: y/", None),
        ] {
            let url = Url::parse(text)
                .map(|url| format!("{} {} {} {}", url.is_secure, url.host, url.port, url.path));
            assert_eq!(url.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn answers() {
        let check = |octets: &str, expected: Result<&str, &str>| {
            let body = read(octets.as_bytes(), 10).map(|file| String::from_utf8(file.body).unwrap());
            assert_eq!(body.as_deref().map_err(|why| *why), expected, "{octets:?}");
        };
        check("HTTP/1.1 200 OK\r\n\r\nhello", Ok("hello"));
        check("HTTP/1.0 404 Gone\r\nContent-Length: 3\r\n\r\nhello", Ok("hel"));
        check("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello", Err("it is too long, or was cut"));
        check("HTTP/1.1 200 OK\r\n\r\nhello hello", Err("it is too long"));
        check(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
            Ok("hello!"),
        );
        check(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nh",
            Err("it is too long"),
        );
        check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", Err("it was cut"));
        check("SSH-2.0-OpenSSH\r\n\r\n", Err("what came is no answer of HTTP"));
        check("HTTP/1.1 200 OK\r\n", Err("what came is no answer of HTTP"));
    }

    proptest! {
        #[test]
        fn any_bytes(head in "(HTTP/1.1 200 OK\r\n(Transfer-Encoding: chunked|Content-Length: [0-9]{1,22})\r\n\r\n)?", rest in prop::collection::vec(any::<u8>(), 0..99)) {
            let octets: Vec<u8> = head.bytes().chain(rest).collect();
            let _ = read(&octets, 50);
        }

        #[test]
        fn any_address(text in "https?://\\PC{0,30}") {
            let _ = Url::parse(&text);
        }
    }
}

//! HTTPS to an issuer, with limits in size and time, and the roots that the platform names for it.
//!
//! Every request has a connection of its own: one that an issuer closed meanwhile would leave open whether it took an order.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Bytes};
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, HttpClient};
use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::AcmeError;

/// For one request, from connecting to the last byte of its answer.
const TIME: Duration = Duration::from_secs(30);
/// Most bytes of an answer.
const BYTES: usize = 1 << 20;
/// Most characters of an issuer's own words.
pub(super) const WORDS: usize = 600;

/// A way to an issuer.
#[derive(Clone)]
pub(super) struct Transport {
    tls: TlsConnector,
}

type Source = Box<dyn Error + Send + Sync>;

impl Transport {
    /// One that trusts these roots.
    pub fn new(roots: RootCertStore) -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Sends a request; an answer that says when to come again is an error.
    pub async fn send<B>(&self, request: Request<B>) -> Result<Response<Bytes>, AcmeError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Source>,
    {
        let url = request.uri().to_string();
        let away = |reason: String| AcmeError::Away { url: url.clone(), reason };
        let late = |_| away(format!("no answer within {} seconds", TIME.as_secs()));
        let answer = timeout(TIME, self.exchange(request)).await.map_err(late)?;
        let answer = answer.map_err(|error| away(error.to_string()))?;
        let detail = || bounded(&detail(answer.body()));
        match answer.status().as_u16() {
            429 | 503 => Err(AcmeError::Throttled { url, detail: detail(), again: again(&answer) }),
            status @ (500 | 502 | 504) if serde_json::from_slice::<Value>(answer.body()).is_err() => {
                Err(away(format!("it answers {status}")))
            }
            _ => Ok(answer),
        }
    }

    async fn exchange<B>(&self, mut request: Request<B>) -> Result<Response<Bytes>, Source>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Source>,
    {
        let uri = request.uri().clone();
        let host = uri.host().filter(|_| uri.scheme_str() == Some("https"));
        let host = host.ok_or("it is no address with https")?.trim_matches(['[', ']']).to_owned();
        let authority = uri.authority().ok_or("it has no host")?.as_str().to_owned();
        let tcp = TcpStream::connect((host.as_str(), uri.port_u16().unwrap_or(443))).await?;
        let stream = self.tls.connect(ServerName::try_from(host)?, tcp).await?;
        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::from_str(&authority)?);
        headers
            .insert(USER_AGENT, HeaderValue::from_static(concat!("campanile/", env!("CARGO_PKG_VERSION"))));
        *request.uri_mut() = Uri::from(uri.path_and_query().cloned().ok_or("it has no path")?);
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let answer = async {
            let (parts, body) = sender.send_request(request).await?.into_parts();
            let body = Limited::new(body, BYTES).collect().await?.to_bytes();
            Ok(Response::from_parts(parts, body))
        };
        let answer = answer.await;
        connection.abort();
        answer
    }
}

impl HttpClient for Transport {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, instant_acme::Error>> + Send>> {
        let transport = self.clone();
        Box::pin(async move {
            let answer = transport.send(request).await;
            let answer = answer.map_err(|error| instant_acme::Error::Other(Box::new(error)))?;
            Ok(BytesResponse::from(answer.map(Full::new)))
        })
    }
}

/// When an answer wants us to come again (RFC 9110, 10.2.3); the form with a date says what the other does.
fn again(answer: &Response<Bytes>) -> Option<Timestamp> {
    retry_after(answer, Timestamp::now())
}

/// The same, as of a time; a month at the most.
pub(super) fn retry_after<B>(answer: &Response<B>, now: Timestamp) -> Option<Timestamp> {
    let text = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    let longest = now.checked_add(SignedDuration::from_hours(30 * 24)).ok()?;
    let at = match text.parse::<u32>() {
        Ok(seconds) => now.checked_add(SignedDuration::from_secs(seconds.into())).ok()?,
        Err(_) => jiff::fmt::rfc2822::parse(text).ok()?.timestamp(),
    };
    Some(at.clamp(now, longest))
}

/// What a problem document says (RFC 9457), else the text itself.
fn detail(body: &Bytes) -> String {
    let problem: Option<Value> = serde_json::from_slice(body).ok();
    let detail = problem.as_ref().and_then(|problem| problem["detail"].as_str());
    detail.map_or_else(|| String::from_utf8_lossy(body).trim().to_owned(), str::to_owned)
}

/// Somebody else's words, in one line and not too many.
pub(super) fn bounded(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WORDS).collect()
}

//! Requests that an account's key signs (RFC 8555, 6.2), for what instant-acme does not offer: an account or a key that is
//! written down before the issuer hears of it, the list of an account's orders, and other chains of a certificate.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use hyper::{Method, Request, Response, StatusCode};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde::Deserialize;
use serde_json::{Value, json};

use super::AcmeError;
use super::transport::{Transport, bounded};

/// How often a request is sent again whose number the issuer does not take.
const TRIES: usize = 10;

/// What an issuer offers (RFC 8555, 7.1.1).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Directory {
    pub new_nonce: String,
    pub new_account: String,
    pub key_change: Option<String>,
    #[serde(default)]
    pub renewal_info: Option<String>,
}

/// An account's key.
pub(super) struct Signer {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

/// By what an issuer knows who asks.
#[derive(Clone, Copy)]
pub(super) enum Who<'a> {
    /// By the key itself: there may be no account yet.
    Key,
    /// By the account's address.
    Account(&'a str),
}

/// An answer that is no refusal.
pub(super) struct Reply {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Directory {
    /// Fetches it.
    pub async fn fetch(transport: &Transport, url: &str) -> Result<Self, AcmeError> {
        let doing = "asking for its directory";
        let reply = accept(doing, transport.send(get(doing, Method::GET, url)?).await?)?;
        read(doing, &reply)
    }
}

impl Signer {
    /// Makes a key, in PKCS #8.
    pub fn generate() -> Result<Vec<u8>, AcmeError> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let made = made.map_err(|_| AcmeError::Key { of: "a new account".to_owned() })?;
        Ok(made.as_ref().to_vec())
    }

    /// Takes a key, in PKCS #8.
    pub fn new(key: &[u8], of: &str) -> Result<Self, AcmeError> {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key, &random);
        Ok(Self { key: key.map_err(|_| AcmeError::Key { of: of.to_owned() })?, random })
    }

    /// The public key (RFC 7517).
    pub fn public(&self) -> Value {
        // SEC 1, 2.3.3: 4, then both coordinates
        let point = self.key.public_key().as_ref();
        let (x, y) = point.get(1..).unwrap_or_default().split_at(point.len().saturating_sub(1) / 2);
        json!({"crv": "P-256", "kty": "EC", "x": encode(x), "y": encode(y)})
    }

    /// Signs a request (RFC 7515).
    pub fn sign(&self, header: &Value, payload: Option<&Value>) -> Result<Value, AcmeError> {
        let (protected, payload) = parts(header, payload);
        let signature = self.key.sign(&self.random, format!("{protected}.{payload}").as_bytes());
        let signature = signature.map_err(|_| AcmeError::Key { of: "the account".to_owned() })?;
        Ok(json!({"protected": protected, "payload": payload, "signature": encode(signature.as_ref())}))
    }

    /// Sends a signed request, again where only its number was not taken; without payload, it asks for what is there.
    pub async fn post(
        &self,
        (transport, directory): (&Transport, &Directory),
        who: Who<'_>,
        (doing, url): (&str, &str),
        payload: Option<&Value>,
    ) -> Result<Reply, AcmeError> {
        let mut tries = 0;
        loop {
            let nonce = nonce(transport, directory).await?;
            let header = match who {
                Who::Key => json!({"alg": "ES256", "nonce": nonce, "url": url, "jwk": self.public()}),
                Who::Account(account) => json!({"alg": "ES256", "nonce": nonce, "url": url, "kid": account}),
            };
            let body = self.sign(&header, payload)?.to_string();
            let request = Request::post(url)
                .header(CONTENT_TYPE, "application/jose+json")
                .body(Full::new(Bytes::from(body)))
                .map_err(|error| garbled(doing, &error))?;
            tries += 1;
            match accept(doing, transport.send(request).await?) {
                Err(error) if error.is_bad_nonce() && tries < TRIES => {}
                answer => return answer,
            }
        }
    }
}

/// What binds a new account to one that a person has at the issuer (RFC 8555, 7.3.4).
pub(super) fn binding(url: &str, key_id: &str, key: &[u8], public: &Value) -> Value {
    let header = json!({"alg": "HS256", "kid": key_id, "url": url});
    let (protected, payload) = parts(&header, Some(public));
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let code = hmac::sign(&key, format!("{protected}.{payload}").as_bytes());
    json!({"protected": protected, "payload": payload, "signature": encode(code.as_ref())})
}

impl Reply {
    /// Where the issuer has what was made.
    pub fn location(&self) -> Option<String> {
        self.headers.get(LOCATION)?.to_str().ok().map(str::to_owned)
    }
}

/// What a reply holds.
pub(super) fn read<T: serde::de::DeserializeOwned>(doing: &str, reply: &Reply) -> Result<T, AcmeError> {
    serde_json::from_slice(&reply.body).map_err(|error| garbled(doing, &error))
}

async fn nonce(transport: &Transport, directory: &Directory) -> Result<String, AcmeError> {
    let doing = "asking for a number of use once";
    let answer = transport.send(get(doing, Method::HEAD, &directory.new_nonce)?).await?;
    let nonce = answer.headers().get("Replay-Nonce").and_then(|value| value.to_str().ok());
    nonce.map(str::to_owned).ok_or_else(|| garbled(doing, &"there is none in it"))
}

fn get(doing: &str, method: Method, url: &str) -> Result<Request<Full<Bytes>>, AcmeError> {
    let request = Request::builder().method(method).uri(url).body(Full::default());
    request.map_err(|error| garbled(doing, &error))
}

fn accept(doing: &str, answer: Response<Bytes>) -> Result<Reply, AcmeError> {
    let (parts, body) = answer.into_parts();
    if parts.status.is_success() {
        return Ok(Reply { headers: parts.headers, body });
    }
    Err(refused(doing, parts.status, &body))
}

fn refused(doing: &str, status: StatusCode, body: &Bytes) -> AcmeError {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |field: &str| bounded(problem[field].as_str().unwrap_or_default());
    let kind = text("type").rsplit(':').next().unwrap_or_default().to_owned();
    let (detail, status) = (text("detail"), status.as_u16());
    let detail = if detail.is_empty() { format!("it answers {status}") } else { detail };
    AcmeError::Refused { doing: doing.to_owned(), kind, detail, status }
}

fn garbled(doing: &str, reason: &impl std::fmt::Display) -> AcmeError {
    AcmeError::Garbled { doing: doing.to_owned(), reason: reason.to_string() }
}

fn parts(header: &Value, payload: Option<&Value>) -> (String, String) {
    let payload = payload.map(|payload| encode(payload.to_string().as_bytes()));
    (encode(header.to_string().as_bytes()), payload.unwrap_or_default())
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

//! An issuer that believes whoever asks, with as much of RFC 8555 as that takes; how it misbehaves is set by the test.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType, IsCa, Issuer as Signer,
    KeyPair, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// What it should.
    Sound,
    /// It takes no order, and wants to be asked in two hours.
    Busy,
    /// It leaves a name out of certificates.
    Forgets(&'static str),
    /// It issues by a root that nobody was told of.
    OtherRoot,
    /// It says that somebody else has renewed what an order replaces.
    Replaced,
    /// Its directory has no end.
    Floods,
}

pub struct Issuer {
    address: SocketAddr,
    /// What to trust for its HTTPS, in PEM.
    pub https: String,
    /// The root of what it issues, in PEM.
    pub root: String,
    shared: Arc<Shared>,
}

struct Shared {
    base: String,
    behaviour: Mutex<Behaviour>,
    roots: [Root; 2],
    orders: Mutex<BTreeMap<usize, Order>>,
}

struct Root {
    pem: String,
    signer: Signer<'static, KeyPair>,
}

struct Order {
    identifiers: Value,
    replaces: Value,
    chain: Option<String>,
}

impl Root {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = parameters.self_signed(&key).unwrap().pem();
        Self { pem, signer: Signer::new(parameters, key) }
    }
}

impl Issuer {
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let own = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], key)
            .unwrap();
        let roots = [Root::new("told"), Root::new("untold")];
        let root = roots[0].pem.clone();
        let base = format!("https://{address}");
        let shared =
            Arc::new(Shared { base, behaviour: Mutex::new(behaviour), roots, orders: Mutex::default() });
        let (acceptor, all) = (TlsAcceptor::from(Arc::new(config)), Arc::clone(&shared));
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (acceptor, shared) = (acceptor.clone(), Arc::clone(&all));
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(tcp).await else { return };
                    let serve = service_fn(|request| serve(Arc::clone(&shared), request));
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), serve)
                        .await;
                });
            }
        });
        Self { address, https: own.cert.pem(), root, shared }
    }

    pub fn directory(&self) -> String {
        format!("https://{}/directory", self.address)
    }

    /// How many orders it took.
    pub fn orders(&self) -> usize {
        self.shared.orders.lock().unwrap().len()
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *self.shared.behaviour.lock().unwrap() = behaviour;
    }
}

async fn serve(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let (status, headers, text) = shared.answer(&path, &payload(&body));
    let mut answer = Response::builder().status(status).header("Replay-Nonce", "once");
    for (name, value) in headers {
        answer = answer.header(name, value);
    }
    Ok(answer.body(Full::from(text)).unwrap())
}

/// What a signed request asks for; who signed it is believed.
fn payload(body: &Bytes) -> Value {
    let signed: Value = serde_json::from_slice(body).unwrap_or_default();
    let payload = signed["payload"].as_str().unwrap_or_default();
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&payload).unwrap_or_default()
}

type Answer = (u16, Vec<(&'static str, String)>, String);

fn problem(status: u16, kind: &str, detail: &str) -> Answer {
    let problem =
        json!({"type": format!("urn:ietf:params:acme:error:{kind}"), "detail": detail, "status": status});
    (status, Vec::new(), problem.to_string())
}

impl Shared {
    fn answer(&self, path: &str, payload: &Value) -> Answer {
        let behaviour = self.behaviour.lock().unwrap().clone();
        let at = |path: &str| format!("{}{path}", self.base);
        let number = || path.rsplit('/').next().unwrap().parse::<usize>().unwrap_or_default();
        match path.split('/').nth(1).unwrap_or_default() {
            "directory" if behaviour == Behaviour::Floods => (200, Vec::new(), " ".repeat(2 << 20)),
            "directory" => {
                let directory = json!({
                    "newNonce": at("/nonce"), "newAccount": at("/account"), "newOrder": at("/new"),
                    "revokeCert": at("/revoke"), "renewalInfo": at("/renewal"),
                });
                (200, Vec::new(), directory.to_string())
            }
            "account" => (201, vec![("Location", at("/account/1"))], json!({"status": "valid"}).to_string()),
            "new" if behaviour == Behaviour::Busy => {
                let (status, _, text) = problem(429, "rateLimited", "too many orders of this account");
                (status, vec![("Retry-After", "7200".to_owned())], text)
            }
            "new" if behaviour == Behaviour::Replaced && payload.get("replaces").is_some() => {
                problem(409, "alreadyReplaced", "another order has renewed it")
            }
            "new" => {
                let mut orders = self.orders.lock().unwrap();
                let number = orders.len() + 1;
                let (identifiers, replaces) = (payload["identifiers"].clone(), payload["replaces"].clone());
                orders.insert(number, Order { identifiers, replaces, chain: None });
                let text = self.order(number, &orders[&number]);
                (201, vec![("Location", at(&format!("/order/{number}")))], text)
            }
            "order" => match self.orders.lock().unwrap().get(&number()) {
                Some(order) => (200, Vec::new(), self.order(number(), order)),
                None => problem(404, "malformed", "there is no such order"),
            },
            "finalize" => {
                let chain = self.sign(&behaviour, payload);
                let mut orders = self.orders.lock().unwrap();
                let order = orders.get_mut(&number()).unwrap();
                order.chain = Some(chain);
                (200, Vec::new(), self.order(number(), order))
            }
            "certificate" => {
                let orders = self.orders.lock().unwrap();
                (200, Vec::new(), orders[&number()].chain.clone().unwrap())
            }
            "nonce" => (200, Vec::new(), String::new()),
            _ => problem(404, "malformed", "nobody is here"),
        }
    }

    fn order(&self, number: usize, order: &Order) -> String {
        let Order { identifiers, replaces, chain } = order;
        let mut text = json!({
            "status": if chain.is_some() { "valid" } else { "ready" },
            "identifiers": identifiers,
            "authorizations": [],
            "finalize": format!("{}/finalize/{number}", self.base),
        });
        if chain.is_some() {
            text["certificate"] = format!("{}/certificate/{number}", self.base).into();
        }
        if !replaces.is_null() {
            text["replaces"] = replaces.clone();
        }
        text.to_string()
    }

    fn sign(&self, behaviour: &Behaviour, payload: &Value) -> String {
        let request = BASE64_URL_SAFE_NO_PAD.decode(payload["csr"].as_str().unwrap()).unwrap();
        let mut request = CertificateSigningRequestParams::from_der(&request.into()).unwrap();
        let forgets = |name: &SanType| match name {
            SanType::DnsName(name) => {
                matches!(behaviour, Behaviour::Forgets(forgotten) if *forgotten == name.as_str())
            }
            _ => false,
        };
        request.params.subject_alt_names.retain(|name| !forgets(name));
        request.params.use_authority_key_identifier_extension = true;
        let root = &self.roots[usize::from(*behaviour == Behaviour::OtherRoot)];
        request.signed_by(&root.signer).unwrap().pem()
    }
}

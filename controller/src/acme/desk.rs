//! The account at one issuer, ready to be used.

use std::io::Read;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use campanile_plan::document::values::Contact;
use campanile_plan::document::{ExternalAccount, Issuer};
use instant_acme::Account;
use serde_json::{Value, json};

use super::signed::{Directory, Reply, Signer, Who, binding};
use super::transport::{Transport, bounded};
use super::{AcmeError, trust};
use crate::state::{AccountRecord, State};

/// Most bytes of a key that binds an account.
const KEY_BYTES: u64 = 4096;
/// How often an order's step is begun again because its number was not taken, each time after three tries of instant-acme's.
const TRIES: usize = 6;

/// The account at one issuer.
pub(super) struct Desk {
    /// For orders.
    pub account: Account,
    /// Whether the issuer says when a certificate is to be renewed.
    pub renewal_info: bool,
    transport: Transport,
    directory: Directory,
    signer: Signer,
    url: String,
}

impl Desk {
    /// Opens the account that is in the state folder.
    pub async fn open(state: &State, issuer: &Issuer) -> Result<Self, AcmeError> {
        let name = issuer.name.to_string();
        let none = || AcmeError::NoAccount { issuer: name.clone() };
        let record = state.account(&issuer.name.value, &issuer.directory.value).map_err(AcmeError::state)?;
        let record = record.ok_or_else(none)?;
        let url = record.url.clone().ok_or_else(none)?;
        let damaged = || AcmeError::Key { of: format!("the account at {name}") };
        let key = record.key().ok_or_else(damaged)?;
        let (transport, directory) = reach(issuer).await?;
        let account = Account::builder_with_http(Box::new(transport.clone()))
            .from_parts(url.clone(), key.clone().into(), issuer.directory.to_string())
            .await
            .map_err(|error| understood("opening the account", error))?;
        let signer = Signer::new(&key, &format!("the account at {name}"))?;
        let renewal_info = directory.renewal_info.is_some();
        Ok(Self { account, renewal_info, transport, directory, signer, url })
    }

    /// Asks for something that the account may see.
    pub async fn ask(&self, doing: &str, url: &str) -> Result<Reply, AcmeError> {
        let way = (&self.transport, &self.directory);
        self.signer.post(way, Who::Account(&self.url), (doing, url), None).await
    }

    /// The account itself, as the issuer has it.
    pub async fn itself(&self) -> Result<Reply, AcmeError> {
        self.ask("asking for the account", &self.url).await
    }
}

/// Makes an account, its key first; what a crash left half made is taken up again.
pub(super) async fn register(state: &State, issuer: &Issuer, contact: &[Contact]) -> Result<(), AcmeError> {
    let (name, address) = (&issuer.name.value, &issuer.directory.value);
    let (transport, directory) = reach(issuer).await?;
    let record = match state.account(name, address).map_err(AcmeError::state)? {
        Some(record) => record,
        None => AccountRecord::new(address, &Signer::generate()?),
    };
    state.keep_account(name, address, &record).map_err(AcmeError::state)?;
    let of = format!("the account at {name}");
    let key = record.key().ok_or_else(|| AcmeError::Key { of: of.clone() })?;
    let signer = Signer::new(&key, &of)?;
    let contact: Vec<&str> = contact.iter().map(Contact::as_str).collect();
    let mut payload = json!({"termsOfServiceAgreed": true, "contact": contact});
    if let Some(ExternalAccount { key_id, key_file }) = &issuer.eab {
        let key = binding_key(Path::new(key_file.as_str()))?;
        payload["externalAccountBinding"] =
            binding(&directory.new_account, key_id.as_str(), &key, &signer.public());
    }
    let url = place(&signer, (&transport, &directory), &payload).await?;
    state.keep_account(name, address, &record.at(url)).map_err(AcmeError::state)
}

async fn place(signer: &Signer, way: (&Transport, &Directory), payload: &Value) -> Result<String, AcmeError> {
    let doing = "making an account";
    let reply = signer.post(way, Who::Key, (doing, &way.1.new_account), Some(payload)).await?;
    let none = || AcmeError::Garbled { doing: doing.to_owned(), reason: "it does not say where".to_owned() };
    reply.location().ok_or_else(none)
}

/// Puts a new key in the place of the account's (RFC 8555, 7.3.5), written down before the issuer hears of it.
pub(super) async fn roll_over(state: &State, issuer: &Issuer) -> Result<(), AcmeError> {
    let (name, address) = (&issuer.name.value, &issuer.directory.value);
    let none = || AcmeError::NoAccount { issuer: name.to_string() };
    let of = format!("the account at {name}");
    let damaged = || AcmeError::Key { of: of.clone() };
    let record = state.account(name, address).map_err(AcmeError::state)?.ok_or_else(none)?;
    let url = record.url.clone().ok_or_else(none)?;
    let (transport, directory) = reach(issuer).await?;
    let way = (&transport, &directory);
    let record = match record.next_key() {
        // a crash left open whether it counts: who is told of an account by it, has it
        Some(next)
            if place(&Signer::new(&next, &of)?, way, &json!({"onlyReturnExisting": true})).await.is_ok() =>
        {
            return state.keep_account(name, address, &record.rolled_over()).map_err(AcmeError::state);
        }
        _ => record.without_next_key(),
    };
    let old = Signer::new(&record.key().ok_or_else(damaged)?, &of)?;
    let key = Signer::generate()?;
    let new = Signer::new(&key, &of)?;
    let record = record.with_next_key(&key);
    state.keep_account(name, address, &record).map_err(AcmeError::state)?;
    let doing = "changing the account's key";
    let unsupported =
        || AcmeError::Garbled { doing: doing.to_owned(), reason: "it offers no such thing".to_owned() };
    let target = directory.key_change.clone().ok_or_else(unsupported)?;
    let inner = json!({"account": url, "oldKey": old.public()});
    let header = json!({"alg": "ES256", "jwk": new.public(), "url": target});
    let payload = new.sign(&header, Some(&inner))?;
    old.post(way, Who::Account(&url), (doing, &target), Some(&payload)).await?;
    state.keep_account(name, address, &record.rolled_over()).map_err(AcmeError::state)
}

async fn reach(issuer: &Issuer) -> Result<(Transport, Directory), AcmeError> {
    let roots = trust::roots(issuer.root.as_ref())?;
    let address = issuer.directory.value.as_str();
    let away = |reason| AcmeError::Away { url: address.to_owned(), reason };
    let transport = Transport::new(roots).map_err(away)?;
    let directory = Directory::fetch(&transport, address).await?;
    Ok((transport, directory))
}

/// The key that binds an account, from its file.
fn binding_key(path: &Path) -> Result<Vec<u8>, AcmeError> {
    let failed =
        |reason: String| AcmeError::File { what: "the key of an account", path: path.to_owned(), reason };
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(KEY_BYTES).read_to_string(&mut text))
        .map_err(|error| failed(error.to_string()))?;
    let text = text.trim().trim_end_matches('=');
    // what is wrong with it is not said: it would show a part of it
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| failed("it is not base64url".to_owned()))
}

/// Does a step of an order, again where only the number of a request was not taken: then the issuer has done nothing.
pub(super) async fn patiently<T, F>(doing: &str, step: impl Fn() -> F) -> Result<T, AcmeError>
where
    F: Future<Output = Result<T, instant_acme::Error>>,
{
    let mut tries = 0;
    loop {
        tries += 1;
        match step().await.map_err(|error| understood(doing, error)) {
            Err(error) if error.is_bad_nonce() && tries < TRIES => {}
            result => return result,
        }
    }
}

/// instant-acme's error as one of ours.
pub(super) fn understood(doing: &str, error: instant_acme::Error) -> AcmeError {
    let doing = doing.to_owned();
    match error {
        instant_acme::Error::Api(problem) => {
            let kind = problem.r#type.as_deref().unwrap_or_default();
            let kind = bounded(kind.rsplit(':').next().unwrap_or_default());
            let status = problem.status.unwrap_or_default();
            AcmeError::Refused { doing, kind, detail: words(&problem), status }
        }
        instant_acme::Error::Other(source) => match source.downcast::<AcmeError>() {
            Ok(own) => *own,
            Err(other) => AcmeError::Garbled { doing, reason: bounded(&other.to_string()) },
        },
        other => AcmeError::Garbled { doing, reason: bounded(&other.to_string()) },
    }
}

/// What an issuer's problem says, with what it says of each name.
pub(super) fn words(problem: &instant_acme::Problem) -> String {
    let detail = problem.detail.clone().unwrap_or_default();
    let more = problem.subproblems.iter().map(|problem| format!("; {problem}"));
    bounded(&(detail + &more.collect::<String>()))
}

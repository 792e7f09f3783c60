//! Accounts at issuers: one file each, with the account's key, for its owner alone.

use std::fmt;
use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use campanile_plan::docker::sha256;
use campanile_plan::document::values::{DirectoryUrl, IssuerName};
use serde::{Deserialize, Serialize};

use super::{State, StateError, create_folder};

/// An account, or the intention to make one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRecord {
    /// The address of the directory.
    pub directory: String,
    /// Its key: PKCS #8 in base64url.
    key: String,
    /// A key that is to take its place, while nobody knows whether it has.
    next_key: Option<String>,
    /// Where the issuer has it; none until that is known.
    pub url: Option<String>,
}

impl fmt::Debug for AccountRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountRecord")
            .field("directory", &self.directory)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl AccountRecord {
    /// An account that is to be made, with this key in PKCS #8.
    pub fn new(directory: &DirectoryUrl, key: &[u8]) -> Self {
        let key = BASE64_URL_SAFE_NO_PAD.encode(key);
        Self { directory: directory.to_string(), key, next_key: None, url: None }
    }

    /// Its key, in PKCS #8; none where the record is damaged.
    pub fn key(&self) -> Option<Vec<u8>> {
        BASE64_URL_SAFE_NO_PAD.decode(&self.key).ok()
    }

    /// A key that is to take its place.
    pub fn next_key(&self) -> Option<Vec<u8>> {
        BASE64_URL_SAFE_NO_PAD.decode(self.next_key.as_ref()?).ok()
    }

    /// The same, which the issuer has there.
    #[must_use]
    pub fn at(self, url: String) -> Self {
        Self { url: Some(url), ..self }
    }

    /// The same, with a key that is to take the place of the other.
    #[must_use]
    pub fn with_next_key(self, key: &[u8]) -> Self {
        Self { next_key: Some(BASE64_URL_SAFE_NO_PAD.encode(key)), ..self }
    }

    /// The same, with the next key in its place.
    #[must_use]
    pub fn rolled_over(self) -> Self {
        match self.next_key {
            Some(key) => Self { key, next_key: None, ..self },
            None => self,
        }
    }

    /// The same, with no other key to come.
    #[must_use]
    pub fn without_next_key(self) -> Self {
        Self { next_key: None, ..self }
    }
}

const ACCOUNTS: &str = "acme/accounts";

impl State {
    /// The account at an issuer; none before one was made. One at another directory is another account.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn account(
        &self,
        issuer: &IssuerName,
        directory: &DirectoryUrl,
    ) -> Result<Option<AccountRecord>, StateError> {
        self.json(&account_file(issuer, directory))
    }

    /// Keeps an account.
    ///
    /// # Errors
    /// When it cannot be written; the one before is then still there.
    pub fn keep_account(
        &self,
        issuer: &IssuerName,
        directory: &DirectoryUrl,
        account: &AccountRecord,
    ) -> Result<(), StateError> {
        create_folder(&self.folder.join(ACCOUNTS))?;
        self.write_json(&account_file(issuer, directory), account)
    }

    /// Where an account stands.
    pub fn account_path(&self, issuer: &IssuerName, directory: &DirectoryUrl) -> PathBuf {
        self.folder.join(account_file(issuer, directory))
    }
}

fn account_file(issuer: &IssuerName, directory: &DirectoryUrl) -> String {
    let hash = sha256(directory.as_str().as_bytes());
    format!("{ACCOUNTS}/{issuer}.{}.json", hash.get(..8).unwrap_or_default())
}

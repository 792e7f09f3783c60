//! Orders of certificates that are open, written down before an issuer is asked; what issuers refused; when they would have
//! certificates renewed. One file a member and concern.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use campanile_plan::certificate::Refusal;
use campanile_plan::document::values::{CertificateName, DirectoryUrl, IssuerName, MemberName};
use campanile_plan::document::{ChallengeKind, KeyType};
use campanile_plan::plan::OrderRequest;
use jiff::Timestamp;
use rcgen::KeyPair;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::atomic::{create_atomically, remove};
use super::{LeftOut, State, StateError, create_folder, if_there, keys};

/// An order as it was written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRecord {
    /// At whom.
    pub issuer: IssuerName,
    /// The address of its directory.
    pub directory: String,
    /// For what.
    pub names: BTreeSet<CertificateName>,
    /// The kind of key.
    pub key_type: KeyType,
    /// How it is shown that the names are ours.
    pub challenge: ChallengeKind,
    /// The kind of certificate, by the directory's own word.
    pub profile: Option<String>,
    /// The certificate that it renews.
    pub replaces: Option<String>,
    /// When it was written down.
    pub begun: Timestamp,
    /// Where the issuer has it; none until that is known.
    pub url: Option<String>,
    /// Whether the issuer was told to look whose the names are.
    pub told: bool,
}

/// When an issuer would have a certificate renewed, and when it is to be asked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowRecord {
    /// What the issuer calls the certificate.
    pub certificate: String,
    /// From when; none where the issuer does not say.
    pub start: Option<Timestamp>,
    /// Until when.
    pub end: Option<Timestamp>,
    /// When it is to be asked again.
    pub next: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct RefusalRecord {
    issuer: IssuerName,
    names: BTreeSet<CertificateName>,
    why: String,
    at: Timestamp,
    again: Timestamp,
}

/// What a folder of records holds, by member.
#[derive(Debug, Clone)]
pub struct Records<T> {
    /// Those that can be read.
    pub records: BTreeMap<MemberName, T>,
    /// Those that cannot.
    pub left_out: Vec<LeftOut>,
}

const ORDERS: &str = "acme/orders";
const REFUSALS: &str = "acme/refusals";
const WINDOWS: &str = "acme/windows";

impl State {
    /// Writes an order down, its key first. One that is there already is another order's: it is an error.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin_order(
        &self,
        member: &MemberName,
        request: &OrderRequest,
        directory: &DirectoryUrl,
        now: Timestamp,
    ) -> Result<OrderRecord, StateError> {
        let OrderRequest { issuer, names, key_type, challenge, profile, replaces, exempt: _ } =
            request.clone();
        let profile = profile.map(|profile| profile.to_string());
        let directory = directory.to_string();
        let record = OrderRecord {
            issuer,
            directory,
            names,
            key_type,
            challenge,
            profile,
            replaces,
            begun: now,
            url: None,
            told: false,
        };
        create_folder(&self.folder.join(ORDERS))?;
        let key = keys::make(key_type, member.as_str())?;
        // what a crash left of an order that was never written down is nobody's
        let path = self.order_key_path(member);
        remove(&path).map_err(StateError::write(&path))?;
        create_atomically(&path, key.serialize_pem().as_bytes(), 0o600).map_err(StateError::write(&path))?;
        let path = self.member_path(ORDERS, member);
        let bytes = serde_json::to_vec_pretty(&record).map_err(StateError::damaged(&path))?;
        create_atomically(&path, &bytes, 0o600).map_err(StateError::write(&path))?;
        Ok(record)
    }

    /// Notes where the issuer has an order.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn place_order(&self, member: &MemberName, record: &OrderRecord) -> Result<(), StateError> {
        self.write_json(&format!("{ORDERS}/{member}.json"), record)
    }

    /// One order that is open.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn order(&self, member: &MemberName) -> Result<Option<OrderRecord>, StateError> {
        self.json(&format!("{ORDERS}/{member}.json"))
    }

    /// Every order that is open.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn orders(&self) -> Result<Records<OrderRecord>, StateError> {
        self.records(ORDERS)
    }

    /// The key of an order, in PEM.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn order_key(&self, member: &MemberName) -> Result<KeyPair, StateError> {
        let path = self.order_key_path(member);
        let text = std::fs::read_to_string(&path).map_err(StateError::read(&path))?;
        KeyPair::from_pem(&text).map_err(StateError::damaged(&path))
    }

    /// Forgets an order and its key.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn forget_order(&self, member: &MemberName) -> Result<(), StateError> {
        // the record goes first: without it, the key is what a crash left
        for path in [self.member_path(ORDERS, member), self.order_key_path(member)] {
            remove(&path).map_err(StateError::write(&path))?;
        }
        Ok(())
    }

    /// Notes what an issuer refused.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_refusal(&self, member: &MemberName, refusal: &Refusal) -> Result<(), StateError> {
        let Refusal { issuer, names, why, at, again } = refusal.clone();
        create_folder(&self.folder.join(REFUSALS))?;
        self.write_json(
            &format!("{REFUSALS}/{member}.json"),
            &RefusalRecord { issuer, names, why, at, again },
        )
    }

    /// Forgets what an issuer refused.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn forget_refusal(&self, member: &MemberName) -> Result<(), StateError> {
        let path = self.member_path(REFUSALS, member);
        remove(&path).map_err(StateError::write(&path))
    }

    /// What issuers last refused.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn refusals(&self) -> Result<Records<Refusal>, StateError> {
        let Records { records, left_out } = self.records::<RefusalRecord>(REFUSALS)?;
        let refusal = |record| {
            let RefusalRecord { issuer, names, why, at, again } = record;
            Refusal { issuer, names, why, at, again }
        };
        let records = records.into_iter().map(|(member, record)| (member, refusal(record))).collect();
        Ok(Records { records, left_out })
    }

    /// Notes when an issuer would have a certificate renewed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_window(&self, member: &MemberName, window: &WindowRecord) -> Result<(), StateError> {
        create_folder(&self.folder.join(WINDOWS))?;
        self.write_json(&format!("{WINDOWS}/{member}.json"), window)
    }

    /// When issuers would have certificates renewed.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn windows(&self) -> Result<Records<WindowRecord>, StateError> {
        self.records(WINDOWS)
    }

    fn member_path(&self, folder: &str, member: &MemberName) -> PathBuf {
        self.folder.join(folder).join(format!("{member}.json"))
    }

    fn order_key_path(&self, member: &MemberName) -> PathBuf {
        self.folder.join(ORDERS).join(format!("{member}.key"))
    }

    pub(super) fn records<T: DeserializeOwned>(&self, folder: &str) -> Result<Records<T>, StateError> {
        let path = self.folder.join(folder);
        let mut records = Records { records: BTreeMap::new(), left_out: Vec::new() };
        let entries = if_there(std::fs::read_dir(&path)).map_err(StateError::read(&path))?;
        for entry in entries.into_iter().flatten() {
            let name = entry.map_err(StateError::read(&path))?.file_name();
            let Some(member) =
                name.to_str().and_then(|name| name.strip_suffix(".json")?.parse::<MemberName>().ok())
            else {
                continue;
            };
            match self.json(&format!("{folder}/{member}.json")) {
                Ok(record) => records.records.extend(record.map(|record| (member, record))),
                Err(error) => {
                    let path = path.join(format!("{member}.json"));
                    records.left_out.push(LeftOut { path, reason: error.to_string() });
                }
            }
        }
        records.left_out.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(records)
    }
}

//! The members' secrets: files in a folder, for their owner alone. A plan knows only their keyed fingerprints.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::str::FromStr;

use campanile_plan::document::values::{MemberName, SecretName};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::atomic::create_atomically;
use super::{LeftOut, State, StateError, if_there};
use crate::regular_file;

/// The most that a secret may have.
const SECRET_BYTES: u64 = 64 << 10;
/// The length of the key of the fingerprints: one block of SHA-256.
const KEY_BYTES: usize = 64;

/// The secrets that are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedSecrets {
    /// Their fingerprints.
    pub fingerprints: BTreeMap<MemberName, BTreeMap<SecretName, String>>,
    /// Files that are no secrets, and why.
    pub left_out: Vec<LeftOut>,
}

impl State {
    /// Looks at all secrets, `FOLDER/MEMBER/SECRET`.
    ///
    /// # Errors
    /// When the folder cannot be read, or the key of the fingerprints neither read nor made.
    pub fn observe_secrets(&self) -> Result<ObservedSecrets, StateError> {
        let mut observed = ObservedSecrets::default();
        let opened = if_there(regular_file::open_folder(&self.secrets));
        let Some(folder) = opened.map_err(StateError::read(&self.secrets))? else {
            return Ok(observed);
        };
        let key = self.fingerprint_key()?;
        for name in regular_file::names(&folder).map_err(StateError::read(&self.secrets))? {
            let path = self.secrets.join(String::from_utf8_lossy(&name).as_ref());
            let Some(member) = observed.parse::<MemberName>(&path, &name) else {
                continue;
            };
            let seen = regular_file::open_folder_in(&folder, member.as_str())
                .map_err(io::Error::from)
                .and_then(|folder| observed.member(&key, &member, folder, &path));
            if let Err(error) = seen {
                observed.leave_out(&path, error);
            }
        }
        Ok(observed)
    }

    /// The content of one secret.
    ///
    /// # Errors
    /// Those of the system, and `InvalidData` for what is not a regular file of at most 64 KiB and for its owner alone.
    pub fn secret(&self, member: &MemberName, name: &SecretName) -> io::Result<Vec<u8>> {
        let folder = regular_file::open_folder(&self.secrets)?;
        let folder = regular_file::open_folder_in(&folder, member.as_str())?;
        let content = regular_file::read_private(&folder, name.as_str().as_bytes(), SECRET_BYTES)?;
        Ok(content)
    }

    /// The key of the fingerprints, made at first use: without it, a fingerprint in a label would let whoever reads
    /// it try passwords.
    fn fingerprint_key(&self) -> Result<[u8; KEY_BYTES], StateError> {
        let path = self.folder.join("fingerprint.key");
        if !path.exists() {
            let mut key = [0; KEY_BYTES];
            getrandom::fill(&mut key).map_err(|source| StateError::Random { source })?;
            match create_atomically(&path, &key, 0o600) {
                // somebody else made it at the same moment: theirs counts
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                result => result.map_err(StateError::write(&path))?,
            }
        }
        let bytes = std::fs::read(&path).map_err(StateError::read(&path))?;
        let wrong = |bytes: Vec<u8>| format!("it has {} bytes in place of {KEY_BYTES}", bytes.len());
        let key = bytes.try_into().map_err(wrong);
        key.map_err(StateError::damaged(&path))
    }
}

impl ObservedSecrets {
    /// Looks at the secrets of one member.
    fn member(
        &mut self,
        key: &[u8; KEY_BYTES],
        member: &MemberName,
        folder: impl AsFd,
        path: &Path,
    ) -> io::Result<()> {
        for name in regular_file::names(folder.as_fd())? {
            let path = path.join(String::from_utf8_lossy(&name).as_ref());
            let Some(secret) = self.parse::<SecretName>(&path, &name) else {
                continue;
            };
            match regular_file::read_private(folder.as_fd(), &name, SECRET_BYTES) {
                Ok(content) => {
                    let fingerprint = fingerprint(key, member, &secret, &content);
                    let member = self.fingerprints.entry(member.clone()).or_default();
                    member.insert(secret, fingerprint);
                }
                Err(refusal) => self.leave_out(&path, refusal),
            }
        }
        Ok(())
    }

    fn parse<T: FromStr<Err: Display>>(&mut self, path: &Path, name: &[u8]) -> Option<T> {
        let parsed = String::from_utf8_lossy(name).parse();
        parsed.map_err(|error| self.leave_out(path, error)).ok()
    }

    fn leave_out(&mut self, path: &Path, reason: impl Display) {
        self.left_out.push(LeftOut { path: path.to_owned(), reason: reason.to_string() });
    }
}

/// The first 64 bits of an HMAC over whose, which and what.
fn fingerprint(key: &[u8; KEY_BYTES], member: &MemberName, secret: &SecretName, content: &[u8]) -> String {
    let code = Hmac::<Sha256>::new(&(*key).into())
        .chain_update(format!("{member}/{secret}/"))
        .chain_update(content)
        .finalize()
        .into_bytes();
    let bits = code.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    format!("{bits:016x}")
}

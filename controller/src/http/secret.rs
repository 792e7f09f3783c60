//! A secret that is compared and never shown.

use std::fmt;
use std::io;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::HttpError;
use crate::regular_file;

/// The fewest bytes of a secret: 128 bits in hexadecimal digits would be 32, and people choose shorter ones.
const FEWEST: usize = 16;
/// The most bytes of the file.
const MOST: u64 = 1024;
/// One block of SHA-256.
const KEY_BYTES: usize = 64;

/// A secret. Comparing it with what somebody presents takes the same time whatever both are.
pub struct Secret {
    text: String,
    key: [u8; KEY_BYTES],
    code: Vec<u8>,
}

impl Secret {
    /// Takes a text as a secret.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn new(text: String) -> Result<Self, HttpError> {
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(|source| HttpError::Random { source })?;
        let code = Hmac::<Sha256>::new(&key.into()).chain_update(&text).finalize().into_bytes().to_vec();
        Ok(Self { text, key, code })
    }

    /// Reads a secret from a file of one line that only its owner may read.
    ///
    /// # Errors
    /// When the file cannot be read, is for others too, or holds no secret.
    pub fn read(path: &Path) -> Result<Self, HttpError> {
        let bytes = bytes(path).map_err(HttpError::read(path))?;
        let wrong = |reason| HttpError::NoSecret { path: path.to_owned(), reason };
        let text = String::from_utf8(bytes).map_err(|_| wrong("it is not text"))?;
        let text = text.trim_end_matches(['\n', '\r']);
        if text.len() < FEWEST {
            return Err(wrong("it has fewer than 16 characters"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
            return Err(wrong("it is not one line of ASCII"));
        }
        Self::new(text.to_owned())
    }

    /// Whether this is what somebody presents.
    pub(super) fn is(&self, presented: &[u8]) -> bool {
        // an attacker who could measure how far two codes agree would learn nothing: the key is drawn at each start
        let code = Hmac::<Sha256>::new(&self.key.into()).chain_update(presented);
        code.verify_slice(&self.code).is_ok()
    }

    /// A code over what is still to come, with this secret as its key.
    pub(super) fn signature(&self) -> Option<Hmac<Sha256>> {
        Hmac::<Sha256>::new_from_slice(self.text.as_bytes()).ok()
    }

    /// The secret itself.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

/// The bytes of a private file; a link to it is followed, as services' credentials are given by links.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let path = path.canonicalize()?;
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::IsADirectory.into());
    };
    let folder = regular_file::open_folder(folder)?;
    Ok(regular_file::read_private(&folder, name.as_encoded_bytes(), MOST)?)
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

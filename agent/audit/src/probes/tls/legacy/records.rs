//! Records: cut from what came, sealed and opened.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey,
};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;

use super::super::bytes::Bytes;
use super::super::hello::put_vector;
use super::suite::{Cipher, Suite};
use crate::registry::Version;

/// A block of AES.
const BLOCK: usize = 16;
/// The longest record, with what encryption may add (RFC 5246, 6.2.3).
const LONGEST: usize = 16_384 + 2_048;
/// The most that is put into one record.
pub const MOST: usize = 16_384;

/// A record as it came.
#[derive(Debug)]
pub struct Record {
    /// What it is for.
    pub kind: u8,
    /// What it holds.
    pub content: Vec<u8>,
}

impl Record {
    /// Cuts the next record from what came; none where it is not all there.
    pub fn cut(came: &mut Vec<u8>) -> Result<Option<Self>, &'static str> {
        let [kind, major, _, high, low, ..] = *came.as_slice() else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if !(20..=24).contains(&kind) || major != 3 || length > LONGEST {
            return Err("it answers something that is not TLS");
        }
        if came.len() < 5 + length {
            return Ok(None);
        }
        let content = came.drain(..5 + length).skip(5).collect();
        Ok(Some(Self { kind, content }))
    }
}

/// A record in the clear, or one that was sealed, with its head.
pub fn record(kind: u8, version: u16, content: &[u8]) -> Vec<u8> {
    let mut record = vec![kind];
    record.extend_from_slice(&version.to_be_bytes());
    put_vector(&mut record, 2, |record| record.extend_from_slice(content));
    record
}

/// One direction: `K` is how AES is used for CBC there.
pub struct Half<K> {
    version: u16,
    number: u64,
    keys: Keys<K>,
}

enum Keys<K> {
    Cbc { key: K, mac: Box<hmac::Key>, chained: [u8; BLOCK] },
    Gcm { key: LessSafeKey, salt: [u8; 4] },
}

/// Ours: it seals.
pub type Sealer = Half<EncryptingKey>;
/// The server's: it is opened.
pub type Opener = Half<DecryptingKey>;

/// How many bytes of key material both directions need.
pub fn material(suite: &Suite) -> usize {
    let (mac, start) = sizes(suite);
    2 * (mac + suite.key + start)
}

fn sizes(suite: &Suite) -> (usize, usize) {
    match suite.cipher {
        Cipher::Cbc(mac) => (mac.tag_len(), BLOCK),
        Cipher::Gcm => (0, 4),
    }
}

/// Both directions, of the key material in its order (RFC 5246, 6.3).
pub fn halves(suite: &Suite, version: u16, material: &[u8]) -> Option<(Sealer, Opener)> {
    let mut bytes = Bytes(material);
    let (mac, start) = sizes(suite);
    let (our_mac, their_mac) = (bytes.take(mac)?, bytes.take(mac)?);
    let (our_key, their_key) = (bytes.take(suite.key)?, bytes.take(suite.key)?);
    let (our_start, their_start) = (bytes.take(start)?, bytes.take(start)?);
    let ours = keys(suite, EncryptingKey::cbc, (our_mac, our_key, our_start))?;
    let theirs = keys(suite, DecryptingKey::cbc, (their_mac, their_key, their_start))?;
    Some((Half { version, number: 0, keys: ours }, Half { version, number: 0, keys: theirs }))
}

fn keys<K>(
    suite: &Suite,
    by_cbc: fn(UnboundCipherKey) -> Result<K, Unspecified>,
    (mac, key, start): (&[u8], &[u8], &[u8]),
) -> Option<Keys<K>> {
    let is_long = suite.key == 32;
    Some(match suite.cipher {
        Cipher::Cbc(algorithm) => {
            let unbound = UnboundCipherKey::new(if is_long { &AES_256 } else { &AES_128 }, key).ok()?;
            let mac = Box::new(hmac::Key::new(algorithm, mac));
            Keys::Cbc { key: by_cbc(unbound).ok()?, mac, chained: start.try_into().ok()? }
        }
        Cipher::Gcm => {
            let unbound = UnboundKey::new(if is_long { &AES_256_GCM } else { &AES_128_GCM }, key).ok()?;
            Keys::Gcm { key: LessSafeKey::new(unbound), salt: start.try_into().ok()? }
        }
    })
}

impl<K> Half<K> {
    /// What is authenticated beside the content.
    fn beside(&mut self, kind: u8, length: usize) -> Option<[u8; 13]> {
        let mut beside = [0; 13];
        beside[..8].copy_from_slice(&self.number.to_be_bytes());
        beside[8] = kind;
        beside[9..11].copy_from_slice(&self.version.to_be_bytes());
        beside[11..].copy_from_slice(&u16::try_from(length).ok()?.to_be_bytes());
        self.number = self.number.checked_add(1)?;
        Some(beside)
    }
}

fn nonce(salt: [u8; 4], explicit: &[u8]) -> Option<Nonce> {
    Nonce::try_assume_unique_for_key(&[&salt, explicit].concat()).ok()
}

impl Sealer {
    /// A record of at most [`MOST`] bytes.
    pub fn seal(&mut self, kind: u8, content: &[u8]) -> Option<Vec<u8>> {
        let (version, number) = (self.version, self.number);
        let beside = self.beside(kind, content.len())?;
        let sealed = match &mut self.keys {
            Keys::Gcm { key, salt } => {
                let explicit = number.to_be_bytes();
                let mut sealed = content.to_vec();
                key.seal_in_place_append_tag(nonce(*salt, &explicit)?, Aad::from(beside), &mut sealed)
                    .ok()?;
                [&explicit[..], &sealed].concat()
            }
            Keys::Cbc { key, mac, chained } => {
                let mut sealed = [content, tag(mac, &beside, content).as_ref()].concat();
                let padding = BLOCK - 1 - sealed.len() % BLOCK;
                sealed.resize(sealed.len() + padding + 1, u8::try_from(padding).ok()?);
                let is_chained = version == Version::Tls10.number();
                if !is_chained {
                    aws_lc_rs::rand::fill(chained).ok()?;
                }
                let start = *chained;
                let begun = EncryptionContext::Iv128(FixedLength::from(start));
                key.less_safe_encrypt(&mut sealed, begun).ok()?;
                *chained = *sealed.last_chunk()?;
                if is_chained { sealed } else { [&start[..], &sealed].concat() }
            }
        };
        Some(record(kind, version, &sealed))
    }
}

impl Opener {
    /// What a record holds; none where it was not sealed by the server.
    pub fn open(&mut self, record: Record) -> Option<Record> {
        let Record { kind, mut content } = record;
        let is_chained = self.version == Version::Tls10.number();
        match &mut self.keys {
            Keys::Gcm { salt, .. } => {
                let (salt, explicit) = (*salt, content.get(..8)?.to_vec());
                let beside = self.beside(kind, content.len().checked_sub(8 + 16)?)?;
                let Keys::Gcm { key, .. } = &self.keys else { return None };
                let sealed = content.get_mut(8..)?;
                let open = key.open_in_place(nonce(salt, &explicit)?, Aad::from(beside), sealed).ok()?;
                Some(Record { kind, content: open.to_vec() })
            }
            Keys::Cbc { key, chained, .. } => {
                let start: [u8; BLOCK] = if is_chained {
                    *chained
                } else {
                    content.drain(..BLOCK.min(content.len())).as_slice().try_into().ok()?
                };
                *chained = *content.last_chunk()?;
                key.decrypt(&mut content, DecryptionContext::Iv128(FixedLength::from(start))).ok()?;
                self.unpadded(kind, content)
            }
        }
    }

    fn unpadded(&mut self, kind: u8, mut content: Vec<u8>) -> Option<Record> {
        let padding = usize::from(*content.last()?) + 1;
        let padded = content.len().checked_sub(padding)?;
        if content.drain(padded..).any(|byte| usize::from(byte) + 1 != padding) {
            return None;
        }
        let Keys::Cbc { mac, .. } = &self.keys else { return None };
        let mac = mac.clone();
        let length = content.len().checked_sub(mac.algorithm().tag_len())?;
        let beside = self.beside(kind, length)?;
        let theirs = content.split_off(length);
        (tag(&mac, &beside, &content).as_ref() == theirs).then_some(Record { kind, content })
    }
}

fn tag(key: &hmac::Key, beside: &[u8], content: &[u8]) -> hmac::Tag {
    let mut tag = hmac::Context::with_key(key);
    tag.update(beside);
    tag.update(content);
    tag.sign()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::suite::OFFERED;
    use super::*;

    /// Both directions of each suite by each version that has it, with the same keys on both sides.
    fn each() -> impl Iterator<Item = (Sealer, Opener)> {
        let versions = [Version::Tls10, Version::Tls11, Version::Tls12].map(Version::number);
        let both = versions.into_iter().flat_map(|version| OFFERED.map(|number| (version, number)));
        both.filter_map(|(version, number)| {
            let suite = Suite::offered(number, version)?;
            halves(&suite, version, &vec![7; material(&suite)])
        })
    }

    #[test]
    fn what_is_sealed_is_opened_and_what_was_changed_is_not() {
        for (mut sealer, mut opener) in each() {
            for length in [0, 1, 15, 16, 17, 300, MOST] {
                let content = vec![b'a'; length];
                let mut came = sealer.seal(23, &content).unwrap();
                let record = Record::cut(&mut came).unwrap().unwrap();
                assert_eq!(opener.open(record).unwrap().content, content);
            }
            let mut came = sealer.seal(23, b"Buongiorno").unwrap();
            came[25] ^= 1;
            let record = Record::cut(&mut came).unwrap().unwrap();
            assert!(opener.open(record).is_none());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_bytes_make_it_panic(kind: u8, content: Vec<u8>, mut came: Vec<u8>) {
            let _ = Record::cut(&mut came);
            for (_, mut opener) in each() {
                let opened = opener.open(Record { kind, content: content.clone() });
                prop_assert!(opened.is_none());
            }
        }
    }
}

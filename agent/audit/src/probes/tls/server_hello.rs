//! The server's hello, and the message with which it exchanges keys by TLS 1.2 and older.

use sha2::{Digest, Sha256};
use tls_parser::{TlsCipherAu, TlsCipherKx};

use super::bytes::Bytes;
use crate::registry::{Suite, Version};

/// What a server's hello says. Never more than one record's worth of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ServerHello {
    /// The version that it picked, by number.
    pub version: u16,
    /// The suite that it picked.
    pub suite: u16,
    /// The compression that it picked; 0 is none.
    pub compression: u8,
    /// It gave the session an identifier.
    pub has_session: bool,
    /// By TLS 1.3: the group that it picked, or asks for.
    pub group: Option<u16>,
    /// Numbers of its extensions.
    pub extensions: Vec<u16>,
    /// The protocol that it picked by ALPN.
    pub alpn: Option<String>,
    /// Signed certificate timestamps in an extension.
    pub timestamps: u32,
    /// Its random bytes say that it speaks a newer version than it picked (RFC 8446, 4.1.3).
    pub sentinel: Option<Version>,
}

impl ServerHello {
    /// Whether it has an extension.
    pub fn has(&self, extension: u16) -> bool {
        self.extensions.contains(&extension)
    }

    /// Reads a message of type 2 without its head; none where it is none.
    pub fn read(message: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(message);
        let mut hello = Self { version: bytes.two()?, ..Self::default() };
        let random = bytes.take(32)?;
        hello.sentinel = match random.get(24..)? {
            b"DOWNGRD\x01" => Some(Version::Tls13),
            b"DOWNGRD\x00" => Some(Version::Tls12),
            _ => None,
        };
        hello.has_session = !bytes.vector(1)?.is_empty();
        hello.suite = bytes.two()?;
        hello.compression = bytes.one()?;
        if !bytes.is_empty() {
            let mut extensions = Bytes(bytes.vector(2)?);
            while !extensions.is_empty() {
                hello.read_extension(extensions.two()?, extensions.vector(2)?);
            }
        }
        Some(hello)
    }

    fn read_extension(&mut self, number: u16, content: &[u8]) {
        self.extensions.push(number);
        let mut bytes = Bytes(content);
        match number {
            16 => self.alpn = protocol(bytes),
            18 => self.timestamps = timestamps(content),
            43 => self.version = bytes.two().unwrap_or(self.version),
            51 => self.group = bytes.two(),
            _ => {}
        }
    }
}

fn protocol(mut content: Bytes) -> Option<String> {
    let name = Bytes(content.vector(2)?).vector(1)?;
    Some(String::from_utf8_lossy(name).into_owned())
}

/// How many timestamps a list of RFC 6962, 3.3 holds.
pub(super) fn timestamps(list: &[u8]) -> u32 {
    let mut list = Bytes(Bytes(list).vector(2).unwrap_or_default());
    std::iter::from_fn(|| list.vector(2)).fold(0, |count, _| count + 1)
}

/// What a `ServerKeyExchange` says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct KeyExchange {
    /// The named curve.
    pub group: Option<u16>,
    /// The prime of finite-field DH: its bits and its SHA-256.
    pub prime: Option<Prime>,
    /// By TLS 1.2, the scheme that it is signed with.
    pub scheme: Option<u16>,
}

/// A prime, and nothing of it that takes room.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Prime {
    /// How many bits it has.
    pub bits: u32,
    /// SHA-256 of it without leading zeros, in hexadecimal.
    pub sha256: String,
}

impl Prime {
    /// Of its bytes, the most significant first.
    pub fn new(bytes: &[u8]) -> Self {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let bytes = bytes.get(zeros..).unwrap_or_default();
        let leading = bytes.first().map_or(0, |first| first.leading_zeros());
        let bits = u32::try_from(bytes.len() * 8).unwrap_or(u32::MAX).saturating_sub(leading);
        Self { bits, sha256: hexadecimal(&Sha256::digest(bytes)) }
    }
}

impl KeyExchange {
    /// Reads a message of type 12 without its head. What it holds depends on the suite.
    pub fn read(message: &[u8], suite: u16, version: u16) -> Option<Self> {
        let parts = Suite(u32::from(suite)).parts()?;
        let mut bytes = Bytes(message);
        let mut exchange = Self::default();
        let with_hint = matches!(parts.au, TlsCipherAu::Psk) || matches!(parts.kx, TlsCipherKx::Psk);
        if with_hint {
            bytes.vector(2)?;
        }
        match parts.kx {
            TlsCipherKx::Dhe | TlsCipherKx::Dh => {
                exchange.prime = Some(Prime::new(bytes.vector(2)?));
                bytes.vector(2)?;
                bytes.vector(2)?;
            }
            TlsCipherKx::Ecdhe | TlsCipherKx::Ecdh => {
                // Explicit curves (types 1 and 2) have no name, and nobody uses them.
                if bytes.one()? != 3 {
                    return None;
                }
                exchange.group = Some(bytes.two()?);
                bytes.vector(1)?;
            }
            _ => return None,
        }
        if version == Version::Tls12.number() && !with_hint && !matches!(parts.au, TlsCipherAu::Null) {
            exchange.scheme = bytes.two();
        }
        Some(exchange)
    }
}

/// Bytes as small letters and digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
        text
    })
}

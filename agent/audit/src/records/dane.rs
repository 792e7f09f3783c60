//! DANE for mail servers (RFC 6698, RFC 7672): whether a record fits the chain that is served.

use ring::digest::{SHA256, SHA512, digest};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use crate::chain::hexadecimal;

/// A TLSA record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tlsa {
    /// Whose certificate it is about: 2 an authority's, 3 the server's own; 0 and 1 with a public authority besides.
    pub usage: u8,
    /// What of it: 0 all, 1 its public key.
    pub selector: u8,
    /// How: 0 as it is, 1 by SHA-256, 2 by SHA-512.
    pub matching: u8,
    /// The data.
    pub data: Vec<u8>,
}

impl Tlsa {
    /// As a zone file has it: `3 1 1 0123…`.
    pub fn text(&self) -> String {
        let data = hexadecimal(&self.data);
        format!("{} {} {} {data}", self.usage, self.selector, self.matching)
    }

    /// It is of a kind that mail servers take (RFC 7672, 3.1.3: 0 and 1 are not).
    pub fn is_usable(&self) -> bool {
        matches!((self.usage, self.selector, self.matching), (2 | 3, 0 | 1, 0..=2))
    }

    /// It fits the chain, the server's own certificate first.
    pub fn fits(&self, chain: &[impl AsRef<[u8]>]) -> bool {
        let candidates = match self.usage {
            3 => chain.get(..1),
            2 => chain.get(1..),
            _ => None,
        };
        self.is_usable() && candidates.unwrap_or_default().iter().any(|der| self.fits_one(der.as_ref()))
    }

    fn fits_one(&self, der: &[u8]) -> bool {
        let Ok((_, certificate)) = X509Certificate::from_der(der) else { return false };
        let selected = if self.selector == 0 { der } else { certificate.public_key().raw };
        match self.matching {
            0 => selected == self.data,
            1 => digest(&SHA256, selected).as_ref() == self.data,
            _ => digest(&SHA512, selected).as_ref() == self.data,
        }
    }
}

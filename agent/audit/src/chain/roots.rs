//! The roots that are trusted: Mozilla's, pinned in this program, and those that the operator adds.

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, TrustAnchor};
use thiserror::Error;

/// The version of the crate with Mozilla's roots, as the workspace pins it.
const VERSION: &str = "1.0.10";
/// Most roots that are taken besides.
const MOST_EXTRA: usize = 1000;

/// The roots that are trusted.
#[derive(Debug, Clone)]
pub struct Roots {
    anchors: Vec<TrustAnchor<'static>>,
    public: usize,
}

/// Why roots cannot be taken.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RootsError {
    /// The file has none.
    #[error("there is no certificate in it; PEM files have lines BEGIN CERTIFICATE")]
    None,
    /// Too many.
    #[error("there are more than {MOST_EXTRA} certificates in it")]
    TooMany,
    /// It is not PEM.
    #[error("certificate {number} is no PEM: {why}")]
    Pem {
        /// Counted from 1.
        number: usize,
        /// What is wrong.
        why: String,
    },
    /// It is no certificate.
    #[error("certificate {number} cannot be a root: {why}")]
    Certificate {
        /// Counted from 1.
        number: usize,
        /// What is wrong.
        why: String,
    },
}

impl Roots {
    /// Mozilla's, as this version of the program has them.
    pub fn public() -> Self {
        let anchors = webpki_roots::TLS_SERVER_ROOTS.to_vec();
        Self { public: anchors.len(), anchors }
    }

    /// None: nothing is trusted but what is added.
    pub fn none() -> Self {
        Self { anchors: Vec::new(), public: 0 }
    }

    /// These and the certificates of a PEM file (`--extra-roots`).
    ///
    /// # Errors
    /// When the file has no certificate, or one that cannot be read.
    pub fn with_extra(mut self, pem: &[u8]) -> Result<Self, RootsError> {
        let mut found = 0;
        for (number, certificate) in (1..).zip(CertificateDer::pem_slice_iter(pem)) {
            let certificate =
                certificate.map_err(|error| RootsError::Pem { number, why: error.to_string() })?;
            let anchor = webpki::anchor_from_trusted_cert(&certificate)
                .map_err(|error| RootsError::Certificate { number, why: error.to_string() })?;
            self.anchors.push(anchor.to_owned());
            found = number;
            if found > MOST_EXTRA {
                return Err(RootsError::TooMany);
            }
        }
        if found == 0 { Err(RootsError::None) } else { Ok(self) }
    }

    /// What they are, for a report: `Mozilla's 143 roots (webpki-roots 1.0.10) and 1 more`.
    pub fn description(&self) -> String {
        let extra = self.anchors.len() - self.public;
        let public = match self.public {
            0 => "no public roots".to_owned(),
            count => format!("Mozilla's {count} roots (webpki-roots {VERSION})"),
        };
        if extra == 0 { public } else { format!("{public} and {extra} more") }
    }

    /// As anchors for webpki and rustls.
    pub(crate) fn anchors(&self) -> &[TrustAnchor<'static>] {
        &self.anchors
    }

    /// Those with this name, given as DER.
    pub(super) fn named(&self, name: &[u8]) -> impl Iterator<Item = &TrustAnchor<'static>> {
        let name = contents(name).to_vec();
        self.anchors.iter().filter(move |anchor| anchor.subject.as_ref() == name)
    }
}

/// What stands in a DER element behind its tag and length: anchors hold names so.
pub(super) fn contents(der: &[u8]) -> &[u8] {
    let header = match der.get(1) {
        Some(length) if *length >= 0x80 => 2 + usize::from(length & 0x7f),
        _ => 2,
    };
    der.get(header..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Roots, RootsError, VERSION};

    #[test]
    fn the_version_in_reports_is_the_one_that_is_built_in() {
        let lock = include_str!("../../../../Cargo.lock");
        assert!(lock.contains(&format!("name = \"webpki-roots\"\nversion = \"{VERSION}\"\n")));
        let description = Roots::public().description();
        assert!(description.starts_with("Mozilla's 1") && description.ends_with(&format!("{VERSION})")));
    }

    #[test]
    fn what_is_no_root_is_said() {
        let read = |pem: &str| Roots::none().with_extra(pem.as_bytes()).map(|roots| roots.description());
        assert_eq!(read("hello"), Err(RootsError::None));
        let junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(read(junk), Err(RootsError::Certificate { number: 1, .. })));
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n";
        assert!(matches!(read(broken), Err(RootsError::Pem { number: 1, .. })));
    }
}

//! Who issued a certificate: among others, or among the roots.

use webpki::spki_for_anchor;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::certificate::Parsed;
use super::roots::{Roots, contents};
use super::{MOST_CERTIFICATES, path, signature};

/// An issuer: its name and key, which made a certificate's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Its name as DER, without its tag and length.
    name: Vec<u8>,
    /// Its key as DER.
    key: Vec<u8>,
}

impl Issuer {
    /// Name and key in one: what tells issuers apart.
    pub fn identity(&self) -> Vec<u8> {
        [self.name.as_slice(), self.key.as_slice()].concat()
    }

    pub(super) fn has_name(&self, name: &[u8]) -> bool {
        contents(name) == self.name
    }

    pub(super) fn key(&self) -> Option<SubjectPublicKeyInfo<'_>> {
        SubjectPublicKeyInfo::from_der(&self.key).ok().map(|(_, key)| key)
    }
}

/// The issuer of a certificate among others; its signature was checked.
pub fn issuer_of<'a>(certificate: &[u8], others: impl IntoIterator<Item = &'a Vec<u8>>) -> Option<Issuer> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    others.into_iter().take(MOST_CERTIFICATES).find_map(|other| {
        let (_, other) = X509Certificate::from_der(other).ok()?;
        let is_named = other.subject().as_raw() == certificate.issuer().as_raw();
        let fits = is_named && signature::fits(&certificate, other.public_key()) == Some(true);
        let name = contents(other.subject().as_raw()).to_vec();
        fits.then(|| Issuer { name, key: other.public_key().raw.to_vec() })
    })
}

/// The root that issued a certificate, if one did.
pub fn root_of(certificate: &[u8], roots: &Roots) -> Option<Issuer> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    roots.named(certificate.issuer().as_raw()).find_map(|anchor| {
        let key = spki_for_anchor(anchor);
        let (_, parsed) = SubjectPublicKeyInfo::from_der(&key).ok()?;
        let fits = signature::fits(&certificate, &parsed) == Some(true);
        fits.then(|| Issuer { name: anchor.subject.to_vec(), key: key.to_vec() })
    })
}

/// Position of the certificate at which the way up ends; as in the facts of the chain.
pub fn end_of(served: &[impl AsRef<[u8]>], roots: &Roots) -> usize {
    let served = served.iter().take(MOST_CERTIFICATES);
    let parsed: Vec<Parsed<'_>> = served.filter_map(|der| Parsed::read(der.as_ref())).collect();
    if parsed.is_empty() {
        return 0;
    }
    path::from_first(&parsed, roots).positions.last().copied().unwrap_or_default()
}

/// The certificate in a file, which is DER or PEM, as DER.
pub fn certificate_in(file: &[u8]) -> Option<Vec<u8>> {
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject;
    let der = match CertificateDer::from_pem_slice(file) {
        Ok(der) => der.to_vec(),
        Err(_) => file.to_vec(),
    };
    Parsed::read(&der)?;
    Some(der)
}

//! Certificates of issuers that the platform names: put in force, and proven at each look. The first line of such a file names
//! the issuer; the rest is as the ingress takes it.

use std::collections::{BTreeMap, BTreeSet};

use campanile_plan::certificate::{ObservedCertificate, Signer, Window};
use campanile_plan::docker::sha256;
use campanile_plan::document::values::{CertificateName, IssuerName, MemberName};
use instant_acme::CertificateIdentifier;
use jiff::Timestamp;
use rcgen::KeyPair;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use x509_parser::pem::Pem;

use super::atomic::remove;
use super::certificates::{is_key_of, moment, names_in};
use super::{State, StateError, create_folder, keys, write_atomically};
use crate::acme::verify;

/// What the first line of a file begins with.
const ISSUER: &str = "# issuer: ";

/// A certificate of an issuer that the platform names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificate {
    /// Who issued it.
    pub issuer: IssuerName,
    /// What the issuer calls it (RFC 9773, 4.1).
    pub id: String,
}

/// By issuer the roots that its chains must lead to; none while they cannot be read.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    roots: BTreeMap<IssuerName, (String, Option<RootCertStore>)>,
}

impl Trust {
    /// Trusts an issuer by these roots; by what was proven before, where there are none.
    pub fn add(&mut self, issuer: &IssuerName, roots: Option<RootCertStore>) {
        let mut text = issuer.to_string();
        for root in roots.iter().flat_map(|roots| &roots.roots) {
            text.push_str(&sha256(&[root.subject.as_ref(), root.subject_public_key_info.as_ref()].concat()));
        }
        self.roots.insert(issuer.clone(), (sha256(text.as_bytes()), roots));
    }

    /// What stands for whom is trusted: another text, another trust.
    pub(super) fn name(&self, issuer: &IssuerName) -> Option<&str> {
        self.roots.get(issuer).map(|(name, _)| name.as_str())
    }
}

impl State {
    /// Puts a certificate in the place of the one before.
    ///
    /// # Errors
    /// When the file cannot be written; the one before is then still there.
    pub fn put_in_force(
        &self,
        member: &MemberName,
        issuer: &IssuerName,
        chain: &[CertificateDer<'_>],
        key: &KeyPair,
    ) -> Result<(), StateError> {
        let path = self.certificate_path(member);
        create_folder(&self.folder.join("certificates"))?;
        let pem = |der: &CertificateDer<'_>| pem(der);
        let chain: String = chain.iter().map(pem).collect();
        let bundle = format!("{ISSUER}{issuer}\n{chain}{}", key.serialize_pem());
        write_atomically(&path, bundle.as_bytes(), 0o600).map_err(StateError::write(&path))
    }

    /// Whether the certificate in force is the one of the order that is open.
    pub fn has_key_of_order(&self, member: &MemberName) -> bool {
        let (Ok(key), Ok(bundle)) = (self.order_key(member), self.bundle(member)) else { return false };
        String::from_utf8_lossy(&bundle).contains(key.serialize_pem().trim())
    }

    /// Who issued the certificate in force; none for the platform's own authority, and where there is none.
    pub fn issuer_of(&self, member: &MemberName) -> Option<IssuerName> {
        issuer_of(&self.bundle(member).ok()?)
    }

    /// Forgets a certificate and its key; the ingress shows it until there is another.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn forget_certificate(&self, member: &MemberName) -> Result<(), StateError> {
        let path = self.certificate_path(member);
        remove(&path).map_err(StateError::write(&path))
    }

    /// The certificate in force, without chain and key; none where there is none.
    pub fn leaf(&self, member: &MemberName) -> Option<CertificateDer<'static>> {
        let bundle = self.bundle(member).ok()?;
        let first = Pem::iter_from_buffer(&bundle).next()?.ok()?;
        Some(first.contents.into())
    }
}

/// Whether a certificate is for a key and has these names, no more and no fewer.
///
/// # Errors
/// Why not.
pub fn fits(
    leaf: &CertificateDer<'_>,
    key: &KeyPair,
    names: &BTreeSet<CertificateName>,
) -> Result<(), String> {
    let (_, leaf) = x509_parser::parse_x509_certificate(leaf).map_err(|error| error.to_string())?;
    if !is_key_of(key, leaf.public_key()) {
        return Err("it is for another key".to_owned());
    }
    let there = names_in(&leaf)?;
    let list = |names: BTreeSet<&CertificateName>| {
        names.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let missing: BTreeSet<_> = names.difference(&there).collect();
    let unasked: BTreeSet<_> = there.difference(names).collect();
    if !missing.is_empty() {
        return Err(format!("it is not for {}", list(missing)));
    }
    if !unasked.is_empty() {
        return Err(format!("it is for {}, which nobody ordered", list(unasked)));
    }
    Ok(())
}

/// The issuer that a file names; none for one of the platform's own authority.
pub(super) fn issuer_of(bundle: &[u8]) -> Option<IssuerName> {
    let line = bundle.split(|byte| *byte == b'\n').next()?;
    std::str::from_utf8(line).ok()?.strip_prefix(ISSUER)?.trim().parse().ok()
}

/// Proves that the parts of a file belong together and lead to whom is trusted.
pub(super) fn observe(
    bytes: &[u8],
    issuer: &IssuerName,
    trust: &Trust,
    now: Timestamp,
) -> Result<(ObservedCertificate, String), String> {
    let Some((_, roots)) = trust.roots.get(issuer) else {
        return Err(format!("it was issued by {issuer}, which the platform names no more"));
    };
    let blocks: Result<Vec<Pem>, _> = Pem::iter_from_buffer(bytes).collect();
    let blocks = blocks.map_err(|error| format!("it is not PEM: {error}"))?;
    let Some((key, chain)) = blocks.split_last().filter(|(_, chain)| !chain.is_empty()) else {
        return Err("it has no certificate, or no key".to_owned());
    };
    let chain: Vec<CertificateDer<'_>> = chain.iter().map(|block| block.contents.as_slice().into()).collect();
    let Some((leaf_der, rest)) = chain.split_first() else { return Err("it has no certificate".to_owned()) };
    let (_, leaf) = x509_parser::parse_x509_certificate(leaf_der)
        .map_err(|error| format!("its certificate cannot be read: {error}"))?;
    let key = KeyPair::try_from(key.contents.as_slice()).map_err(|_| "its key cannot be read".to_owned())?;
    if !is_key_of(&key, leaf.public_key()) {
        return Err("its key is not the certificate's".to_owned());
    }
    let names = names_in(&leaf)?;
    let not_before = moment(leaf.validity().not_before.timestamp())?;
    let not_after = moment(leaf.validity().not_after.timestamp())?;
    if let Some(roots) = roots {
        // whether it is of today is judged later: one that ended is still a certificate of that issuer
        let at = now.clamp(not_before, not_after.max(not_before));
        verify(roots, (leaf_der, rest), &names, at)
            .map_err(|reason| format!("its chain does not lead to the roots of {issuer}: {reason}"))?;
    }
    let certificate = ObservedCertificate {
        names,
        not_before,
        not_after,
        signer: Signer::Issuer(issuer.clone()),
        key_type: keys::kind(leaf.public_key()),
        window: None,
        leaf: sha256(leaf_der),
        bundle: sha256(bytes),
    };
    let id = CertificateIdentifier::try_from(leaf_der).map(|id| id.to_string()).unwrap_or_default();
    Ok((certificate, id))
}

/// Notes when issuers would have certificates renewed.
pub(super) fn windows(
    state: &State,
    certificates: &mut BTreeMap<MemberName, ObservedCertificate>,
    issued: &BTreeMap<MemberName, IssuedCertificate>,
) -> Result<(), StateError> {
    if issued.is_empty() {
        return Ok(());
    }
    for (member, record) in state.windows()?.records {
        let same = issued.get(&member).is_some_and(|issued| issued.id == record.certificate);
        if let (true, Some(start), Some(end), Some(certificate)) =
            (same, record.start, record.end, certificates.get_mut(&member))
        {
            certificate.window = Some(Window { certificate: record.certificate, start, end });
        }
    }
    Ok(())
}

/// A certificate in PEM (RFC 7468).
fn pem(der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::prelude::BASE64_STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

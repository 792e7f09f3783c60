//! The platform's own certificate authority: a key and a certificate that machines of the platform may trust.

use std::path::PathBuf;

use campanile_plan::docker::sha256;
use campanile_plan::document::values::PlatformName;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, SerialNumber,
};
use time::OffsetDateTime;

use super::atomic::create_atomically;
use super::{State, StateError, create_folder, if_there};

/// How long the authority is valid.
const LIFE: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);
/// How far back certificates begin, for machines whose clock is behind.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_hours(1);

/// The authority as it stands in the state folder.
pub(super) struct Authority {
    /// Its certificate in PEM.
    pub pem: String,
    /// Its certificate in DER.
    pub der: Vec<u8>,
    /// Its key.
    pub key: KeyPair,
}

impl Authority {
    /// SHA-256 of its certificate.
    pub fn fingerprint(&self) -> String {
        sha256(&self.der)
    }
}

impl State {
    /// Makes the authority of a platform, valid for ten years, and returns its fingerprint. A key without certificate,
    /// which a crash at this point leaves behind, is taken up again.
    ///
    /// # Errors
    /// `AuthorityExists` when there is one: it is never replaced.
    pub fn create_authority(&self, platform: &PlatformName, now: Timestamp) -> Result<String, StateError> {
        let [_, pem_path] = self.authority_paths();
        if pem_path.exists() {
            return Err(StateError::AuthorityExists { path: pem_path });
        }
        create_folder(&self.folder.join("ca"))?;
        let subject = format!("Campanile {platform} internal CA");
        let failed = |source| StateError::Certificate { subject: subject.clone(), source };
        let key = self.authority_key(&subject)?;
        let mut parameters = parameters(&subject, now, LIFE)?;
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = parameters.self_signed(&key).map_err(failed)?;
        create_atomically(&pem_path, certificate.pem().as_bytes(), 0o644)
            .map_err(StateError::write(&pem_path))?;
        Ok(sha256(certificate.der()))
    }

    /// The key of an authority that is being made: the one that is there, or a new one.
    fn authority_key(&self, subject: &str) -> Result<KeyPair, StateError> {
        let [path, _] = self.authority_paths();
        let written = if_there(std::fs::read_to_string(&path)).map_err(StateError::read(&path))?;
        if let Some(text) = written {
            return KeyPair::from_pem(&text).map_err(StateError::damaged(&path));
        }
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256);
        let key = key.map_err(|source| StateError::Certificate { subject: subject.to_owned(), source })?;
        create_atomically(&path, key.serialize_pem().as_bytes(), 0o600).map_err(StateError::write(&path))?;
        Ok(key)
    }

    /// The authority; none before the first start.
    pub(super) fn authority(&self) -> Result<Option<Authority>, StateError> {
        let [key_path, pem_path] = self.authority_paths();
        let pem = if_there(std::fs::read_to_string(&pem_path)).map_err(StateError::read(&pem_path))?;
        let Some(pem) = pem else { return Ok(None) };
        let text = std::fs::read_to_string(&key_path).map_err(StateError::read(&key_path))?;
        let key = KeyPair::from_pem(&text).map_err(StateError::damaged(&key_path))?;
        let (_, block) =
            x509_parser::pem::parse_x509_pem(pem.as_bytes()).map_err(StateError::damaged(&pem_path))?;
        let der = block.contents;
        let (_, certificate) =
            x509_parser::parse_x509_certificate(&der).map_err(StateError::damaged(&pem_path))?;
        if certificate.public_key().subject_public_key.data != key.public_key_raw() {
            return Err(StateError::Damaged {
                path: pem_path,
                reason: "its key is not the one in ca.key".to_owned(),
            });
        }
        Ok(Some(Authority { pem, der, key }))
    }

    /// Key and certificate.
    fn authority_paths(&self) -> [PathBuf; 2] {
        ["ca.key", "ca.pem"].map(|name| self.folder.join("ca").join(name))
    }

    /// The authority's certificate, for those who are to trust it.
    pub fn authority_path(&self) -> PathBuf {
        let [_, pem_path] = self.authority_paths();
        pem_path
    }
}

/// What the authority and its leaves have in common: a name, a span of time, a random serial number.
pub(super) fn parameters(
    subject: &str,
    now: Timestamp,
    life: SignedDuration,
) -> Result<CertificateParams, StateError> {
    let mut serial = [0; 16];
    getrandom::fill(&mut serial).map_err(|source| StateError::Random { source })?;
    // RFC 5280, 4.1.2.2: positive, and no leading zero
    serial[0] = serial[0] & 0x7f | 0x40;
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, subject);
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = name;
    parameters.serial_number = Some(SerialNumber::from_slice(&serial));
    parameters.not_before = at(now, -CLOCK_SLACK)?;
    parameters.not_after = at(now, life)?;
    Ok(parameters)
}

fn at(now: Timestamp, offset: SignedDuration) -> Result<OffsetDateTime, StateError> {
    let clock = || StateError::Clock { at: now };
    let moment = now.checked_add(offset).map_err(|_| clock())?;
    OffsetDateTime::from_unix_timestamp(moment.as_second()).map_err(|_| clock())
}

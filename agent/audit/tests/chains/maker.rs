//! Makes certificates: right ones, which a case then spoils in one respect.

use std::sync::atomic::{AtomicU64, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, SerialNumber, date_time_ymd,
};

/// A certificate with its key.
pub struct Made {
    pub der: Vec<u8>,
    params: CertificateParams,
    key: KeyPair,
}

impl Made {
    /// What signs with its key and name.
    pub fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, &self.key)
    }

    /// The same with another signature value: its last byte changed.
    pub fn with_broken_signature(&self) -> Self {
        let mut der = self.der.clone();
        *der.last_mut().unwrap() ^= 1;
        Self { der, params: self.params.clone(), key: KeyPair::from_pem(&self.key.serialize_pem()).unwrap() }
    }

    /// Another certificate with the same name and key.
    pub fn renewed(&self, issuer: &Self, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = self.params.clone();
        params.serial_number = Some(serial());
        change(&mut params);
        let key = KeyPair::from_pem(&self.key.serialize_pem()).unwrap();
        let certificate = params.signed_by(&key, &issuer.issuer()).unwrap();
        Self { der: certificate.der().to_vec(), params, key }
    }
}

fn serial() -> SerialNumber {
    static NEXT: AtomicU64 = AtomicU64::new(0x4000_0000_0000);
    SerialNumber::from(NEXT.fetch_add(1, Ordering::Relaxed))
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Test");
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params.serial_number = Some(serial());
    params.use_authority_key_identifier_extension = true;
    params
}

fn authority(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// A root.
pub fn root(name: &str) -> Made {
    root_with(name, |_| {})
}

/// A root that is changed before it signs itself.
pub fn root_with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Made {
    let mut params = authority(name);
    change(&mut params);
    self_signed(params)
}

/// An intermediate.
pub fn intermediate(issuer: &Made, name: &str) -> Made {
    intermediate_with(issuer, name, |_| {})
}

/// An intermediate that is changed before it is signed.
pub fn intermediate_with(issuer: &Made, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Made {
    let mut params = authority(name);
    change(&mut params);
    signed(params, issuer)
}

/// A site's certificate.
pub fn site(issuer: &Made, names: &[&str]) -> Made {
    site_with(issuer, names, |_| {})
}

/// A site's certificate that is changed before it is signed.
pub fn site_with(issuer: &Made, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Made {
    let mut params = site_params(names);
    change(&mut params);
    signed(params, issuer)
}

/// A site's certificate that signs itself.
pub fn self_signed_site(names: &[&str]) -> Made {
    self_signed(site_params(names))
}

fn site_params(names: &[&str]) -> CertificateParams {
    let made = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
    let mut params = params(names.first().unwrap_or(&"nameless"));
    params.subject_alt_names = made.subject_alt_names;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn signed(params: CertificateParams, issuer: &Made) -> Made {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &issuer.issuer()).unwrap();
    Made { der: certificate.der().to_vec(), params, key }
}

fn self_signed(params: CertificateParams) -> Made {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Made { der: certificate.der().to_vec(), params, key }
}

/// The issuer's information, in which the issuer's certificate is said to be at this address.
pub fn issuer_at(url: &str) -> CustomExtension {
    let mut access = vec![6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 2, 0x86, u8::try_from(url.len()).unwrap()];
    access.extend(url.bytes());
    let access = sequence(&access);
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], sequence(&access))
}

/// A DER sequence of less than 128 bytes.
pub fn sequence(content: &[u8]) -> Vec<u8> {
    let mut der = vec![0x30, u8::try_from(content.len()).unwrap()];
    der.extend(content);
    der
}

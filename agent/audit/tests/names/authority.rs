//! An authority of the tests' own: certificates, where its files are, and its revocation list.

use std::net::IpAddr;
use std::sync::Arc;

use campanile_audit::chain::Roots;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer,
    CrlDistributionPoint, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair,
    KeyUsagePurpose, RevocationReason, RevokedCertParams, SerialNumber, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

pub type Issuer = CertifiedIssuer<'static, KeyPair>;

/// A certificate with its key and those above it.
pub struct Site {
    pub chain: Vec<Vec<u8>>,
    key: Vec<u8>,
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2090, 1, 1);
    params.use_authority_key_identifier_extension = true;
    params
}

fn authority(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

pub fn root(name: &str) -> Issuer {
    CertifiedIssuer::self_signed(authority(name), KeyPair::generate().unwrap()).unwrap()
}

/// An intermediate whose issuer's certificate is at an address.
pub fn intermediate(issuer: &Issuer, name: &str, issuer_at: &str) -> Issuer {
    let mut params = authority(name);
    params.custom_extensions.push(access(issuer_at));
    CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), issuer).unwrap()
}

/// A site's certificate; `list_at` and `issuer_at` are addresses, or empty.
pub fn site(issuer: &Issuer, names: &[&str], serial: u64, list_at: &str, issuer_at: &str) -> Site {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = params(&names[0]);
    params.subject_alt_names = CertificateParams::new(names).unwrap().subject_alt_names;
    params.serial_number = Some(SerialNumber::from(serial));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    if !list_at.is_empty() {
        params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![list_at.to_owned()] }];
    }
    if !issuer_at.is_empty() {
        params.custom_extensions.push(access(issuer_at));
    }
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    Site { chain: vec![certificate.der().to_vec(), issuer.der().to_vec()], key: key.serialize_der() }
}

/// A list with these serial numbers on it.
pub fn list(issuer: &Issuer, serials: &[u64]) -> Vec<u8> {
    let revoked = |serial: &u64| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: date_time_ymd(2026, 3, 4),
        reason_code: Some(RevocationReason::Superseded),
        invalidity_date: None,
    };
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2026, 1, 1),
        next_update: date_time_ymd(2090, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: serials.iter().map(revoked).collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(issuer).unwrap().der().to_vec()
}

/// Where the issuer's certificate is (RFC 5280, 4.2.2.1).
fn access(url: &str) -> CustomExtension {
    let wrapped = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
    let method = [6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 2];
    let description = wrapped(0x30, &[&method[..], &wrapped(0x86, url.as_bytes())].concat());
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], wrapped(0x30, &description))
}

pub fn trusting(root: &Issuer) -> Roots {
    Roots::none().with_extra(root.pem().as_bytes()).unwrap()
}

impl Site {
    pub fn acceptor(&self) -> TlsAcceptor {
        let chain = self.chain.iter().map(|der| CertificateDer::from(der.clone())).collect();
        let key = PrivateKeyDer::try_from(self.key.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    /// SHA-256 of its public key, as a TLSA record has it.
    pub fn key_hash(&self, host: &str) -> String {
        let now = jiff::Timestamp::now();
        let chain = campanile_audit::chain::read(&self.chain, Some(host), now, &Roots::none());
        chain.certificates[0].key_sha256.clone()
    }
}

/// An address as text, for a URL.
pub fn url(address: impl Into<IpAddr>, port: u16, path: &str) -> String {
    format!("http://{}:{port}{path}", address.into())
}

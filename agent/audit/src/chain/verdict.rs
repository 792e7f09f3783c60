//! webpki's verdict.

use std::time::Duration;

use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage, ring};

use super::certificate::Parsed;
use super::roots::Roots;

/// Signatures that are accepted: all that webpki knows with ring. SHA-1, MD5 and RSA of less than 2048 bits are not among them.
const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    ring::ECDSA_P256_SHA256,
    ring::ECDSA_P256_SHA384,
    ring::ECDSA_P384_SHA256,
    ring::ECDSA_P384_SHA384,
    ring::ED25519,
    ring::RSA_PKCS1_2048_8192_SHA256,
    ring::RSA_PKCS1_2048_8192_SHA384,
    ring::RSA_PKCS1_2048_8192_SHA512,
    ring::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
    ring::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
    ring::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
    ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
];

/// What is trusted, or webpki's reason; none where the name is none.
pub(super) fn of(
    served: &[Parsed<'_>],
    besides: &[Parsed<'_>],
    name: Option<&str>,
    now: Timestamp,
    roots: &Roots,
) -> Result<(), Option<Error>> {
    let Some((first, others)) = served.split_first() else { return Err(None) };
    let intermediates: Vec<CertificateDer<'_>> =
        others.iter().chain(besides).map(|parsed| CertificateDer::from(parsed.der)).collect();
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let first = CertificateDer::from(first.der);
    let first = EndEntityCert::try_from(&first)?;
    let path = first.verify_for_usage(
        ALGORITHMS,
        roots.anchors(),
        &intermediates,
        UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
        KeyUsage::server_auth(),
        None,
        None,
    );
    path?;
    match name {
        Some(name) => Ok(first.verify_is_valid_for_subject_name(&server_name(name).ok_or(None)?)?),
        None => Ok(()),
    }
}

/// Whether the certificate surely has other names than this one.
pub(super) fn lacks_name(certificate: &Parsed<'_>, name: &str) -> bool {
    let der = CertificateDer::from(certificate.der);
    let Ok(certificate) = EndEntityCert::try_from(&der) else { return false };
    server_name(name).is_none_or(|name| certificate.verify_is_valid_for_subject_name(&name).is_err())
}

/// A host, in A-labels or not, or an address.
pub(super) fn server_name(name: &str) -> Option<ServerName<'static>> {
    let name = name.trim_matches(['[', ']']);
    let name = name.strip_suffix('.').unwrap_or(name);
    let name = if name.is_ascii() { name.to_owned() } else { idna::domain_to_ascii(name).ok()? };
    ServerName::try_from(name).ok()
}

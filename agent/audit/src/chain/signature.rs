//! Whether a certificate's signature was made with a key.

use ring::signature::{
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    UnparsedPublicKey,
};
use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::key;
use crate::facts::{KeyKind, SignatureHash};

/// Whether the key made the certificate's signature; none where the algorithm is one that we cannot compute: then nothing
/// is held against it here.
pub(super) fn fits(certificate: &X509Certificate<'_>, key: &SubjectPublicKeyInfo<'_>) -> Option<bool> {
    let (kind, bits) = key::kind(key);
    if kind == KeyKind::Rsa && bits < 2048 {
        return short_rsa_fits(certificate, key, bits);
    }
    match certificate.verify_signature(Some(key)) {
        Ok(()) => Some(true),
        // ring takes salts of one length only
        Err(X509Error::SignatureVerificationError) if key::is_pss(&certificate.signature_algorithm) => None,
        Err(X509Error::SignatureVerificationError) => Some(false),
        Err(_) => None,
    }
}

/// Keys that nobody should have, but whose signatures are none the less real.
fn short_rsa_fits(
    certificate: &X509Certificate<'_>,
    key: &SubjectPublicKeyInfo<'_>,
    bits: u32,
) -> Option<bool> {
    let algorithm = match key::hash(&certificate.signature_algorithm) {
        _ if bits < 1024 => return None,
        SignatureHash::Sha256 => &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        SignatureHash::Sha512 => &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        SignatureHash::Sha1 => return certificate.verify_signature(Some(key)).ok().map(|()| true),
        _ => return None,
    };
    let key = UnparsedPublicKey::new(algorithm, &key.subject_public_key.data);
    let signed = certificate.tbs_certificate.as_ref();
    Some(key.verify(signed, &certificate.signature_value.data).is_ok())
}

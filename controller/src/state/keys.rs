//! Keys of certificates: made here, and written nowhere but into the state folder.

use campanile_plan::document::KeyType;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::StateError;

/// Makes a key; `subject` says for whom, should it fail.
pub(super) fn make(key_type: KeyType, subject: &str) -> Result<KeyPair, StateError> {
    let failed = |source| StateError::Certificate { subject: subject.to_owned(), source };
    let bits = match key_type {
        KeyType::EcdsaP256 => return KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed),
        KeyType::Rsa2048 => aws_lc_rs::rsa::KeySize::Rsa2048,
        KeyType::Rsa3072 => aws_lc_rs::rsa::KeySize::Rsa3072,
        KeyType::Rsa4096 => aws_lc_rs::rsa::KeySize::Rsa4096,
    };
    let unmade = || failed(rcgen::Error::KeyGenerationUnavailable);
    let made = aws_lc_rs::rsa::KeyPair::generate(bits).map_err(|_| unmade())?;
    let bytes = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&made)
        .map_err(|_| unmade())?;
    KeyPair::try_from(bytes.as_ref()).map_err(failed)
}

/// The kind of a certificate's key; none for one that no document can ask for.
pub(super) fn kind(key: &SubjectPublicKeyInfo<'_>) -> Option<KeyType> {
    match key.parsed().ok()? {
        PublicKey::EC(point) if point.key_size() == 256 => Some(KeyType::EcdsaP256),
        PublicKey::RSA(rsa) => match rsa.key_size() {
            2048 => Some(KeyType::Rsa2048),
            3072 => Some(KeyType::Rsa3072),
            4096 => Some(KeyType::Rsa4096),
            _ => None,
        },
        _ => None,
    }
}

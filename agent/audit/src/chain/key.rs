//! Keys and the hashes of signatures, by their object identifiers.

use x509_parser::asn1_rs::Oid;
use x509_parser::public_key::PublicKey;
use x509_parser::signature_algorithm::SignatureAlgorithm;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use crate::facts::{KeyKind, SignatureHash};

/// Bits of the curves that are named.
const CURVES: &[(&str, u32)] = &[
    ("1.2.840.10045.3.1.1", 192),
    ("1.2.840.10045.3.1.7", 256),
    ("1.3.132.0.10", 256),
    ("1.3.132.0.33", 224),
    ("1.3.132.0.34", 384),
    ("1.3.132.0.35", 521),
    ("1.3.36.3.3.2.8.1.1.7", 256),
    ("1.3.36.3.3.2.8.1.1.11", 384),
    ("1.3.36.3.3.2.8.1.1.13", 512),
];

/// Signature algorithms and the hash that each is made over.
const SIGNATURES: &[(&str, SignatureHash)] = &[
    ("1.2.840.113549.1.1.2", SignatureHash::Md2),
    ("1.2.840.113549.1.1.4", SignatureHash::Md5),
    ("1.3.14.3.2.3", SignatureHash::Md5),
    ("1.2.840.113549.1.1.5", SignatureHash::Sha1),
    ("1.3.14.3.2.29", SignatureHash::Sha1),
    ("1.3.14.3.2.27", SignatureHash::Sha1),
    ("1.2.840.10040.4.3", SignatureHash::Sha1),
    ("1.2.840.10045.4.1", SignatureHash::Sha1),
    ("1.2.840.113549.1.1.14", SignatureHash::Sha224),
    ("1.2.840.10045.4.3.1", SignatureHash::Sha224),
    ("2.16.840.1.101.3.4.3.1", SignatureHash::Sha224),
    ("1.2.840.113549.1.1.11", SignatureHash::Sha256),
    ("1.2.840.10045.4.3.2", SignatureHash::Sha256),
    ("2.16.840.1.101.3.4.3.2", SignatureHash::Sha256),
    ("1.2.840.113549.1.1.12", SignatureHash::Sha384),
    ("1.2.840.10045.4.3.3", SignatureHash::Sha384),
    ("1.2.840.113549.1.1.13", SignatureHash::Sha512),
    ("1.2.840.10045.4.3.4", SignatureHash::Sha512),
    ("1.3.101.112", SignatureHash::Sha512),
];

/// Hashes by themselves, as RSA-PSS names them.
const HASHES: &[(&str, SignatureHash)] = &[
    ("1.3.14.3.2.26", SignatureHash::Sha1),
    ("2.16.840.1.101.3.4.2.1", SignatureHash::Sha256),
    ("2.16.840.1.101.3.4.2.2", SignatureHash::Sha384),
    ("2.16.840.1.101.3.4.2.3", SignatureHash::Sha512),
    ("2.16.840.1.101.3.4.2.4", SignatureHash::Sha224),
];

/// The kind of a key, and its bits.
pub(super) fn kind(key: &SubjectPublicKeyInfo<'_>) -> (KeyKind, u32) {
    let oid = key.algorithm.algorithm.to_id_string();
    let octets = key.subject_public_key.data.len();
    match (oid.as_str(), key.parsed()) {
        // RSA, and RSA for PSS alone
        ("1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10", parsed) => {
            (KeyKind::Rsa, parsed.map_or(0, |parsed| modulus(&parsed)))
        }
        ("1.2.840.10045.2.1", _) => (KeyKind::Ec, curve(&key.algorithm).unwrap_or(bits(octets / 2))),
        ("1.3.101.112", _) => (KeyKind::Eddsa, 256),
        ("1.3.101.113", _) => (KeyKind::Eddsa, 456),
        ("1.2.840.10040.4.1", parsed) => (KeyKind::Dsa, parsed.map_or(0, |_| dsa(&key.algorithm))),
        (other, _) => (KeyKind::Other(other.to_owned()), bits(octets)),
    }
}

/// The hash in a signature.
pub(super) fn hash(algorithm: &AlgorithmIdentifier<'_>) -> SignatureHash {
    let known = |table: &[(&str, SignatureHash)], oid: &Oid<'_>| {
        let oid = oid.to_id_string();
        let found = table.iter().find(|(known, _)| *known == oid).map(|(_, hash)| hash.clone());
        found.unwrap_or(SignatureHash::Other(oid))
    };
    match SignatureAlgorithm::try_from(algorithm) {
        Ok(SignatureAlgorithm::RSASSA_PSS(parameters)) => known(HASHES, parameters.hash_algorithm_oid()),
        _ => known(SIGNATURES, &algorithm.algorithm),
    }
}

/// The signature is one of RSA-PSS.
pub(super) fn is_pss(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    matches!(SignatureAlgorithm::try_from(algorithm), Ok(SignatureAlgorithm::RSASSA_PSS(_)))
}

fn modulus(key: &PublicKey<'_>) -> u32 {
    match key {
        PublicKey::RSA(key) => significant(key.modulus),
        _ => 0,
    }
}

/// DSA's prime is the first number of its parameters.
fn dsa(algorithm: &AlgorithmIdentifier<'_>) -> u32 {
    use x509_parser::asn1_rs::{FromDer, Integer};
    let parameters = algorithm.parameters.as_ref().map(|any| any.data);
    let prime = parameters.and_then(|data| Integer::from_der(data).ok());
    prime.map_or(0, |(_, prime)| significant(prime.as_ref()))
}

fn curve(algorithm: &AlgorithmIdentifier<'_>) -> Option<u32> {
    let oid = algorithm.parameters.as_ref()?.as_oid().ok()?.to_id_string();
    CURVES.iter().find(|(known, _)| *known == oid).map(|(_, bits)| *bits)
}

/// Bits of a number, its leading zeros aside.
fn significant(number: &[u8]) -> u32 {
    let number = &number[number.iter().take_while(|octet| **octet == 0).count()..];
    number.first().map_or(0, |first| bits(number.len()) - first.leading_zeros())
}

fn bits(octets: usize) -> u32 {
    u32::try_from(octets).unwrap_or(u32::MAX / 8) * 8
}

#[cfg(test)]
mod tests {
    use super::significant;

    #[test]
    fn leading_zeros_are_not_counted() {
        for (number, expected) in
            [(&[][..], 0), (&[0, 0], 0), (&[0, 0x80, 0], 16), (&[1], 1), (&[0x7f, 0xff], 15)]
        {
            assert_eq!(significant(number), expected, "{number:?}");
        }
    }
}

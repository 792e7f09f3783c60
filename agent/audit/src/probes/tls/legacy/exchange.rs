//! How keys are exchanged: what the client says, and the secret that both sides have then.

use aws_lc_rs::agreement::{
    Algorithm, ECDH_P256, ECDH_P384, ECDH_P521, EphemeralPrivateKey, UnparsedPublicKey, X25519,
    agree_ephemeral,
};
use aws_lc_rs::rand::{self, SystemRandom};
use num_bigint::BigUint;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::super::bytes::Bytes;
use super::super::hello::put_vector;
use super::Refused;
use super::suite::Exchange;
use crate::registry::Version;

/// The most bits of a key or a prime: more only keeps us busy.
const MOST_BITS: u64 = 8192;
/// Bytes of our exponent.
const EXPONENT: usize = 32;

/// The curves that are offered, the best first.
pub const CURVES: [(u16, &Algorithm); 4] =
    [(29, &X25519), (23, &ECDH_P256), (24, &ECDH_P384), (25, &ECDH_P521)];

/// What the client says, and the secret.
pub struct Agreed {
    /// The body of `ClientKeyExchange`.
    pub said: Vec<u8>,
    /// The premaster secret.
    pub secret: Vec<u8>,
}

/// Agrees on a secret with a server of this certificate that said this in its `ServerKeyExchange`, if anything.
pub fn agree(exchange: Exchange, certificate: &[u8], said: Option<&[u8]>) -> Result<Agreed, Refused> {
    match (exchange, said) {
        (Exchange::Rsa, _) => by_rsa(certificate),
        (Exchange::Dhe, Some(said)) => by_prime(said),
        (Exchange::Ecdhe, Some(said)) => by_curve(said),
        (Exchange::Dhe | Exchange::Ecdhe, None) => Err(Refused::Odd("it says nothing for its key exchange")),
    }
}

fn by_rsa(certificate: &[u8]) -> Result<Agreed, Refused> {
    const NO_KEY: Refused = Refused::Odd("its certificate has no RSA key that can be used");
    let (_, certificate) = X509Certificate::from_der(certificate).map_err(|_| NO_KEY)?;
    let Ok(PublicKey::RSA(key)) = certificate.public_key().parsed() else { return Err(NO_KEY) };
    let (modulus, exponent) = (BigUint::from_bytes_be(key.modulus), BigUint::from_bytes_be(key.exponent));
    if !modulus.bit(0) || !(512..=MOST_BITS).contains(&modulus.bits()) || exponent.bits() > 64 {
        return Err(NO_KEY);
    }
    let mut secret = Version::Tls12.number().to_be_bytes().to_vec();
    secret.extend(random(46)?);
    let length = usize::try_from(modulus.bits().div_ceil(8)).map_err(|_| NO_KEY)?;
    // RFC 8017, 7.2.1
    let mut block = vec![0, 2];
    block.extend(random(length - secret.len() - 3)?.into_iter().map(|byte| byte.max(1)));
    block.push(0);
    block.extend_from_slice(&secret);
    let encrypted = filled(&BigUint::from_bytes_be(&block).modpow(&exponent, &modulus), length);
    let mut said = Vec::new();
    put_vector(&mut said, 2, |said| said.extend(encrypted));
    Ok(Agreed { said, secret })
}

fn by_prime(said: &[u8]) -> Result<Agreed, Refused> {
    const NO_PRIME: Refused = Refused::Odd("its prime cannot be used");
    let mut bytes = Bytes(said);
    let mut number = || bytes.vector(2).map(BigUint::from_bytes_be).ok_or(NO_PRIME);
    let (prime, generator, theirs) = (number()?, number()?, number()?);
    if !prime.bit(0) || !(256..=MOST_BITS).contains(&prime.bits()) {
        return Err(NO_PRIME);
    }
    let exponent = BigUint::from_bytes_be(&random(EXPONENT)?);
    let length = usize::try_from(prime.bits().div_ceil(8)).map_err(|_| NO_PRIME)?;
    let ours = filled(&generator.modpow(&exponent, &prime), length);
    let mut said = Vec::new();
    put_vector(&mut said, 2, |said| said.extend(ours));
    // without its leading zeros (RFC 5246, 8.1.2)
    Ok(Agreed { said, secret: theirs.modpow(&exponent, &prime).to_bytes_be() })
}

fn by_curve(said: &[u8]) -> Result<Agreed, Refused> {
    const NO_POINT: Refused = Refused::Odd("its curve cannot be used");
    let mut bytes = Bytes(said);
    let (kind, group, theirs) = (bytes.one(), bytes.two(), bytes.vector(1).ok_or(NO_POINT)?);
    let curve = CURVES.iter().find(|(number, _)| kind == Some(3) && group == Some(*number));
    let (_, algorithm) = curve.ok_or(NO_POINT)?;
    let ours = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new()).map_err(|_| NO_POINT)?;
    let point = ours.compute_public_key().map_err(|_| NO_POINT)?;
    let mut said = Vec::new();
    put_vector(&mut said, 1, |said| said.extend_from_slice(point.as_ref()));
    let theirs = UnparsedPublicKey::new(algorithm, theirs);
    let secret = agree_ephemeral(ours, theirs, NO_POINT, |secret| Ok(secret.to_vec()))?;
    Ok(Agreed { said, secret })
}

/// Random bytes.
pub fn random(length: usize) -> Result<Vec<u8>, Refused> {
    let mut bytes = vec![0; length];
    rand::fill(&mut bytes).map_err(|_| Refused::Odd("this machine gives no random bytes"))?;
    Ok(bytes)
}

/// A number in so many bytes.
fn filled(number: &BigUint, length: usize) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    [vec![0; length.saturating_sub(bytes.len())], bytes].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(certificate: Vec<u8>, said: Vec<u8>) {
            for exchange in [Exchange::Rsa, Exchange::Dhe, Exchange::Ecdhe] {
                let _ = agree(exchange, &certificate, Some(&said));
            }
        }

        #[test]
        fn no_numbers_make_it_panic(numbers in prop::array::uniform3(prop::collection::vec(any::<u8>(), 0..70))) {
            let mut said = Vec::new();
            for number in &numbers {
                put_vector(&mut said, 2, |said| said.extend_from_slice(number));
            }
            let _ = agree(Exchange::Dhe, &[], Some(&said));
        }
    }
}

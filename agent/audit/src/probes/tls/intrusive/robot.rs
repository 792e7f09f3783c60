//! ROBOT (CVE-2017-13099 and others; Böck, Somorovsky, Young 2018): a server that shows whether the padding of what it
//! decrypted was right decrypts, in the end, anything for anybody. It is asked with one right and four wrong paddings; where
//! it answers them in different ways, three more rounds have to show the same.

use num_bigint::BigUint;
use tls_parser::TlsCipherKx;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::super::old::Old;
use super::super::{hello, random};
use super::{Begun, Reaction};
use crate::Answer;
use crate::registry::Suite;

/// Rounds that have to agree with the first before a server is accused.
const CONFIRMATIONS: u32 = 3;

/// How the secret that is sent is padded.
#[derive(Debug, Clone, Copy)]
enum Padding {
    /// As PKCS #1 has it.
    Right,
    /// It begins otherwise; the first byte stays zero, that the number stays below the modulus.
    WrongBegin,
    /// The zero that ends it is in the secret.
    WrongPlace,
    /// No zero ends it.
    NoEnd,
    /// The secret begins with another version.
    WrongVersion,
}

const ALL: [Padding; 5] =
    [Padding::Right, Padding::WrongBegin, Padding::WrongPlace, Padding::NoEnd, Padding::WrongVersion];

/// Asks, where the server takes a secret that is encrypted with its RSA key.
pub(super) async fn ask(old: &Old<'_>, suites: &[u16]) -> Answer<bool> {
    let by_rsa = |suite: &u16| {
        let parts = Suite(u32::from(*suite)).parts();
        parts.is_some_and(|parts| {
            parts.kx == TlsCipherKx::Rsa && !parts.name.contains("PSK") && !parts.name.contains("EXPORT")
        })
    };
    let suites: Vec<u16> = suites.iter().copied().filter(by_rsa).collect();
    if suites.is_empty() {
        return false.into();
    }
    // Some answer only a whole flight, others differ where it is cut short.
    for whole in [true, false] {
        let Some(first) = round(old, &suites, whole).await else {
            return Answer::unknown("its handshake could not be gone through");
        };
        if first.iter().all(|reaction| *reaction == first[0]) {
            continue;
        }
        for _ in 0..CONFIRMATIONS {
            match round(old, &suites, whole).await {
                Some(again) if again == first => {}
                Some(_) => {
                    return Answer::unknown("it answers differently from time to time, whatever the padding");
                }
                None => return Answer::unknown("its handshake could not be gone through"),
            }
        }
        return true.into();
    }
    false.into()
}

/// What it does with each padding.
async fn round(old: &Old<'_>, suites: &[u16], whole: bool) -> Option<[Reaction; 5]> {
    let mut reactions = [Reaction::Silence; 5];
    for (reaction, padding) in reactions.iter_mut().zip(ALL) {
        let mut begun = Begun::with(old.server, &old.hello(suites.to_vec())).await?;
        let (modulus, exponent) = key(&begun)?;
        let secret = padded(padding, modulus.bits().div_ceil(8), old.version.number())?;
        let encrypted = BigUint::from_bytes_be(&secret).modpow(&exponent, &modulus);
        let bytes = flight(&begun, &encrypted, secret.len(), whole);
        *reaction = begun.send(&bytes).await;
        begun.connection.abandon();
    }
    Some(reactions)
}

/// The key of the certificate that was served.
fn key(begun: &Begun) -> Option<(BigUint, BigUint)> {
    let der = begun.flight.certificates.as_ref()?.first()?;
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    match certificate.public_key().parsed().ok()? {
        PublicKey::RSA(key) => {
            let modulus = BigUint::from_bytes_be(key.modulus);
            // What is larger or even is no key, and would only cost time.
            let is_sane = modulus.bit(0) && (512..=16_384).contains(&modulus.bits());
            let exponent = BigUint::from_bytes_be(key.exponent);
            (is_sane && exponent.bits() <= 64).then_some((modulus, exponent))
        }
        _ => None,
    }
}

/// A premaster secret of 48 bytes, padded to the modulus's length; none where it is too short.
fn padded(padding: Padding, length: u64, version: u16) -> Option<Vec<u8>> {
    let filling = usize::try_from(length).ok()?.checked_sub(3 + 48).filter(|filling| *filling >= 8)?;
    let [high, low] = version.to_be_bytes();
    // Bytes that are never zero.
    let random: Vec<u8> = random().iter().map(|byte| byte | 1).collect();
    let mut bytes = vec![0, 2];
    bytes.extend(random.iter().cycle().take(filling));
    bytes.extend_from_slice(&[0, high, low]);
    bytes.extend_from_slice(&random[..46]);
    let end = bytes.len();
    match padding {
        Padding::Right => {}
        Padding::WrongBegin => bytes[1] = 0x17,
        Padding::WrongPlace => {
            bytes[2 + filling] = 0x11;
            bytes[end - 2] = 0;
        }
        Padding::NoEnd => bytes[2 + filling] = 0x11,
        Padding::WrongVersion => bytes[end - 48..end - 46].copy_from_slice(&[2, 2]),
    }
    Some(bytes)
}

/// The client's second flight: the key exchange, and a `Finished` that no key made.
fn flight(begun: &Begun, encrypted: &BigUint, length: usize, whole: bool) -> Vec<u8> {
    let number = encrypted.to_bytes_be();
    let mut content = vec![0; length.saturating_sub(number.len())];
    content.extend_from_slice(&number);
    let mut message = vec![16];
    hello::put_vector(&mut message, 3, |message| {
        hello::put_vector(message, 2, |message| message.extend_from_slice(&content));
    });
    let mut bytes = begun.record(22, &message);
    if whole {
        bytes.extend(begun.record(20, &[1]));
        bytes.extend(begun.record(22, &[0x5a; 64]));
    }
    bytes
}

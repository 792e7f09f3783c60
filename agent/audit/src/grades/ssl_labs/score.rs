//! The arithmetic: 30 % protocols, 30 % key exchange, 40 % ciphers; none of them may be zero.

use super::super::Reason;
use super::super::assume::{Assume, points};
use crate::facts::{Certificate, KeyKind, SignatureHash, Tls};
use crate::registry::{Group, Suite, Version};
use crate::rules::suites::{Weakness, bits, has, is_dhe};
use crate::rules::tls::accepted;

/// The score of 100, rounded down, and where points are lost.
pub fn score(tls: &Tls, assume: Assume) -> (i32, Vec<Reason>) {
    let (protocols, exchange, ciphers) =
        (protocols(tls, assume), exchange(tls, assume), ciphers(tls, assume));
    let parts = [
        ("protocolli", "protocols", protocols, 30),
        ("scambio delle chiavi", "key exchange", exchange, 30),
        ("cifrari", "ciphers", ciphers, 40),
    ];
    let zero = parts.iter().any(|(_, _, doubled, _)| *doubled == 0);
    let total = parts.iter().map(|(_, _, doubled, weight)| doubled * weight).sum::<i32>() / 200;
    let reasons =
        parts.iter().filter(|(_, _, doubled, _)| *doubled < 200).map(|(it, en, doubled, weight)| {
            let halves = if doubled % 2 == 0 { "" } else { ".5" };
            let said = format!("{}{halves}", doubled / 2);
            // what is lost of the total, rounded towards zero
            let lost = (200 - doubled) * weight / 200;
            points(
                -lost,
                format!("{it}: {said} su 100, peso {weight} %"),
                format!("{en}: {said} of 100, weight {weight} %"),
            )
        });
    let reasons = reasons.collect();
    (if zero { 0 } else { total }, reasons)
}

/// Whether a version is spoken.
pub fn speaks(tls: &Tls, version: Version, assume: Assume) -> bool {
    let good = version >= Version::Tls12;
    tls.versions.get(&version).is_some_and(|facts| assume.answer(&facts.offered, good))
}

/// Best and worst version, added: of 200.
fn protocols(tls: &Tls, assume: Assume) -> i32 {
    let worth = |version: Version| match version {
        Version::Ssl2 => 0,
        Version::Ssl3 => 80,
        Version::Tls10 => 90,
        Version::Tls11 => 95,
        Version::Tls12 | Version::Tls13 => 100,
    };
    let spoken: Vec<i32> =
        Version::ALL.into_iter().filter(|version| speaks(tls, *version, assume)).map(worth).collect();
    spoken.iter().min().zip(spoken.iter().max()).map_or(0, |(worst, best)| worst + best)
}

/// The weaker of key and ephemeral parameters, doubled: of 200.
fn exchange(tls: &Tls, assume: Assume) -> i32 {
    let suites = accepted(tls);
    let any = |weakness: Weakness| suites.iter().any(|suite| has(*suite, weakness));
    let compromised = leaves(tls).any(is_compromised);
    if any(Weakness::Anonymous) || compromised || (is_cut(tls, assume) && !assume.is_best()) {
        return 0;
    }
    let keys = leaves(tls).map(key_strength).min();
    let keys = keys.unwrap_or(if assume.is_best() { 4096 } else { 0 });
    let primes = tls.dh.iter().map(|dh| dh.bits).min().unwrap_or(u32::MAX);
    let unseen_prime = tls.dh.is_empty() && suites.iter().any(|suite| is_dhe(*suite)) && !assume.is_best();
    let primes = if unseen_prime { 0 } else { primes };
    let bits = keys.min(primes).min(curves(tls, assume));
    let export = suites.iter().any(|suite| suite.name().contains("EXPORT"));
    2 * match bits {
        0..512 => 20,
        512..1024 => 40,
        _ if export => 40,
        1024..2048 => 80,
        2048..4096 => 90,
        4096.. => 100,
    }
}

fn is_compromised(leaf: &Certificate) -> bool {
    leaf.key_is_compromised.is_yes()
}

pub fn leaves(tls: &Tls) -> impl Iterator<Item = &Certificate> {
    tls.chains.iter().filter_map(|served| served.chain.certificates.first())
}

/// Some suite of a version that is spoken may not be known.
pub fn is_cut(tls: &Tls, assume: Assume) -> bool {
    tls.versions.iter().any(|(version, facts)| speaks(tls, *version, assume) && !facts.complete)
}

/// Bits of an RSA key as strong as a certificate's.
pub fn key_strength(leaf: &Certificate) -> u32 {
    match &leaf.key {
        KeyKind::Rsa | KeyKind::Dsa => leaf.key_bits,
        KeyKind::Ec => as_rsa(leaf.key_bits),
        KeyKind::Eddsa => 3072,
        KeyKind::Other(_) => 4096,
    }
}

/// Bits of RSA as strong as a curve's (NIST SP 800-57, part 1, table 2).
fn as_rsa(curve: u32) -> u32 {
    match curve {
        0..160 => 512,
        160..224 => 1024,
        224..256 => 2048,
        256..384 => 3072,
        384..512 => 7680,
        512.. => 15_360,
    }
}

/// The weakest curve that is taken, as bits of RSA.
fn curves(tls: &Tls, assume: Assume) -> u32 {
    let known: Vec<Group> = [&tls.groups, &tls.groups_tls13]
        .into_iter()
        .filter_map(crate::Answer::known)
        .flatten()
        .copied()
        .collect();
    let unknown = tls.groups.known().is_none() || tls.groups_tls13.known().is_none();
    let weakest = known.into_iter().map(group_strength).min();
    let guessed = (unknown && !assume.is_best()).then_some(1024);
    weakest.into_iter().chain(guessed).min().unwrap_or(u32::MAX)
}

fn group_strength(group: Group) -> u32 {
    match group.0 {
        1..=3 | 15..=17 => as_rsa(160),
        4 | 5 | 18 | 19 => as_rsa(192),
        6..=8 | 20 | 21 => as_rsa(224),
        11 | 12 | 24 | 27 | 32 => as_rsa(384),
        13 | 14 | 25 | 28 | 30 | 33 => as_rsa(512),
        256 => 2048,
        257 => 3072,
        258..=260 => 4096,
        // P-256, X25519 and all else that is registered, hybrids by their weaker half
        _ => as_rsa(256),
    }
}

/// Best and worst cipher, added: of 200.
fn ciphers(tls: &Tls, assume: Assume) -> i32 {
    let worth = |suite: Suite| match bits(suite) {
        None | Some(0) => 0,
        Some(1..128) => 20,
        Some(128..256) => 80,
        Some(256..) => 100,
    };
    let mut all: Vec<i32> = accepted(tls).into_iter().map(worth).collect();
    if is_cut(tls, assume) || all.is_empty() {
        all.push(if assume.is_best() { 100 } else { 0 });
    }
    all.iter().min().zip(all.iter().max()).map_or(0, |(worst, best)| worst + best)
}

/// A leaf is signed over SHA-1, or worse.
pub fn is_weakly_signed(leaf: &Certificate) -> Option<&'static str> {
    match leaf.signature_hash {
        SignatureHash::Md2 => Some("MD2"),
        SignatureHash::Md5 => Some("MD5"),
        SignatureHash::Sha1 => Some("SHA-1"),
        _ => None,
    }
}

//! What a cipher suite is worth: the words of the registry read as a judge needs them.

use std::borrow::Cow;

use tls_parser::{TlsCipherAu, TlsCipherEnc, TlsCipherEncMode, TlsCipherKx};

use crate::registry::Suite;

/// A kind of weakness of a suite, the worst first. A suite may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// It does not encrypt.
    Null,
    /// It does not say who the server is.
    Anonymous,
    /// Keys under 112 bits: export, DES, RC2-40.
    SmallKey,
    /// RC4.
    Rc4,
    /// Blocks of 64 bits: 3DES, IDEA, RC2.
    SmallBlock,
    /// CBC.
    Cbc,
}

/// The name of a suite, without a copy where the registry has it.
fn name(suite: Suite) -> Cow<'static, str> {
    suite.parts().map_or_else(|| Cow::Owned(suite.name()), |parts| Cow::Borrowed(parts.name))
}

/// Whether a suite has a weakness.
pub fn has(suite: Suite, weakness: Weakness) -> bool {
    let name = name(suite);
    let parts = suite.parts();
    let cipher = parts.map(|parts| parts.enc);
    match weakness {
        Weakness::Null => cipher == Some(TlsCipherEnc::Null) || name.contains("WITH_NULL"),
        Weakness::Anonymous => {
            let none = |au| au == TlsCipherAu::Null;
            parts.is_some_and(|parts| none(parts.au) && parts.kx != TlsCipherKx::Tls13)
                || name.contains("_anon_")
                || parts.is_some_and(|parts| parts.kx == TlsCipherKx::Aecdh)
        }
        Weakness::SmallKey => !has(suite, Weakness::Null) && bits(suite).is_some_and(|bits| bits < 112),
        Weakness::Rc4 => name.contains("RC4"),
        Weakness::SmallBlock => {
            let small = ["3DES", "DES_192_EDE3", "IDEA", "RC2", "_DES_", "_DES40_"];
            small.iter().any(|word| name.contains(word))
        }
        Weakness::Cbc => {
            parts.is_some_and(|parts| parts.enc_mode == TlsCipherEncMode::Cbc) || name.contains("CBC")
        }
    }
}

/// Bits of the key with which a suite encrypts; none where its number is not registered.
pub fn bits(suite: Suite) -> Option<u32> {
    let name = name(suite);
    if name.contains("NULL") {
        return Some(0);
    }
    if name.contains("EXPORT") || name.contains("RC2_CBC_40") || name.contains("DES40") {
        return Some(40);
    }
    if name.contains("3DES") || name.contains("EDE3") {
        return Some(112);
    }
    if name.contains("DES_64") || name.contains("_DES_CBC") {
        return Some(56);
    }
    if name.contains("CHACHA20") {
        // some tables say 128, the bits of its tag
        return Some(256);
    }
    match suite.parts() {
        Some(parts) => Some(u32::from(parts.enc_size)),
        None => name.contains("_128_").then_some(128),
    }
}

/// Whether what was said can still not be read when the server's key gets lost one day.
pub fn forward_secret(suite: Suite) -> bool {
    use TlsCipherKx::{Aecdh, Dhe, Eccpwd, Ecdhe, Tls13};
    let Some(parts) = suite.parts() else { return false };
    matches!(parts.kx, Dhe | Ecdhe | Aecdh | Eccpwd | Tls13) || parts.name.contains("_anon_")
}

/// Whether the key exchange is finite-field DHE.
pub fn is_dhe(suite: Suite) -> bool {
    suite.parts().is_some_and(|parts| parts.kx == TlsCipherKx::Dhe)
}

/// Names in a row, at most about so many: `A, B and 3 more`.
pub fn list<T: ToString>(items: &[T], most: usize) -> crate::Text {
    // nobody is told of one more: it is named as quickly
    let most = if items.len() == most + 1 { items.len() } else { most };
    let names: Vec<String> = items.iter().take(most).map(ToString::to_string).collect();
    let names = names.join(", ");
    match items.len().saturating_sub(most) {
        0 => crate::Text::new(names.clone(), names),
        more => crate::Text::new(format!("{names} e altri {more}"), format!("{names} and {more} more")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_row() {
        for (items, expected) in [
            (&["a"][..], "a"),
            (&["a", "b", "c"], "a, b, c"),
            (&["a", "b", "c", "d"], "a, b and 2 more"),
            (&[], ""),
        ] {
            assert_eq!(list(items, 2).en, expected);
        }
    }

    #[test]
    fn the_bits_in_a_name_are_its_bits() {
        for suite in (0..=0xffff).map(Suite).filter(|suite| suite.parts().is_some()) {
            let name = suite.name();
            let said = if name.contains("_256_") { 256 } else { 128 };
            if name.contains(&format!("_{said}_")) && !name.contains("EXPORT") {
                assert_eq!(bits(suite), Some(said), "{name}");
            }
        }
    }

    #[test]
    fn the_registry_read_as_a_judge_needs_it() {
        use Weakness::{Anonymous, Cbc, Null, Rc4, SmallBlock, SmallKey};
        const ALL: [Weakness; 6] = [Null, Anonymous, SmallKey, Rc4, SmallBlock, Cbc];
        let cases: &[(u32, &str, &[Weakness], u32, bool)] = &[
            (0x1301, "TLS_AES_128_GCM_SHA256", &[], 128, true),
            (0x1303, "TLS_CHACHA20_POLY1305_SHA256", &[], 256, true),
            (0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", &[], 256, true),
            (0xc0ad, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM", &[], 256, true),
            (0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256", &[], 128, false),
            (0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA", &[Cbc], 128, false),
            (0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", &[Cbc], 128, true),
            (0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", &[SmallBlock, Cbc], 112, false),
            (0x0005, "TLS_RSA_WITH_RC4_128_SHA", &[Rc4], 128, false),
            (0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5", &[SmallKey, Rc4], 40, false),
            (0x0009, "TLS_RSA_WITH_DES_CBC_SHA", &[SmallKey, SmallBlock, Cbc], 56, false),
            (0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", &[SmallKey, SmallBlock, Cbc], 40, false),
            (0x0002, "TLS_RSA_WITH_NULL_SHA", &[Null], 0, false),
            (0x00a6, "TLS_DH_anon_WITH_AES_128_GCM_SHA256", &[Anonymous], 128, true),
            (0xc018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA", &[Anonymous, Cbc], 128, true),
            (0x0007, "TLS_RSA_WITH_IDEA_CBC_SHA", &[SmallBlock, Cbc], 128, false),
            (0x01_00_80, "SSL_CK_RC4_128_WITH_MD5", &[Rc4], 128, false),
            (0x07_00_c0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", &[SmallBlock, Cbc], 112, false),
            (0x06_00_40, "SSL_CK_DES_64_CBC_WITH_MD5", &[SmallKey, SmallBlock, Cbc], 56, false),
        ];
        for (number, name, weaknesses, key, forward) in cases {
            let suite = Suite(*number);
            assert_eq!(suite.name(), *name);
            let found: Vec<Weakness> = ALL.into_iter().filter(|weakness| has(suite, *weakness)).collect();
            assert_eq!(found, *weaknesses, "{name}");
            assert_eq!(bits(suite), Some(*key), "{name}");
            assert_eq!(forward_secret(suite), *forward, "{name}");
        }
    }
}

//! DKIM keys (RFC 6376, 3.6.1; RFC 8301; RFC 8463).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use x509_parser::prelude::FromDer;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::tags::{read, value};
use crate::chain::key_bits;
use crate::facts::DkimSelector;

/// Selectors that mail systems use unless told otherwise. There is no way to list a domain's selectors.
pub const SELECTORS: &[&str] = &[
    "default",
    "dkim",
    "dkim1",
    "mail",
    "email",
    "smtp",
    "mx",
    "key1",
    "key2",
    "s1",
    "s2",
    "s1024",
    "s2048",
    "selector",
    "selector1",
    "selector2",
    "google",
    "k1",
    "k2",
    "k3",
    "aruba",
    "campanile",
    "pec",
    "zimbra",
    "zoho",
    "protonmail",
    "fm1",
    "fm2",
    "fm3",
    "mandrill",
    "mxvault",
    "dk",
];

/// Bits below which RSA keys must not be used (RFC 8301, 3.2), and below which they should not.
const LEAST_BITS: u32 = 1024;
const GOOD_BITS: u32 = 2048;

/// The key at a selector; none where the texts are no key.
pub fn key(selector: &str, texts: &[String]) -> Option<DkimSelector> {
    let mut keys = texts.iter().filter(|text| is_key(text));
    let record = keys.next()?;
    let (tags, mut problems) = read(record);
    if keys.next().is_some() {
        problems.push("there are several records, of which a receiver may take any".to_owned());
    }
    let kind = value(&tags, "k").unwrap_or("rsa").to_ascii_lowercase();
    let data: String = value(&tags, "p").unwrap_or_default().split_whitespace().collect();
    let bits = match (data.as_str(), STANDARD.decode(&data)) {
        ("", _) => {
            problems.push("the key is revoked: p= is empty".to_owned());
            None
        }
        (_, Ok(octets)) => bits(&kind, &octets),
        (_, Err(_)) => None,
    };
    match (kind.as_str(), bits) {
        _ if data.is_empty() => {}
        ("rsa" | "ed25519", None) => problems.push("the key cannot be read".to_owned()),
        ("rsa", Some(bits)) if bits < LEAST_BITS => {
            problems.push(format!("{bits} bits are too few, receivers refuse them"));
        }
        ("rsa", Some(bits)) if bits < GOOD_BITS => problems.push(format!("{bits} bits are few")),
        ("rsa" | "ed25519", _) => {}
        _ => problems.push(format!("k={kind} is unknown")),
    }
    if value(&tags, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) {
        problems.push("t=y: receivers treat it as a test".to_owned());
    }
    if value(&tags, "h").is_some_and(|hashes| !hashes.split(':').any(|hash| hash.trim() == "sha256")) {
        problems.push("h= does not allow sha256".to_owned());
    }
    Some(DkimSelector { selector: selector.to_owned(), key: kind, bits, problems })
}

/// `v=DKIM1` comes first if it is there; else there is at least `p=`.
fn is_key(text: &str) -> bool {
    let (tags, _) = read(text);
    match tags.first() {
        Some((name, version)) if name == "v" => version == "DKIM1",
        _ => value(&tags, "p").is_some(),
    }
}

fn bits(kind: &str, octets: &[u8]) -> Option<u32> {
    match kind {
        "ed25519" => (octets.len() == 32).then_some(256),
        "rsa" => {
            let (_, key) = SubjectPublicKeyInfo::from_der(octets).ok()?;
            key_bits(&key)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::key;

    /// The public key of an RSA key of 512 bits, which nobody should take.
    const SHORT: &str = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKl4YDQPI5bnTgfV5V6a3AHEPWXbZjTKTBC5XVXfVcmhq+zDtTgCgGB1YcBXXaTFCkYpYaA39QhcPHMvEY+X6R8CAwEAAQ==";

    fn check(texts: &[&str], expected: Option<(&str, Option<u32>, &[&str])>) {
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        let found = key("default", &texts);
        let found = found.as_ref().map(|key| (key.key.as_str(), key.bits, key.problems.clone()));
        let expected = expected.map(|(key, bits, problems)| {
            (key, bits, problems.iter().map(ToString::to_string).collect::<Vec<_>>())
        });
        assert_eq!(found, expected, "{texts:?}");
    }

    #[test]
    fn keys() {
        let ed = STANDARD.encode([7; 32]);
        check(&[&format!("v=DKIM1; k=ed25519; p={ed}")], Some(("ed25519", Some(256), &[])));
        check(&[&format!("k=ed25519;p={} {}", &ed[..9], &ed[9..])], Some(("ed25519", Some(256), &[])));
        check(
            &[&format!("v=DKIM1; p={SHORT}")],
            Some(("rsa", Some(512), &["512 bits are too few, receivers refuse them"])),
        );
        check(&["v=DKIM1; p="], Some(("rsa", None, &["the key is revoked: p= is empty"])));
        check(&["v=DKIM1; p=hello!"], Some(("rsa", None, &["the key cannot be read"])));
        check(
            &[&format!("v=DKIM1; k=ed25519; t=y:s; h=sha1; p={ed}")],
            Some(("ed25519", Some(256), &["t=y: receivers treat it as a test", "h= does not allow sha256"])),
        );
        check(&[&format!("v=DKIM1; k=dsa; p={ed}")], Some(("dsa", None, &["k=dsa is unknown"])));
        check(&["v=spf1 -all"], None);
        check(&["v=DKIM2; p=AAAA"], None);
        check(&[], None);
    }

    proptest! {
        #[test]
        fn any_text(text in "(v=DKIM1; )?\\PC{0,80}") {
            key("x", &[text]);
        }
    }
}

//! Domain names: RFC 1035's limits, IDN to A-labels by UTS 46.

use std::fmt;
use std::str::FromStr;

use super::{Invalid, text_value};

/// A domain name in lower case, A-labels, without the last dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

impl DomainName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this name is `zone` itself or stands under it.
    pub fn is_within(&self, zone: &Self) -> bool {
        self.0.strip_suffix(&zone.0).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

impl FromStr for DomainName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |remedy: &str| Invalid::new(format!("{text:?} is not a domain name"), remedy);
        if text.contains("://") || text.contains('/') {
            return Err(invalid("write the host alone, without scheme and path"));
        }
        if text.ends_with('.') {
            return Err(invalid("leave out the last dot"));
        }
        let ascii = idna::domain_to_ascii_strict(text)
            .map_err(|_| invalid("write letters, digits and hyphens with dots between them"))?;
        if !ascii.contains('.') {
            return Err(invalid("write it in full, such as comune.example.test"));
        }
        if ascii.rsplit('.').next().is_some_and(|top| top.chars().all(|c| c.is_ascii_digit())) {
            return Err(invalid("write a name; this is an address"));
        }
        Ok(Self(ascii))
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(DomainName, pattern: r"^([^\s./:@]+\.)+[^\s./:@]+$", "A domain name in full, without the last dot; accented letters are taken.");

/// It is its text, and sorts as that does.
impl std::borrow::Borrow<str> for DomainName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de> serde::Deserialize<'de> for DomainName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        let parsed = text.parse::<DomainName>();
        let seen = parsed.as_ref().map(DomainName::as_str).map_err(|e| e.remedy.as_str());
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn names() {
        check("Comune.Barzago.LC.test", Ok("comune.barzago.lc.test"));
        check("comune.viganò.lc.test", Ok("comune.xn--vigan-yta.lc.test"));
        check("barzago", Err("write it in full, such as comune.example.test"));
        check("a.test.", Err("leave out the last dot"));
        check("https://a.test", Err("write the host alone, without scheme and path"));
        check("192.0.2.1", Err("write a name; this is an address"));
        check("*.a.test", Err("write letters, digits and hyphens with dots between them"));
        check("a..test", Err("write letters, digits and hyphens with dots between them"));
    }

    #[test]
    fn within_is_by_label() {
        let name = |text: &str| text.parse::<DomainName>().unwrap();
        assert!(name("www.a.test").is_within(&name("a.test")));
        assert!(name("a.test").is_within(&name("a.test")));
        assert!(!name("xa.test").is_within(&name("a.test")));
    }
}

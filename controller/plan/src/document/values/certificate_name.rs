//! Names in a certificate: a host, or every host of one level below a domain.

use std::fmt;
use std::str::FromStr;

use super::{DomainName, Invalid, text_value};

/// A name in a certificate: `www.a.test`, or `*.a.test` for every name one label below `a.test` (RFC 9525, 6.3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateName {
    domain: DomainName,
    wildcard: bool,
}

impl CertificateName {
    /// One host.
    pub fn host(name: &DomainName) -> Self {
        Self { domain: name.clone(), wildcard: false }
    }

    /// Every name one label below a domain.
    pub fn below(domain: &DomainName) -> Self {
        Self { domain: domain.clone(), wildcard: true }
    }

    /// The name without its asterisk: what an authority asks for proof of.
    pub fn domain(&self) -> &DomainName {
        &self.domain
    }

    /// Whether it stands for every name one label below its domain.
    pub fn is_wildcard(&self) -> bool {
        self.wildcard
    }

    /// Whether a certificate with this name is good for a host.
    pub fn covers(&self, host: &DomainName) -> bool {
        if self.wildcard {
            host.as_str().split_once('.').is_some_and(|(_, rest)| rest == self.domain.as_str())
        } else {
            *host == self.domain
        }
    }
}

impl FromStr for CertificateName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (wildcard, domain) = text.strip_prefix("*.").map_or((false, text), |rest| (true, rest));
        Ok(Self { domain: domain.parse()?, wildcard })
    }
}

impl fmt::Display for CertificateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.wildcard { "*." } else { "" }, self.domain)
    }
}

impl<'de> serde::Deserialize<'de> for CertificateName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

text_value!(CertificateName, pattern: r"^(\*\.)?([^\s./:@]+\.)+[^\s./:@]+$", "A host, or *. and a domain.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_covers_one_label() {
        let covers = |name: &str, host: &str| {
            name.parse::<CertificateName>().unwrap().covers(&host.parse::<DomainName>().unwrap())
        };
        assert!(covers("a.test", "a.test"));
        assert!(!covers("a.test", "www.a.test"));
        assert!(covers("*.a.test", "www.a.test"));
        assert!(!covers("*.a.test", "a.test"));
        assert!(!covers("*.a.test", "b.www.a.test"));
        assert_eq!("*.A.test".parse::<CertificateName>().unwrap().to_string(), "*.a.test");
        assert!("www.*.a.test".parse::<CertificateName>().is_err());
    }
}

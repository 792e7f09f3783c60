//! What an authority's directory is reached by, and how much may be asked of it.

use std::fmt;
use std::str::FromStr;

use super::{Invalid, text_value};

/// The address of an ACME directory: HTTPS, with host, perhaps port and path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectoryUrl(String);

impl DirectoryUrl {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DirectoryUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let rest = text.strip_prefix("https://");
        let host = rest.and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '#' | '@');
        if host.is_empty() || text.len() > 500 || !text.chars().all(plain) {
            return Err(Invalid::new(
                format!("{text:?} is not the address of an ACME directory"),
                "write it with https, such as https://acme-v02.api.letsencrypt.org/directory",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for DirectoryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(DirectoryUrl, pattern: "^https://[!-~]+$", "The address of an ACME directory.");

/// Where an authority's notices go: `mailto:ops@provincia.example`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Contact(String);

impl Contact {
    /// The contact as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Contact {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let address = text.strip_prefix("mailto:").and_then(|address| address.split_once('@'));
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, ',' | '?' | '@' | '"');
        let right = |part: &str| !part.is_empty() && part.chars().all(plain);
        // RFC 8555, 7.3: neither header fields nor a second address
        if address.is_some_and(|(local, host)| right(local) && right(host)) && text.len() <= 320 {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            format!("{text:?} is not a contact"),
            "write one address of e-mail, such as mailto:ops@provincia.example",
        ))
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(Contact, pattern: "^mailto:[^,?@]+@[^,?@]+$", "An address of e-mail, with mailto.");

/// So many of something within a time: `300/3h`, `50/7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    count: u32,
    seconds: u32,
}

const UNITS: &[(char, u32)] = &[('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];

impl Rate {
    /// So many within so many seconds.
    pub const fn of(count: u32, seconds: u32) -> Self {
        Self { count, seconds }
    }

    /// How many.
    pub const fn count(self) -> u32 {
        self.count
    }

    /// Within so many seconds.
    pub const fn seconds(self) -> u32 {
        self.seconds
    }
}

impl FromStr for Rate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let read = || {
            let (count, period) = text.split_once('/')?;
            let (unit, factor) = UNITS.iter().find(|(unit, _)| period.ends_with(*unit))?;
            let digits = |text: &str| {
                let plain = text.chars().all(|c| c.is_ascii_digit());
                plain.then(|| text.parse::<u32>().ok()).flatten().filter(|number| *number > 0)
            };
            let seconds = digits(period.strip_suffix(*unit)?)?.checked_mul(*factor)?;
            Some(Self { count: digits(count)?, seconds })
        };
        read().ok_or_else(|| {
            Invalid::new(
                format!("{text:?} is not a number within a time"),
                "write how many within which time, such as 300/3h or 50/7d",
            )
        })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS.iter().find(|(_, factor)| self.seconds.is_multiple_of(*factor));
        let (unit, factor) = unit.unwrap_or(&('s', 1));
        write!(f, "{}/{}{unit}", self.count, self.seconds / factor)
    }
}

text_value!(Rate, pattern: "^[0-9]+/[0-9]+[smhd]$", "How many within which time, such as 300/3h.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let right = |text: &str| text.parse::<DirectoryUrl>().is_ok();
        assert!(right("https://acme-v02.api.letsencrypt.org/directory"));
        assert!(right("https://127.0.0.1:14000/dir"));
        for text in
            ["http://a.test/dir", "https://", "https:///dir", "https://user@a.test/", "https://a b.test"]
        {
            assert!(!right(text), "{text}");
        }
    }

    #[test]
    fn contacts() {
        assert!("mailto:ops@a.test".parse::<Contact>().is_ok());
        for text in ["ops@a.test", "mailto:ops", "mailto:a@b.test,c@d.test", "mailto:a@b.test?subject=x"] {
            assert!(text.parse::<Contact>().is_err(), "{text}");
        }
    }

    #[test]
    fn rates() {
        let rate =
            |text: &str| text.parse::<Rate>().map(|rate| (rate.count(), rate.seconds(), rate.to_string()));
        assert_eq!(rate("300/3h"), Ok((300, 10_800, "300/3h".to_owned())));
        assert_eq!(rate("50/168h"), Ok((50, 604_800, "50/7d".to_owned())));
        for text in ["300", "0/3h", "3/0h", "3/h", "-1/3h", "3/9999999d"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}

//! Codes that say which body a member is, whatever its name or domain becomes.

use std::fmt;
use std::str::FromStr;

use super::{Invalid, text_value};

/// ISTAT's code of a comune: province (3 digits) and comune (3 digits).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IstatCode(String);

impl FromStr for IstatCode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.len() == 6 && text.chars().all(|c| c.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            format!("{text:?} is not an ISTAT code"),
            "write the six digits of the comune in quotes, such as \"097006\"",
        ))
    }
}

impl fmt::Display for IstatCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(IstatCode, pattern: "^[0-9]{6}$", "ISTAT's code of the comune, six digits in quotes.");

/// The body's code in the index of public administrations (IPA).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpaCode(String);

impl FromStr for IpaCode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let right = (1..=32).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        if right {
            return Ok(Self(text.to_lowercase()));
        }
        Err(Invalid::new(
            format!("{text:?} is not an IPA code"),
            "write the code of the index of public administrations, such as c_a683",
        ))
    }
}

impl fmt::Display for IpaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(IpaCode, pattern: "^[A-Za-z0-9_-]{1,32}$", "The body's code in the index of public administrations.");

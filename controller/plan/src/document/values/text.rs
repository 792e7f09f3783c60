//! Free text with limits: titles, environment, users.

use std::fmt;
use std::str::FromStr;

use super::{Invalid, text_value};

/// One line of text for people and programs: no control characters, at most 1,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

impl Line {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Line {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.chars().any(char::is_control) {
            return Err(Invalid::new(
                "the text has a line break or control character",
                "write it in one line",
            ));
        }
        if text.chars().count() > 1000 {
            return Err(Invalid::new("the text is longer than 1,000 characters", "shorten it"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(Line, pattern: r"^[^\x00-\x1f\x7f]{0,1000}$", "One line of text.");

/// The name of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvironmentName(String);

impl EnvironmentName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Endings of names whose values are secrets.
const SECRET_ENDINGS: &[&str] =
    &["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "PRIVATE_KEY", "SECRET_KEY"];

impl FromStr for EnvironmentName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let first = |c: char| c.is_ascii_alphabetic() || c == '_';
        let right = text.starts_with(first)
            && text.len() <= 100
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !right {
            return Err(Invalid::new(
                format!("{text:?} is not the name of an environment variable"),
                "write letters, digits and underscores, not starting with a digit",
            ));
        }
        let upper = text.to_ascii_uppercase();
        if SECRET_ENDINGS.iter().any(|ending| upper.ends_with(ending)) {
            return Err(Invalid::new(
                format!(
                    "{text} looks like a secret, and the environment can be read by whoever reads this file"
                ),
                format!("list it under secrets: and let the program read the file, often by {text}_FILE"),
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(EnvironmentName, pattern: "^[A-Za-z_][A-Za-z0-9_]{0,99}$", "The name of an environment variable.");

/// The user that a container runs as: `uid` or `uid:gid`, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct User(String);

impl FromStr for User {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (uid, gid) = text.split_once(':').unwrap_or((text, "0"));
        if uid.parse::<u32>().is_ok() && gid.parse::<u32>().is_ok() && !text.contains('+') {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            format!("{text:?} is not a user"),
            "write its number, or user and group as \"1000:1000\"",
        ))
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(User, pattern: "^[0-9]+(:[0-9]+)?$", "User, or user and group, in numbers, in quotes.");

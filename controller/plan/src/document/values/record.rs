//! Names, values and lives of records, as documents write them.

use std::fmt;
use std::str::FromStr;

use super::{Invalid, quantity, text_value};
use crate::document::{Decode, Node, Placed, Report, Value};

/// A name below a domain: labels in lower case, A-labels; `@` for the domain itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordName(String);

impl RecordName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RecordName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |remedy: &str| Invalid::new(format!("{text:?} is not a name below the domain"), remedy);
        if text == "@" {
            return Ok(Self(text.to_owned()));
        }
        if text.ends_with('.') {
            return Err(invalid(
                "write it without the domain and without the last dot; @ is the domain itself",
            ));
        }
        let (star, rest) = match text.strip_prefix("*.") {
            Some(rest) => ("*.", rest),
            None if text == "*" => return Ok(Self(text.to_owned())),
            None => ("", text),
        };
        // underscores, slashes and the like are for services: only IDNA's mapping, none of its rules for hosts
        let ascii =
            idna::domain_to_ascii(rest).map_err(|_| invalid("write labels with dots between them"))?;
        let right = |label: &str| {
            let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
            !label.is_empty() && label.len() <= 63 && label.chars().all(inside)
        };
        match ascii.split('.').find(|label| !right(label)) {
            None => Ok(Self(format!("{star}{ascii}"))),
            Some(long) if long.len() > 63 => {
                Err(invalid(&format!("a label has at most 63 octets, this one {}", long.len())))
            }
            Some(_) => Err(invalid("write letters, digits, hyphens and underscores with dots between them")),
        }
    }
}

impl fmt::Display for RecordName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(RecordName, pattern: r"^(@|\*|(\*\.)?[^\s.@]+(\.[^\s.@]+)*)$", "A name below the domain; @ is the domain itself.");

/// How long resolvers may keep a record: at most a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ttl(u32);

/// Longest life of a record.
const WEEK: u32 = 7 * 86_400;

impl Ttl {
    /// An hour.
    pub const HOUR: Self = Self(3600);

    /// In seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

/// The seconds of `90`, `5m`, `1h` or `1d`.
fn seconds(text: &str) -> Option<u32> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    digits.parse::<u32>().ok()?.checked_mul(factor)
}

impl FromStr for Ttl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        seconds(text).filter(|seconds| *seconds <= WEEK).map(Self).ok_or_else(|| {
            let remedy = "write seconds, or 5m, 1h, 1d; at most 7d";
            Invalid::new(format!("{text:?} is not a life of a record"), remedy)
        })
    }
}

impl fmt::Display for Ttl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

quantity!(Ttl, as number, {
    "type": ["integer", "string"], "minimum": 0, "maximum": 604_800, "pattern": "^[0-9]+[smhd]?$",
    "description": "A life of records, in seconds or as 5m, 1h, 1d."
});

/// What name servers of a zone wait for among each other: from a minute to 60 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ZoneTime(u32);

/// The shortest and the longest.
const ZONE_TIMES: std::ops::RangeInclusive<u32> = 60..=60 * 86_400;

impl ZoneTime {
    /// In seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl FromStr for ZoneTime {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        seconds(text).filter(|seconds| ZONE_TIMES.contains(seconds)).map(Self).ok_or_else(|| {
            let remedy = "write seconds, or 15m, 6h, 14d; from 1m to 60d";
            Invalid::new(format!("{text:?} is not a time for name servers to wait"), remedy)
        })
    }
}

impl fmt::Display for ZoneTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

quantity!(ZoneTime, as number, {
    "type": ["integer", "string"], "minimum": 60, "maximum": 5_184_000, "pattern": "^[0-9]{1,7}[smhd]?$",
    "description": "A time for name servers to wait, in seconds or as 15m, 6h, 14d."
});

/// One value of a record: a text without line breaks, as long as a record can be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordValue(String);

/// Longest value, in bytes: the longest data of a record.
const LONGEST: usize = 65_000;

impl RecordValue {
    /// The value as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RecordValue {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.chars().any(char::is_control) {
            return Err(Invalid::new(
                "the value has a line break or control character",
                "write it in one line",
            ));
        }
        if text.len() > LONGEST {
            return Err(Invalid::new("the value is longer than 65,000 bytes", "shorten it"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for RecordValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One value or several, each with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordValues(pub Vec<Placed<RecordValue>>);

impl Decode for RecordValues {
    fn decode(node: &Node, report: &mut Report) -> Option<Self> {
        let one = |node: &Node, report: &mut Report| {
            let value = report.parse(node)?;
            Some(Placed { value, place: node.place })
        };
        let Value::Sequence(items) = &node.value else {
            return one(node, report).map(|value| Self(vec![value]));
        };
        let values: Vec<_> = items.iter().map(|item| one(item, report)).collect();
        let values: Vec<_> = values.into_iter().collect::<Option<_>>()?;
        if values.is_empty() {
            report.problem(
                node.place,
                "the list of values is empty",
                "write one at least, or remove the record",
            );
            return None;
        }
        Some(Self(values))
    }
}

impl serde::Serialize for RecordValues {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|value| value.value.as_str()))
    }
}

impl schemars::JsonSchema for RecordValues {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RecordValues".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let text = serde_json::json!({"type": "string", "pattern": r"^[^\x00-\x1f\x7f]*$"});
        schemars::json_schema!({
            "anyOf": [text.clone(), {"type": "array", "items": text, "minItems": 1}],
            "description": "One value, or a list of them."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        let parsed = text.parse::<RecordName>();
        let seen = parsed.as_ref().map(RecordName::as_str).map_err(|e| e.remedy.as_str());
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn names() {
        let long = "x".repeat(63);
        check("@", Ok("@"));
        check("WWW", Ok("www"));
        check("*", Ok("*"));
        check("*.app", Ok("*.app"));
        check("_dmarc", Ok("_dmarc"));
        check("k1._domainkey", Ok("k1._domainkey"));
        check("viganò", Ok("xn--vigan-yta"));
        check(&long, Ok(&long));
        check(&format!("{long}x"), Err("a label has at most 63 octets, this one 64"));
        check("www.", Err("write it without the domain and without the last dot; @ is the domain itself"));
        check("a..b", Err("write letters, digits, hyphens and underscores with dots between them"));
        check("a b", Err("write letters, digits, hyphens and underscores with dots between them"));
    }

    #[test]
    fn lives() {
        let seconds = |text: &str| text.parse::<Ttl>().ok().map(Ttl::seconds);
        assert_eq!(["60", "5m", "8d", "-1"].map(seconds), [Some(60), Some(300), None, None]);
    }
}

//! Quantities: memory in bytes, CPU in billionths of a core, counts, ports and times.

use std::fmt;
use std::str::FromStr;

use super::Invalid;

/// Bytes: `512MiB`, `2GiB`, `64KiB`; decimal units (`MB`) and Kubernetes' short ones (`Mi`) are taken too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(u64);

/// CPU: `0.5` of a core, `2`, or `500m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpu(u64);

/// How many processes a container may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pids(u32);

/// A TCP port inside the container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(u16);

/// A span of time: `30s`, `5m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(u32);

impl Bytes {
    /// So many mebibytes.
    pub const fn mebi(count: u64) -> Self {
        Self(count << 20)
    }

    /// The number of bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl Cpu {
    /// So many thousandths of a core.
    pub const fn milli(count: u64) -> Self {
        Self(count * 1_000_000)
    }

    /// Billionths of a core, as Docker counts.
    pub const fn nano(self) -> u64 {
        self.0
    }
}

impl Pids {
    /// The number of processes.
    pub const fn count(self) -> u32 {
        self.0
    }
}

impl Default for Pids {
    fn default() -> Self {
        Self(256)
    }
}

impl Port {
    /// The port's number.
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl Seconds {
    /// So many seconds.
    pub const fn of(count: u32) -> Self {
        Self(count)
    }

    /// The number of seconds.
    pub const fn count(self) -> u32 {
        self.0
    }
}

const BYTE_UNITS: &[(&str, u64)] = &[
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
];

impl FromStr for Bytes {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || {
            Invalid::new(
                format!("{text:?} is not a size"),
                "write a whole number with a unit, such as 512MiB or 2GiB",
            )
        };
        let (number, factor) = BYTE_UNITS
            .iter()
            .find_map(|(unit, factor)| text.strip_suffix(unit).map(|number| (number, *factor)))
            .ok_or_else(invalid)?;
        let count = whole(number).ok_or_else(invalid)?;
        count.checked_mul(factor).filter(|bytes| *bytes > 0).map(Self).ok_or_else(invalid)
    }
}

impl FromStr for Cpu {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || {
            Invalid::new(
                format!("{text:?} is not an amount of CPU"),
                "write cores from \"0.01\" to \"1024\", such as \"0.5\"",
            )
        };
        let nano = match text.strip_suffix('m') {
            Some(milli) => whole(milli).and_then(|milli| milli.checked_mul(1_000_000)),
            None => cores(text),
        };
        let allowed = 10_000_000..=1_024_000_000_000;
        nano.filter(|nano| allowed.contains(nano)).map(Self).ok_or_else(invalid)
    }
}

/// `0.5` in billionths, without floating point.
fn cores(text: &str) -> Option<u64> {
    let (whole_part, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.len() > 9 {
        return None;
    }
    let scale = 10_u64.pow(u32::try_from(9 - fraction.len()).ok()?);
    let billions = whole(whole_part)?.checked_mul(1_000_000_000)?;
    billions.checked_add(whole(fraction)?.checked_mul(scale)?)
}

/// Digits alone: no sign, no space.
fn whole(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

impl FromStr for Pids {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let count = whole(text).and_then(|count| u32::try_from(count).ok());
        count.filter(|count| (8..=65_536).contains(count)).map(Self).ok_or_else(|| {
            Invalid::new(format!("{text:?} is not a number of processes"), "write a number from 8 to 65536")
        })
    }
}

impl FromStr for Port {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let number = whole(text).and_then(|number| u16::try_from(number).ok());
        number
            .filter(|number| *number > 0)
            .map(Self)
            .ok_or_else(|| Invalid::new(format!("{text:?} is not a port"), "write a number from 1 to 65535"))
    }
}

impl FromStr for Seconds {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let seconds = match (text.strip_suffix('s'), text.strip_suffix('m')) {
            (Some(seconds), _) => whole(seconds),
            (_, Some(minutes)) => whole(minutes).and_then(|minutes| minutes.checked_mul(60)),
            _ => None,
        };
        let count = seconds.and_then(|seconds| u32::try_from(seconds).ok());
        count.filter(|count| (1..=3600).contains(count)).map(Self).ok_or_else(|| {
            Invalid::new(format!("{text:?} is not a time"), "write 1s to 60m, such as 30s or 5m")
        })
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, factor) = BYTE_UNITS[..4]
            .iter()
            .rev()
            .find(|(_, factor)| self.0.is_multiple_of(*factor))
            .unwrap_or(&("B", 1));
        write!(f, "{}{unit}", self.0 / factor)
    }
}

impl fmt::Display for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:09}", self.0 % 1_000_000_000);
        let fraction = fraction.trim_end_matches('0');
        let dot = if fraction.is_empty() { "" } else { "." };
        write!(f, "{}{dot}{fraction}", self.0 / 1_000_000_000)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0)
    }
}

/// Quantities may be written as numbers or as texts.
macro_rules! quantity {
    ($type:ty, as $written:ident, $schema:tt) => {
        impl $crate::document::Decode for $type {
            fn decode(
                node: &$crate::document::Node,
                report: &mut $crate::document::Report,
            ) -> Option<Self> {
                report.parse_quantity(node)
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::document::values::quantity!(@$written self serializer)
            }
        }
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
    (@text $value:ident $serializer:ident) => { $serializer.collect_str($value) };
    (@number $value:ident $serializer:ident) => { serde::Serialize::serialize(&$value.0, $serializer) };
}
pub(super) use quantity;

quantity!(Bytes, as text, {
    "type": "string", "pattern": "^[0-9]+([KMGT]i?B|[KMGT]i)$", "description": "A size, such as 512MiB."
});
quantity!(Cpu, as text, {
    "type": ["string", "number"], "pattern": "^([0-9]+(\\.[0-9]{1,9})?|[0-9]+m)$", "description": "Cores, such as \"0.5\"."
});
quantity!(Pids, as number, {
    "type": "integer", "minimum": 8, "maximum": 65536, "description": "How many processes the container may have."
});
quantity!(Port, as number, {
    "type": "integer", "minimum": 1, "maximum": 65535, "description": "A TCP port."
});
quantity!(Seconds, as text, {
    "type": "string", "pattern": "^[0-9]+[sm]$", "description": "A time, such as 30s or 5m."
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let bytes = |text: &str| text.parse::<Bytes>().ok().map(|b| (b.bytes(), b.to_string()));
        assert_eq!(bytes("512MiB"), Some((512 << 20, "512MiB".into())));
        assert_eq!(bytes("1024Mi"), Some((1 << 30, "1GiB".into())));
        assert_eq!(bytes("1GB"), Some((1_000_000_000, "1000000000B".into())));
        for text in ["512", "-1MiB", "1.5GiB", "MiB", "0MiB", "99999999999TiB", "1 MiB"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[test]
    fn cores_and_times() {
        let cpu = |text: &str| text.parse::<Cpu>().ok().map(|c| (c.nano(), c.to_string()));
        assert_eq!(cpu("0.5"), Some((500_000_000, "0.5".into())));
        assert_eq!(cpu("250m"), Some((250_000_000, "0.25".into())));
        assert_eq!(cpu("2"), Some((2_000_000_000, "2".into())));
        for text in ["", "0", "-1", "1e3", ".5", "0.0000000001", "99999999999999999999"] {
            assert_eq!(cpu(text), None, "{text}");
        }
        assert_eq!("5m".parse::<Seconds>().map(Seconds::count), Ok(300));
        assert!("0s".parse::<Seconds>().is_err());
    }
}

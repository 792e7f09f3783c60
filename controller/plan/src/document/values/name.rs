//! Names that people give to members, engines, workloads, volumes and secrets.

use std::fmt;
use std::str::FromStr;

use super::{Invalid, text_value};

const PATTERN: &str = "^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$";

/// Says whether `text` is a DNS label in lower case of at most 40 characters.
fn check(what: &str, text: &str) -> Result<(), Invalid> {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let edge = |c: Option<char>| c.is_some_and(|c| c != '-');
    let right = text.len() <= 40
        && text.chars().all(inside)
        && edge(text.chars().next())
        && edge(text.chars().last());
    if right {
        return Ok(());
    }
    Err(Invalid::new(
        format!("{text:?} is not a name of {what}"),
        "write 1 to 40 of a-z, 0-9 and -, with a letter or digit at both ends",
    ))
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $type {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                check($what, text).map(|()| Self(text.to_owned()))
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
        text_value!($type, pattern: PATTERN, concat!("The name of ", $what, ": a DNS label of at most 40 characters."));
    };
}

name!(
    /// A member body; also the name of its file.
    MemberName, "a member"
);
name!(
    /// The platform, written on every object that belongs to it.
    PlatformName, "a platform"
);
name!(
    /// A Docker engine of the platform.
    EngineName, "an engine"
);
name!(
    /// An issuer of certificates: one that the platform names, or `internal`.
    IssuerName, "an issuer"
);
name!(
    /// A workload of a member: `site`, or a key of `services`. Also its host name on the member's network.
    WorkloadName, "a workload"
);
name!(
    /// A volume of a workload.
    VolumeName, "a volume"
);
name!(
    /// A secret of a member: a file in the member's own folder of secrets.
    SecretName, "a secret"
);

impl IssuerName {
    /// The platform's own authority.
    pub fn internal() -> Self {
        Self("internal".to_owned())
    }

    /// Whether it is the platform's own authority.
    pub fn is_internal(&self) -> bool {
        self.0 == "internal"
    }
}

impl WorkloadName {
    /// The workload that every member's `site` is.
    pub fn site() -> Self {
        Self("site".to_owned())
    }
}

//! Cipher suites: numbers, names, and what each is made of.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tls_parser::TlsCipherSuite;

/// A cipher suite by its number. In text and JSON it is its IANA name, else `0xc02f`.
/// SSL 2's, which have three bytes, are numbered `0x010080` and up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suite(pub u32);

impl Suite {
    /// What the registry says of it; none for SSL 2's and for numbers that are not registered.
    pub fn parts(self) -> Option<&'static TlsCipherSuite> {
        u16::try_from(self.0).ok().and_then(TlsCipherSuite::from_id)
    }

    /// Its name.
    pub fn name(self) -> String {
        match (self.parts(), SSL2.iter().find(|(number, _)| *number == self.0)) {
            (Some(parts), _) => parts.name.to_owned(),
            (None, Some((_, name))) => (*name).to_owned(),
            (None, None) if self.0 > 0xffff => format!("0x{:06x}", self.0),
            (None, None) => format!("0x{:04x}", self.0),
        }
    }

    /// The suite of a name that [`Suite::name`] gave.
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some(digits) = name.strip_prefix("0x") {
            return u32::from_str_radix(digits, 16).ok().map(Self);
        }
        let ssl2 = SSL2.iter().find(|(_, known)| *known == name).map(|(number, _)| Self(*number));
        ssl2.or_else(|| TlsCipherSuite::from_name(name).map(|suite| Self(u32::from(suite.id.0))))
    }
}

/// SSL 2's cipher kinds (draft-hickman-netscape-ssl-00, 1995).
pub const SSL2: &[(u32, &str)] = &[
    (0x01_00_80, "SSL_CK_RC4_128_WITH_MD5"),
    (0x02_00_80, "SSL_CK_RC4_128_EXPORT40_WITH_MD5"),
    (0x03_00_80, "SSL_CK_RC2_128_CBC_WITH_MD5"),
    (0x04_00_80, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5"),
    (0x05_00_80, "SSL_CK_IDEA_128_CBC_WITH_MD5"),
    (0x06_00_40, "SSL_CK_DES_64_CBC_WITH_MD5"),
    (0x07_00_c0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"),
];

impl Display for Suite {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())
    }
}

impl Serialize for Suite {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

impl<'de> Deserialize<'de> for Suite {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("there is no cipher suite {name}")))
    }
}

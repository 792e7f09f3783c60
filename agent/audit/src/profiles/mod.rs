//! Recommendations for TLS, as data.

mod data;

use serde::{Deserialize, Serialize};

use crate::registry::{Group, SignatureScheme, Suite, Version};

/// The name of the profile that holds where nobody names one.
pub const DEFAULT: &str = "agid-2020";

/// A recommendation for TLS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name: `agid-2020`.
    pub name: String,
    /// What it is, with its year.
    pub source: String,
    /// Versions that must be spoken.
    pub required: Vec<Version>,
    /// Versions that may be spoken.
    pub allowed: Vec<Version>,
    /// Suites that may be taken.
    pub suites: Vec<Suite>,
    /// Groups that may be taken.
    pub groups: Vec<Group>,
    /// Signature schemes that may be used; all where it names none.
    pub signature_schemes: Vec<SignatureScheme>,
    /// Bits of an RSA key, at least.
    pub rsa_bits: u32,
    /// Bits of a finite-field DH prime, at least; none where DHE may not be taken at all.
    pub dh_bits: Option<u32>,
    /// Seconds of HSTS, at least; none where it does not say.
    pub hsts_seconds: Option<u64>,
    /// Days of life of a certificate, at most; none where it does not say.
    pub certificate_days: Option<u32>,
}

/// The names of all profiles, the default first.
pub fn names() -> impl Iterator<Item = &'static str> {
    data::PROFILES.iter().map(|profile| profile.name)
}

/// The profile of a name.
pub fn by_name(name: &str) -> Option<Profile> {
    data::PROFILES.iter().find(|profile| profile.name == name).map(data::Data::profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_profile_and_the_default_comes_first() {
        assert_eq!(names().collect::<Vec<_>>(), [DEFAULT, "mozilla-intermediate-6", "acn-2", "ncsc-nl-2025"]);
        for name in names() {
            let profile = by_name(name).unwrap();
            assert_eq!(profile.name, name);
            assert!(profile.source.contains("20"), "{name} has no year: {}", profile.source);
            assert!(profile.required.iter().all(|version| profile.allowed.contains(version)), "{name}");
            let nameless = profile.suites.iter().find(|suite| suite.parts().is_none());
            assert_eq!(nameless, None, "{name}");
            let nameless = profile.groups.iter().find(|group| group.registered_name().is_none());
            assert_eq!(nameless, None, "{name}");
            let text = serde_json::to_string(&profile).unwrap();
            assert_eq!(serde_json::from_str::<Profile>(&text).unwrap(), profile);
        }
        assert_eq!(by_name("agid-1999"), None);
    }

    #[test]
    fn no_profile_takes_what_is_broken() {
        for profile in names().filter_map(by_name) {
            for suite in &profile.suites {
                let name = suite.name();
                let broken = ["NULL", "anon", "EXPORT", "RC4", "3DES", "_CBC_", "MD5"];
                assert!(!broken.iter().any(|word| name.contains(word)), "{}: {name}", profile.name);
            }
            assert!(!profile.allowed.contains(&Version::Tls11));
        }
    }
}

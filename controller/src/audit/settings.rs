//! How an audit looks and by what it judges: what the platform's document says, and what a command line puts in its place.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use campanile_audit::chain::{Roots, RootsError};
use campanile_audit::cms::versions::{self, VersionsError};
use campanile_audit::probes::{Budget, Eyes, Guard, Limits, Resolver};
use campanile_audit::profiles::{self, Profile};
use campanile_audit::rules::{CmsVersions, OldVersions};
use campanile_plan::document::values::Rate;
use campanile_plan::document::{AuditOldVersions, PlatformAudit};

/// The most that a file with roots or versions may have, in bytes.
const LARGEST: u64 = 16 << 20;
/// How long one body may take.
const EACH: Duration = Duration::from_mins(5);
/// Bodies that are looked at at once.
pub const AT_ONCE: usize = 64;

/// How an audit looks and by what it judges.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The recommendation that TLS is held against, by name.
    pub profile: String,
    /// How the ambiguous class is read.
    pub old_versions: OldVersions,
    /// Whom operators can write to; stands in each request.
    pub contact: Option<String>,
    /// Resolvers; those of the system where none is named.
    pub resolvers: Vec<SocketAddr>,
    /// Addresses of hosts that are not looked up.
    pub pinned: BTreeMap<String, Vec<IpAddr>>,
    /// Files with roots beside the public ones.
    pub extra_roots: Vec<PathBuf>,
    /// Looks at private addresses too.
    pub allow_private: bool,
    /// Hosts and addresses that the operator named himself.
    pub listed: Vec<String>,
    /// A newer list of the versions of CMS.
    pub cms_versions: Option<PathBuf>,
    /// Connections to one address; the usual, where nobody says otherwise.
    pub rate: Option<Rate>,
    /// Bodies at once.
    pub at_once: usize,
    /// How long one body may take.
    pub each: Duration,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A profile that nobody knows.
    #[error("there is no profile {name}; there are {known}")]
    Profile {
        /// The name.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// A file cannot be read.
    #[error("reading {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file with roots is none.
    #[error("taking the roots of {path}")]
    Roots {
        /// The file.
        path: PathBuf,
        /// Why.
        source: RootsError,
    },
    /// The list of versions is none.
    #[error("taking the versions of {path}")]
    Versions {
        /// The file.
        path: PathBuf,
        /// Why.
        source: VersionsError,
    },
}

/// What judges beside facts, ready to use.
#[derive(Debug, Clone)]
pub struct Measure {
    /// The recommendation.
    pub profile: Profile,
    /// How the ambiguous class is read.
    pub old_versions: OldVersions,
    /// The newest versions of CMS.
    pub cms_versions: CmsVersions,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: profiles::DEFAULT.to_owned(),
            old_versions: OldVersions::default(),
            contact: None,
            resolvers: Vec::new(),
            pinned: BTreeMap::new(),
            extra_roots: Vec::new(),
            allow_private: false,
            listed: Vec::new(),
            cms_versions: None,
            rate: None,
            at_once: AT_ONCE,
            each: EACH,
        }
    }
}

impl Settings {
    /// What the platform's document says.
    pub fn of_platform(audit: &PlatformAudit) -> Self {
        let PlatformAudit {
            schedule: _,
            jitter: _,
            profile,
            old_versions,
            contact,
            resolver,
            extra_roots,
            allow_private,
            rate,
            https_port: _,
            http_port: _,
        } = audit;
        let usual = Self::default();
        Self {
            profile: profile.map_or(usual.profile.clone(), |profile| profile.as_str().to_owned()),
            old_versions: match old_versions {
                None | Some(AuditOldVersions::Misconfigured) => OldVersions::Misconfigured,
                Some(AuditOldVersions::Grave) => OldVersions::Grave,
            },
            contact: contact.as_ref().map(ToString::to_string),
            resolvers: resolver.iter().map(|resolver| resolver.socket()).collect(),
            extra_roots: extra_roots.iter().map(|path| PathBuf::from(path.to_string())).collect(),
            allow_private: *allow_private,
            rate: *rate,
            ..usual
        }
    }

    /// What judges.
    ///
    /// # Errors
    /// When the profile is not known, or the list of versions is none.
    pub fn measure(&self) -> Result<Measure, SettingsError> {
        let profile = profiles::by_name(&self.profile).ok_or_else(|| SettingsError::Profile {
            name: self.profile.clone(),
            known: profiles::names().collect::<Vec<_>>().join(", "),
        })?;
        let cms_versions = match &self.cms_versions {
            None => versions::built_in()
                .map_err(|source| SettingsError::Versions { path: "the program".into(), source })?,
            Some(path) => {
                let text = String::from_utf8_lossy(&read(path)?).into_owned();
                let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
                versions::parse(&text, Some(today))
                    .map_err(|source| SettingsError::Versions { path: path.clone(), source })?
            }
        };
        Ok(Measure { profile, old_versions: self.old_versions, cms_versions })
    }

    /// What looks.
    ///
    /// # Errors
    /// When a file with roots is none.
    pub fn eyes(&self) -> Result<Eyes, SettingsError> {
        let mut roots = Roots::public();
        for path in &self.extra_roots {
            let failed = |source| SettingsError::Roots { path: path.clone(), source };
            roots = roots.with_extra(&read(path)?).map_err(failed)?;
        }
        let servers =
            if self.resolvers.is_empty() { Resolver::system_servers() } else { self.resolvers.clone() };
        let guard = if self.allow_private { Guard::allowing_private() } else { Guard::default() };
        let guard = guard.allowing(self.listed.iter().cloned());
        let version = env!("CARGO_PKG_VERSION");
        let contact = self.contact.as_ref().map_or(String::new(), |contact| format!("; {contact}"));
        let agent = format!("Campanile/{version} (audit{contact})");
        let resolver = Resolver::new(servers, self.pinned.clone());
        Ok(Eyes { guard, budget: self.budget(), ..Eyes::new(agent, resolver, roots) })
    }
}

impl Settings {
    /// How much may be asked of one address.
    fn budget(&self) -> Budget {
        let usual = Limits::default();
        let Some(rate) = self.rate else { return Budget::new(usual) };
        let per_second = f64::from(rate.count()) / f64::from(rate.seconds().max(1));
        // a host's first look passes at once, as it does at the usual pace
        Budget::new(Limits { per_second, burst: usual.burst.max(4.0 * per_second), ..usual })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, SettingsError> {
    let failed = |source| SettingsError::Read { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(file, LARGEST), &mut bytes).map_err(failed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use campanile_plan::document::AuditProfile;

    use super::*;

    #[test]
    fn every_profile_of_the_documents_is_there() {
        use AuditProfile::{Acn2, Agid2020, MozillaIntermediate6, NcscNl2025};
        let words = [Agid2020, MozillaIntermediate6, Acn2, NcscNl2025].map(AuditProfile::as_str);
        assert_eq!(profiles::names().collect::<Vec<_>>(), words);
        let wrong = Settings { profile: "agid-1999".to_owned(), ..Settings::default() };
        assert!(matches!(wrong.measure(), Err(SettingsError::Profile { .. })));
    }
}

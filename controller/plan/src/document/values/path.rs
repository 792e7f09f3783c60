//! Paths: where things are mounted inside a container, what is asked of a site, files on the controller's machine.

use std::fmt;
use std::str::FromStr;

use super::{Invalid, text_value};

/// A folder inside a container where a volume, a tmpfs or a secret may stand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MountPath(String);

/// Folders whose content decides what a container is: nothing may be laid over them.
const SYSTEM: &[&str] =
    &["/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/sbin", "/sys", "/usr"];

impl MountPath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether one of the two stands at or inside the other.
    pub fn overlaps(&self, other: &Self) -> bool {
        covers(&self.0, &other.0) || covers(&other.0, &self.0)
    }
}

fn covers(outer: &str, inner: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl FromStr for MountPath {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |remedy: &str| Invalid::new(format!("{text:?} is not a path to mount at"), remedy);
        let Some(inside) = text.strip_prefix('/') else {
            return Err(invalid("write it from the root, such as /srv/site"));
        };
        if inside.is_empty() {
            return Err(invalid("the root itself cannot be laid over; write a folder, such as /srv/site"));
        }
        if inside.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(invalid("leave out //, /./, /../ and the last /"));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
        if !text.chars().all(plain) || text.len() > 200 {
            return Err(invalid(
                "use letters, digits, dots, hyphens and underscores, 200 characters at most",
            ));
        }
        if SYSTEM.iter().any(|system| covers(system, text)) {
            return Err(invalid(
                "the container's own system lies there; use a folder of the application, such as /srv",
            ));
        }
        let is_socket = std::path::Path::new(text).extension().is_some_and(|ending| ending == "sock");
        if is_socket || text == "/run" || text == "/var/run" || covers("/var/run", text) {
            return Err(invalid("sockets live there; use a folder of the application, such as /srv"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for MountPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(MountPath, pattern: r"^(/[A-Za-z0-9._-]+)+$", "A folder of the application inside the container.");

/// What is asked of a site: a path with an optional query.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlPath(String);

impl UrlPath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The front page.
    pub fn root() -> Self {
        Self("/".to_owned())
    }
}

impl FromStr for UrlPath {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._~-?=&%+,:@".contains(c);
        if text.starts_with('/') && text.len() <= 200 && text.chars().all(plain) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            format!("{text:?} is not a path of a page"),
            "start it with / and encode special characters, such as /health",
        ))
    }
}

impl fmt::Display for UrlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(UrlPath, pattern: r"^/[A-Za-z0-9/._~?=&%+,:@-]*$", "The path of a page, such as /health.");

/// A file on the machine where the controller runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilePath(String);

impl FilePath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FilePath {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let right = text.starts_with('/') && text.len() <= 1000 && !text.contains('\0');
        if right {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            format!("{text:?} is not the path of a file"),
            "write it from the root, such as /etc/campanile/engine.pem",
        ))
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(FilePath, pattern: "^/.+$", "A file on the controller's machine, from the root.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_stay_out_of_the_system() {
        for text in ["/srv/site", "/var/lib/postgresql", "/data", "/run/app", "/var/www/html", "/etcetera"] {
            assert!(text.parse::<MountPath>().is_ok(), "{text}");
        }
        for text in [
            "srv",
            "/",
            "/etc",
            "/etc/nginx",
            "/srv/../etc",
            "/srv//a",
            "/srv/",
            "/usr/local",
            "/proc/1",
            "/run",
            "/var/run/docker.sock",
            "/srv/docker.sock",
            "/dev/shm",
            "/a b",
            "/\u{e0}",
            "",
        ] {
            assert!(text.parse::<MountPath>().is_err(), "{text}");
        }
    }
}

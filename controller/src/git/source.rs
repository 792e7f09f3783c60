//! How a person names the fleet's source: a folder, or `URL#branch:path`.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a fleet is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A folder; its files are read as they are.
    Folder(PathBuf),
    /// A git repository; its commits are read.
    Git(Remote),
}

/// A git repository, and which part of it is the fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// What the git program takes: https, ssh or file URL, `user@host:path`, or an absolute path.
    pub url: String,
    /// The branch; none for the one that the repository itself names.
    pub branch: Option<String>,
    /// The folder of the fleet inside the repository; empty for all of it.
    pub path: String,
}

/// Why a text names no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}; {remedy}")]
pub struct SourceError {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub remedy: &'static str,
}

impl SourceError {
    fn new(message: impl Into<String>, remedy: &'static str) -> Self {
        let message = message.into();
        Self { message, remedy }
    }
}

impl Source {
    /// Reads what a person wrote. Looks at the disk to tell a repository from a folder.
    ///
    /// # Errors
    /// What is wrong with it, and what to write instead; never with a password in it.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        if text.is_empty() || text.starts_with('-') || text.chars().any(char::is_control) {
            return Err(SourceError::new(
                "this names no source of a fleet",
                "write a folder, or URL#branch:path",
            ));
        }
        let (place, fragment) = match text.split_once('#') {
            Some((place, fragment)) => (place, Some(fragment)),
            None => (text, None),
        };
        let url = match place.split_once("://") {
            Some((scheme, rest)) => remote_url(scheme, rest)?,
            None if is_user_at_host(place) => place.to_owned(),
            None => {
                let path = absolute(place)?;
                if fragment.is_none() && !is_repository(&path) {
                    return Ok(Self::Folder(path));
                }
                path_text(&path)?
            }
        };
        let (branch, path) = parse_fragment(fragment.unwrap_or_default())?;
        Ok(Self::Git(Remote { url, branch, path }))
    }
}

/// Checks a URL: an encrypted scheme, and no password or token that others could read from the list of processes.
fn remote_url(scheme: &str, rest: &str) -> Result<String, SourceError> {
    if !["https", "ssh", "file"].contains(&scheme) {
        return Err(SourceError::new(
            format!("{scheme}:// is no way to a fleet: what it brings could be read or changed on the way"),
            "use https://, ssh:// or file://",
        ));
    }
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    // by https a user alone may be a token; by ssh it is who logs in
    if user.is_some_and(|user| scheme == "https" || user.contains(':')) {
        return Err(SourceError::new(
            format!("the URL of {host} has a user or password in it"),
            "take it out, and name a file with user:password or a token by --git-password-file",
        ));
    }
    let host_is_right = match scheme {
        "file" => authority.is_empty() && rest.len() > 1,
        _ => !host.is_empty(),
    };
    if !host_is_right || authority.starts_with('-') || host.starts_with('-') {
        return Err(SourceError::new(
            format!("{scheme}://{host} names no repository"),
            "write https://host/path, ssh://user@host/path or file:///path",
        ));
    }
    Ok(format!("{scheme}://{rest}"))
}

/// `git@host:path`, as git itself takes it.
fn is_user_at_host(text: &str) -> bool {
    let Some((authority, path)) = text.split_once(':') else {
        return false;
    };
    let word = |part: &str| {
        let inside = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        !part.is_empty() && !part.starts_with('-') && part.chars().all(inside)
    };
    let parts = authority.split_once('@');
    parts.is_some_and(|(user, host)| word(user) && word(host)) && !path.is_empty()
}

fn absolute(place: &str) -> Result<PathBuf, SourceError> {
    std::path::absolute(place).map_err(|error| {
        SourceError::new(format!("{place:?} is no path: {error}"), "write a folder, or URL#branch:path")
    })
}

fn path_text(path: &Path) -> Result<String, SourceError> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        SourceError::new(format!("the path {} is not UTF-8", path.display()), "give the folder another name")
    })
}

/// A work tree, a linked one, or a bare repository.
fn is_repository(path: &Path) -> bool {
    let bare = ["HEAD", "objects", "refs"];
    path.join(".git").exists() || bare.iter().all(|name| path.join(name).exists())
}

/// `branch:path`; either may be missing.
fn parse_fragment(fragment: &str) -> Result<(Option<String>, String), SourceError> {
    let (branch, path) = fragment.split_once(':').unwrap_or((fragment, ""));
    if !is_branch(branch) {
        return Err(SourceError::new(
            format!("{branch:?} is not the name of a branch"),
            "write #branch:path, such as #main:fleet",
        ));
    }
    let path = path.trim_matches('/');
    let parts = || path.split('/');
    if !path.is_empty() && parts().any(|part| ["", ".", ".."].contains(&part)) {
        return Err(SourceError::new(
            format!("{path:?} is not a folder inside the repository"),
            "write #branch:path, such as #main:fleet",
        ));
    }
    let branch = Some(branch.to_owned()).filter(|branch| !branch.is_empty());
    Ok((branch, path.to_owned()))
}

/// git's own rules for the name of a reference (git-check-ref-format), a little stricter; the empty name stands for none.
fn is_branch(name: &str) -> bool {
    let forbidden = |c: char| c.is_whitespace() || "~^?*[\\".contains(c);
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '-'])
            && !part.ends_with('.')
            && !part.to_ascii_lowercase().ends_with(".lock")
    };
    let whole = !name.contains(forbidden) && !name.contains("..") && !name.contains("@{");
    name.is_empty() || (whole && name != "@" && name.split('/').all(part))
}

impl Remote {
    /// The branch for people.
    pub fn branch_name(&self) -> String {
        match &self.branch {
            Some(branch) => format!("branch {branch}"),
            None => "the default branch".to_owned(),
        }
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, branch, path } = self;
        f.write_str(url)?;
        match (branch.as_deref().unwrap_or_default(), path.as_str()) {
            ("", "") => Ok(()),
            (branch, "") => write!(f, "#{branch}"),
            (branch, path) => write!(f, "#{branch}:{path}"),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::Git(remote) => remote.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests;

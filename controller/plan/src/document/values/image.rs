//! References of container images: repository with tag, digest or both.

use std::fmt;
use std::str::FromStr;

use super::{Invalid, text_value};

/// An image that is pinned by a tag or a digest; never a bare name that would mean `latest`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageReference(String);

impl ImageReference {
    /// The reference as Docker takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a digest says which image exactly.
    pub fn has_digest(&self) -> bool {
        self.0.contains('@')
    }

    /// The registry's host, where the reference names one.
    pub fn registry(&self) -> Option<&str> {
        let (first, _) = self.0.split_once('/')?;
        (first.contains(['.', ':']) || first == "localhost").then_some(first)
    }

    /// The reference without its tag where a digest follows: what an engine lists.
    pub fn listed(&self) -> String {
        let Some((name, digest)) = self.0.split_once('@') else {
            return self.0.clone();
        };
        let repository = name.rfind(':').filter(|colon| !name[*colon..].contains('/'));
        format!("{}@{digest}", &name[..repository.unwrap_or(name.len())])
    }
}

impl FromStr for ImageReference {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |remedy: &str| Invalid::new(format!("{text:?} is not an image reference"), remedy);
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let hex = |text: &str| text.len() == 64 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        if digest.is_some_and(|digest| !digest.strip_prefix("sha256:").is_some_and(hex)) {
            return Err(invalid("a digest is sha256: and 64 hexadecimal digits in lower case"));
        }
        let (repository, tag) = match name.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
            _ => (name, None),
        };
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let tag_right = |tag: &str| (1..=128).contains(&tag.len()) && tag.chars().all(word);
        if tag.is_some_and(|tag| !tag_right(tag)) {
            return Err(invalid("a tag has 1 to 128 letters, digits, dots, hyphens and underscores"));
        }
        if !repository_right(repository) || text.len() > 400 {
            return Err(invalid("write it as registry.example/folder/name:tag, in lower case"));
        }
        if tag.is_none() && digest.is_none() {
            return Err(invalid("pin it with a tag or, better, a digest: name:1.2 or name@sha256:…"));
        }
        Ok(Self(text.to_owned()))
    }
}

fn repository_right(repository: &str) -> bool {
    let (host, path) = match repository.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (Some(host), path),
        _ => (None, repository),
    };
    let host_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    let part = |part: &str| {
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
        edge(part.chars().next()) && edge(part.chars().last()) && part.chars().all(inside)
    };
    host.is_none_or(|host| !host.is_empty() && host.chars().all(host_char)) && path.split('/').all(part)
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_value!(ImageReference, pattern: r"^[a-zA-Z0-9][-a-zA-Z0-9._:/]*(:[-A-Za-z0-9._]+|@sha256:[0-9a-f]{64})$", "An image with a tag or, better, a digest.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        let digest = "a".repeat(64);
        let right = ["campanile/site:1", "127.0.0.1:5000/site:1", "registry.example/a/b:1.2-3"];
        for text in right.map(str::to_owned).into_iter().chain([format!("r.example/s@sha256:{digest}")]) {
            assert!(text.parse::<ImageReference>().is_ok(), "{text}");
        }
        for text in
            ["site", "127.0.0.1:5000/site", "Site:1", "a/../b:1", "site:", "site@sha256:12", "", "-v:1"]
        {
            assert!(text.parse::<ImageReference>().is_err(), "{text}");
        }
        let both: ImageReference = format!("r.example:5000/s:1@sha256:{digest}").parse().unwrap();
        assert_eq!(both.listed(), format!("r.example:5000/s@sha256:{digest}"));
        assert_eq!(both.registry(), Some("r.example:5000"));
    }
}

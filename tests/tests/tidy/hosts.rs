//! Manifests and documentation name nobody's real hosts: whoever tries an example reaches only reserved names.
//!
//! Reserved are .test and .example (RFC 2606), the networks of RFC 5737, loopback and private ranges.

use std::net::Ipv4Addr;

use super::{files_below, none, read};

/// Names that end like a host and are none, and pages for a reader that no program asks.
const NO_HOSTS: &[&str] = &[
    "campanile.it",
    "docker.io",
    "www.w3.org",
    "json-schema.org",
    "keepachangelog.com",
    "semver.org",
    "docs.gitlab.com",
];

/// A page of citations: documents are named by their sites, and their sections look like addresses.
const CITATIONS: &str = "docs/audit-rules.md";

/// Endings under which real hosts live; .io is also Debian's docker.io.
const REAL: &[&str] = &["it", "com", "org", "net", "eu", "io", "gov", "dev"];

#[test]
fn no_real_host_is_named() {
    let folders = ["manifests", "docs"].into_iter().flat_map(files_below);
    let pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned);
    let mut findings = Vec::new();
    for path in folders.chain(pages).filter(|path| path != CITATIONS) {
        for (number, line) in read(&path).lines().enumerate() {
            let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')));
            let bad = words.map(|word| word.trim_matches('.')).filter(|word| is_real(word));
            findings.extend(bad.map(|word| format!("{path}:{}: {word}", number + 1)));
        }
    }
    none(&findings);
}

fn is_real(word: &str) -> bool {
    if let Ok(address) = word.parse::<Ipv4Addr>() {
        let reserved = address.is_loopback() || address.is_private() || address.is_documentation();
        return !reserved && !address.is_unspecified();
    }
    let Some((rest, ending)) =
        word.to_ascii_lowercase().rsplit_once('.').map(|(a, b)| (a.to_owned(), b.to_owned()))
    else {
        return false;
    };
    !rest.is_empty() && REAL.contains(&ending.as_str()) && !NO_HOSTS.contains(&word)
}

#[test]
fn the_rule_itself() {
    for word in ["www.comune.barzago.lc.it", "github.com", "8.8.8.8"] {
        assert!(is_real(word), "{word}");
    }
    for word in [
        "comune.barzago.lc.test",
        "git.example",
        "192.0.2.1",
        "10.77.0.0",
        "127.0.0.1",
        "0.0.0.0",
        "plan.json",
        "main",
    ] {
        assert!(!is_real(word), "{word}");
    }
}

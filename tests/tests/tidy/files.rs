//! Files that a repository of public software has, and links that lead somewhere.

use std::path::Path;

use super::{files_below, none, read, root};

/// The most lines of ARCHITECTURE.md: what is longer, nobody reads.
const LONGEST: usize = 150;

#[test]
fn what_everybody_looks_for_is_there() {
    let expected = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE",
        "publiccode.yml",
        "Makefile",
        "Cargo.lock",
        "docs/documents.md",
        "docs/operations.md",
        ".ci/run",
    ];
    let missing = expected.iter().filter(|path| !root().join(path).is_file());
    none(&missing.map(|path| format!("{path} is missing")).collect::<Vec<_>>());
    assert!(read("CHANGELOG.md").contains("## [Unreleased]"), "CHANGELOG.md has no place for what is new");
    let lines = read("ARCHITECTURE.md").lines().count();
    assert!(lines <= LONGEST, "ARCHITECTURE.md has {lines} lines, {LONGEST} at most");
}

#[test]
fn the_licence_is_the_same_everywhere() {
    assert!(read("LICENSE").starts_with("EUROPEAN UNION PUBLIC LICENCE v. 1.2"));
    for (path, words) in [("publiccode.yml", "license: EUPL-1.2"), ("Cargo.toml", "license = \"EUPL-1.2\"")] {
        assert!(read(path).contains(words), "{path} does not say {words}");
    }
}

#[test]
fn links_lead_somewhere() {
    let mut findings = Vec::new();
    for path in files_below("").into_iter().filter(|path| is_markdown(path)) {
        let folder = Path::new(&path).parent().unwrap_or(Path::new(""));
        let text = read(&path);
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        for (target, _) in targets {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            if file.contains("://") {
                continue;
            }
            let there = if file.is_empty() { root().join(&path) } else { root().join(folder).join(file) };
            if !there.exists() {
                findings.push(format!("{path}: {target} leads nowhere"));
            } else if !anchor.is_empty()
                && !anchors(&std::fs::read_to_string(there).unwrap()).contains(&anchor.to_owned())
            {
                findings.push(format!("{path}: {target} leads to no heading"));
            }
        }
    }
    none(&findings);
}

fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "md")
}

/// The headings of a page, as links name them.
fn anchors(text: &str) -> Vec<String> {
    let headings =
        text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches(['#', ' ']));
    let anchor = |heading: &str| -> String {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

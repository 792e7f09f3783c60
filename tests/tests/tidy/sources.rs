//! Rules for Rust sources: each is part of a crate, says what it is, stays small, and leaves nothing for later.

use std::collections::BTreeSet;
use std::path::Path;

use super::{files_below, none, read};

/// The most lines that a file may have, its tests included.
const LONGEST: usize = 400;

fn sources() -> Vec<String> {
    let all = files_below("");
    all.into_iter().filter(|path| Path::new(path).extension().is_some_and(|ending| ending == "rs")).collect()
}

#[test]
fn every_file_is_reached_by_a_mod() {
    let sources: BTreeSet<String> = sources().into_iter().collect();
    let mut reached = BTreeSet::new();
    let mut findings = Vec::new();
    let mut open: Vec<String> = sources.iter().filter(|path| is_crate_root(path)).cloned().collect();
    while let Some(file) = open.pop() {
        for name in modules(&read(&file)) {
            let places = [format!("{}/{name}.rs", folder(&file)), format!("{}/{name}/mod.rs", folder(&file))];
            match places.iter().find(|place| sources.contains(*place)) {
                Some(place) => open.push(place.clone()),
                None => findings.push(format!("{file}: mod {name} is in no file that was found")),
            }
        }
        reached.insert(file);
    }
    findings.extend(sources.difference(&reached).map(|file| format!("{file}: no mod leads to it")));
    none(&findings);
}

/// Whether cargo builds a crate from this file: `src/lib.rs`, `tests/plans.rs`, `tests/tidy/main.rs`.
fn is_crate_root(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [.., "src", "main.rs" | "lib.rs"] | [.., "src", "bin", _] | ["build.rs"] | [.., _, "build.rs"] => {
            true
        }
        [.., package, "tests" | "benches" | "examples", _]
        | [.., package, "tests" | "benches" | "examples", _, "main.rs"] => {
            *package != "src" && package_has_manifest(&parts)
        }
        _ => false,
    }
}

/// Whether the folder above `tests`, `benches` or `examples` is a package.
fn package_has_manifest(parts: &[&str]) -> bool {
    let above = |kind: &&str| matches!(*kind, "tests" | "benches" | "examples");
    let last = parts.iter().rposition(above).unwrap_or_default();
    super::root().join(parts[..last].join("/")).join("Cargo.toml").exists()
}

/// The folder in which a file's modules stand.
fn folder(file: &str) -> String {
    let path = Path::new(file);
    let parent = path.parent().and_then(Path::to_str).unwrap_or_default();
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if is_crate_root(file) || stem == "mod" { parent.to_owned() } else { format!("{parent}/{stem}") }
}

/// The modules that a file names and does not hold.
fn modules(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim).filter_map(|line| line.strip_suffix(';'));
    lines
        .filter_map(|line| {
            let line = line
                .split_once("mod ")
                .filter(|(before, _)| before.is_empty() || before.starts_with("pub"))?;
            line.1.chars().all(|c| c.is_ascii_alphanumeric() || c == '_').then_some(line.1)
        })
        .collect()
}

#[test]
fn every_file_says_what_it_is() {
    let silent = sources().into_iter().filter(|path| !read(path).starts_with("//! "));
    none(&silent.map(|path| format!("{path}: does not open with //!")).collect::<Vec<_>>());
}

#[test]
fn no_file_is_long() {
    let long = sources().into_iter().filter_map(|path| {
        let lines = read(&path).lines().count();
        (lines > LONGEST).then(|| format!("{path}: {lines} lines; {LONGEST} at most, make two of it"))
    });
    none(&long.collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_for_later() {
    // in two parts each, so that they do not stand here
    let unfinished = [
        ["todo", "!("],
        ["unimplemented", "!("],
        ["#[ig", "nore"],
        ["dbg", "!("],
        ["FIX", "ME"],
        ["#[pa", "th ="],
    ];
    let mut findings = Vec::new();
    for path in sources() {
        for (number, line) in read(&path).lines().enumerate() {
            for parts in unfinished.iter().filter(|parts| line.contains(&parts.concat())) {
                findings.push(format!("{path}:{}: {}", number + 1, parts.concat()));
            }
        }
    }
    none(&findings);
}

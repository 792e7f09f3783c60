//! Rules of the repository, as tests: what a reviewer would have to look for again and again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test program

mod agreement;
mod brain;
mod examples;
mod files;
mod hosts;
mod metrics;
mod reference;
mod sources;

use std::path::PathBuf;

/// The top of the repository.
fn root() -> PathBuf {
    // as cargo runs it, not as it was compiled: clones may share the folder of compiled programs
    let tests = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests"));
    tests.parent().unwrap_or(&tests).to_owned()
}

/// Every file below a folder of the repository, as paths from its top; what starts with a dot and what cargo builds is
/// left out.
fn files_below(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let kind = entry.file_type().unwrap();
            if name.starts_with('.') || kind.is_symlink() || entry.path().join("CACHEDIR.TAG").exists() {
                continue;
            }
            if kind.is_dir() {
                open.push(entry.path());
            } else {
                found.push(entry.path().strip_prefix(root()).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// The text of a file of the repository.
fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Fails with all findings at once.
#[track_caller]
fn none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

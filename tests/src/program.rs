//! The program as users have it, for tests that run it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc)] // for tests alone

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The program, built once for all tests from this workspace, with the profile and in the folder of this test.
pub fn campanile() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        // TARGET/debug/deps/live-0123456789abcdef
        let test = std::env::current_exe().unwrap();
        let profile = test.ancestors().nth(2).expect("cargo's folder of this profile");
        let release = profile.ends_with("release");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        // what the cargo that runs this test says of this test's crate would have others built anew
        let own = |name: &str| {
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_"].iter().any(|p| name.starts_with(p))
        };
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(own)) {
            build.env_remove(name);
        }
        let build = build
            .args(["build", "--quiet", "--locked", "--package", "campanile", "--bin", "campanile"])
            .args(release.then_some("--release"))
            .arg("--target-dir")
            .arg(profile.parent().unwrap())
            .current_dir(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests"))
            .status();
        let build = build.expect("this test needs cargo to build campanile");
        assert!(build.success(), "this test needs the program campanile, and it could not be built");
        profile.join("campanile")
    })
}

//! Reports of the audit as their readers get them: goldens of each form, JSON held against its schema by another program,
//! metrics read by promtool, and the page in a real browser, held against WCAG 2.1 AA by axe.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test program

mod browser;
mod goldens;
mod pages;
mod rules;
mod sample;
mod schema;

use std::path::PathBuf;
use std::process::{Command, Output};

/// The repository.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs a program that tests need.
#[track_caller]
fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; tests/machine/packages tests installs it"))
}

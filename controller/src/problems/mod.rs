//! Problems of documents as people, merge requests and programs want to see them.

mod gitlab;
mod json;
mod sarif;
mod text;

use std::borrow::Cow;
use std::collections::BTreeMap;

use campanile_plan::docker::sha256;
use campanile_plan::document::Problem;
use campanile_plan::fleet::{PLATFORM_FILE, Snapshot};

/// How problems are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: the line with a caret, and the remedy.
    #[default]
    Text,
    /// A list of `{file, line, column, message, remedy}`.
    Json,
    /// SARIF 2.1.0, which GitHub and editors read.
    Sarif,
    /// The code quality report of GitLab.
    Gitlab,
}

/// What surrounds the problems.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Layout<'a> {
    /// How they are written.
    pub format: Format,
    /// The folder of the fleet inside its repository: goes before every path.
    pub prefix: Option<&'a str>,
    /// Colours for a terminal; only text has them.
    pub colour: bool,
}

impl Layout<'_> {
    /// A path as seen from the top of the repository.
    fn path<'p>(&self, file: &'p str) -> Cow<'p, str> {
        match self.prefix.map(|prefix| prefix.trim_matches('/')) {
            None | Some("") => Cow::Borrowed(file),
            Some(prefix) => Cow::Owned(format!("{prefix}/{file}")),
        }
    }
}

/// Writes all problems; the snapshot gives the lines that they stand in.
pub fn render(layout: &Layout<'_>, problems: &[Problem], snapshot: &Snapshot) -> String {
    match layout.format {
        Format::Text => text::render(layout, problems, snapshot),
        Format::Json => json::render(layout, problems),
        Format::Sarif => sarif::render(layout, problems),
        Format::Gitlab => gitlab::render(layout, problems),
    }
}

/// What kind of document a problem is in; stable, for those who count or mute by it.
fn rule(problem: &Problem) -> &'static str {
    match problem.file.as_str() {
        PLATFORM_FILE => "platform-document",
        _ => "member-document",
    }
}

/// One fingerprint a problem: the same when lines move, different for two problems of one run.
fn fingerprints(problems: &[Problem]) -> Vec<String> {
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut fingerprints = Vec::with_capacity(problems.len());
    for Problem { file, message, .. } in problems {
        let count = seen.entry((file, message)).or_default();
        *count += 1;
        fingerprints.push(sha256(format!("{file}\n{message}\n{count}").as_bytes()));
    }
    fingerprints
}

#[cfg(test)]
mod tests;

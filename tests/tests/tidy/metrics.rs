//! The page of metrics is up to date: `UPDATE_EXPECT=1 cargo test -p campanile-tests --test tidy` writes it anew.

use std::collections::BTreeSet;
use std::fmt::Write;

use campanile::metrics::{ALL, Kind};
use expect_test::expect_file;

use super::{files_below, none, read};

const INTRODUCTION: &str = "\
# Metrics

Every metric of the daemon, from the same declaration that it counts with. How to scrape them: [operations.md](operations.md#metrics).

| metric | is | labels | tells |
|---|---|---|---|
";

#[test]
fn the_page_is_up_to_date() {
    let mut text = INTRODUCTION.to_owned();
    for metric in ALL {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let _ = writeln!(text, "| `{}` | {kind} | {} | {} |", metric.name, labels.join(", "), metric.help);
    }
    expect_file!["../../../docs/metrics.md"].assert_eq(&text);
}

#[test]
fn the_names_are_sound() {
    let mut findings = Vec::new();
    let mut names = BTreeSet::new();
    for metric in ALL {
        let name = metric.name;
        if !name.starts_with("campanile_") && !name.starts_with("process_") {
            findings.push(format!("{name}: its name does not say whose it is"));
        }
        if !names.insert(name) {
            findings.push(format!("{name}: declared twice"));
        }
        if !metric.help.ends_with('.') {
            findings.push(format!("{name}: its help is no sentence"));
        }
    }
    none(&findings);
}

#[test]
fn no_page_names_a_metric_that_is_not_there() {
    let known = |word: &str| {
        let parts = ["", "_bucket", "_sum", "_count"];
        ALL.iter().any(|metric| parts.iter().any(|part| word == format!("{}{part}", metric.name)))
    };
    let mut findings = Vec::new();
    for path in files_below("docs").into_iter().chain(["README.md".to_owned()]) {
        let text = read(&path);
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let unknown = words.filter(|word| word.starts_with("campanile_") && !known(word));
        findings.extend(unknown.map(|word| format!("{path}: there is no metric {word}")));
    }
    none(&findings);
}

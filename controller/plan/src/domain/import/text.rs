//! A `domain` section as YAML that people like to read: a line for each record, quotes where they have to be.

use std::fmt::Write;

use crate::document::values::Ttl;
use crate::document::{Domain, Record};

/// Longest line of a record with all its values; longer ones have a line for each value.
const WIDTH: usize = 120;
/// Words that are no texts to one reader of YAML or another.
const NO_TEXTS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// The section, indented as it stands below `spec`.
pub(super) fn section(domain: &Domain) -> String {
    let Domain { name, records, dnssec, policy } = domain;
    let mut text = format!("  domain:\n    name: {}\n", scalar(name.value.as_str()));
    // writing to a text does not fail
    if let Some(policy) = policy {
        let _ = writeln!(text, "    policy: {}", policy.as_str());
    }
    if let Some(dnssec) = dnssec {
        let _ = writeln!(text, "    dnssec: {dnssec}");
    }
    if !records.is_empty() {
        text.push_str("    records:\n");
    }
    for record in records {
        text.push_str(&one(record));
    }
    text
}

fn one(record: &Record) -> String {
    let Record { name, kind, value, ttl } = record;
    let values: Vec<String> = value.value.0.iter().map(|value| scalar(value.value.as_str())).collect();
    let name = scalar(name.value.as_str());
    let kind = kind.as_str();
    let all = match values.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    let ttl = ttl.map(Ttl::seconds);
    let end = ttl.map_or_else(String::new, |ttl| format!(", ttl: {ttl}"));
    let line = format!("      - {{name: {name}, type: {kind}, value: {all}{end}}}\n");
    if values.len() == 1 || line.len() <= WIDTH {
        return line;
    }
    let end = ttl.map_or_else(String::new, |ttl| format!("        ttl: {ttl}\n"));
    let values = values.join("\n          - ");
    format!("      - name: {name}\n        type: {kind}\n{end}        value:\n          - {values}\n")
}

/// A text without quotes where every reader of YAML takes it for one.
fn scalar(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/ ".contains(&byte);
    let mut bytes = text.bytes();
    let starts = bytes.next().is_some_and(|first| first.is_ascii_alphanumeric() || first == b'_');
    let ends = text.bytes().next_back().is_some_and(|last| last != b' ');
    // a letter in front or two dots: no number, date or time looks so
    let is_text = text.bytes().next().is_some_and(|first| !first.is_ascii_digit())
        || text.matches('.').count() > 1
        || text.split(' ').count() > 1;
    let is_word = NO_TEXTS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if starts && ends && is_text && !is_word && bytes.all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

//! A report as JSON, by the schema in agent/audit/schema/report.schema.json.

use super::Report;

/// Pretty JSON, with a line break at its end; the same report gives the same bytes.
pub fn json(report: &Report) -> String {
    // a report has maps with text for keys only, which is all that could fail
    serde_json::to_string_pretty(report).map(|text| text + "\n").unwrap_or_default()
}

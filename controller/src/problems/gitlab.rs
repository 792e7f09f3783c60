//! Problems in a merge request: GitLab's code quality report
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use campanile_plan::document::Problem;
use serde_json::{Value, json};

use super::{Layout, fingerprints, rule};

/// A list with one entry a problem.
pub fn render(layout: &Layout<'_>, problems: &[Problem]) -> String {
    let entry = |(problem, fingerprint): (&Problem, String)| {
        json!({
            "description": format!("{}; {}", problem.message, problem.remedy),
            "check_name": rule(problem),
            "fingerprint": fingerprint,
            "severity": "major",
            "location": {
                "path": layout.path(&problem.file),
                "lines": {"begin": problem.place.line},
            },
        })
    };
    let entries = problems.iter().zip(fingerprints(problems)).map(entry);
    let entries: Vec<Value> = entries.collect();
    format!("{:#}\n", Value::Array(entries))
}

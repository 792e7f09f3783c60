//! Problems in SARIF 2.1.0 (OASIS Standard, 2020).

use std::fmt::Write;

use campanile_plan::document::Problem;
use serde_json::{Value, json};

use super::{Layout, fingerprints, rule};

/// Rules by their place in the list, which results refer to.
const RULES: [(&str, &str); 2] = [
    ("member-document", "A document of a member is not valid"),
    ("platform-document", "The document of the platform is not valid"),
];

/// One run with one result a problem.
pub fn render(layout: &Layout<'_>, problems: &[Problem]) -> String {
    let result = |(problem, fingerprint): (&Problem, String)| {
        let rule = rule(problem);
        json!({
            "ruleId": rule,
            "ruleIndex": RULES.iter().position(|(id, _)| *id == rule),
            "level": "error",
            "message": {"text": format!("{}; {}", problem.message, problem.remedy)},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": uri(&layout.path(&problem.file))},
                "region": {"startLine": problem.place.line, "startColumn": problem.place.column},
            }}],
            "partialFingerprints": {"campanile/v1": fingerprint},
        })
    };
    let results = problems.iter().zip(fingerprints(problems)).map(result);
    let rules = RULES.map(|(id, text)| json!({"id": id, "shortDescription": {"text": text}}));
    let report = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "campanile",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<Value>>(),
        }],
    });
    format!("{report:#}\n")
}

/// A relative path as a URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // writing to a String cannot fail
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

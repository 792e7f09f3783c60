//! JSON is held against its schema, which is checked in, by a program that is not ours.

use std::path::Path;

use campanile_audit::report::{Report, json, schema};
use expect_test::expect_file;
use serde_json::Value;

use crate::sample::report;
use crate::{root, run};

const SCHEMA: &str = "agent/audit/schema/report.schema.json";

#[test]
fn the_schema_is_that_of_the_types() {
    expect_file![root().join(SCHEMA)].assert_eq(&format!("{:#}\n", schema()));
}

#[test]
fn json_is_as_the_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.json");
    std::fs::write(&good, json(&report())).unwrap();
    assert_eq!(problems(&good), "");
    for (pointer, wrong) in [
        ("/bodies/0/findings/0/weight", Value::from("heavy")),
        ("/run/begun", Value::from(1)),
        ("/bodies/0/grades", Value::Null),
        ("/changes/changes/0/kind", Value::from("other")),
    ] {
        let mut report: Value = serde_json::from_str(&json(&report())).unwrap();
        *report.pointer_mut(pointer).unwrap() = wrong;
        let bad = folder.path().join("bad.json");
        std::fs::write(&bad, report.to_string()).unwrap();
        assert_ne!(problems(&bad), "", "{pointer}");
    }
}

#[test]
fn json_is_read_back_and_the_same_report_gives_the_same_bytes() {
    let text = json(&report());
    let back: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(back, report());
    assert_eq!(json(&back), text);
}

/// What Debian's python3-jsonschema has against a file.
fn problems(instance: &Path) -> String {
    let schema = root().join(SCHEMA);
    let output = run("jsonschema", &["--instance", instance.to_str().unwrap(), schema.to_str().unwrap()]);
    if output.status.success() {
        return String::new();
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("is not"), "{said}");
    said
}

//! What changes between two declarations, field by field, for people.

use serde_json::Value;

use super::Declaration;
use crate::plan::Change;

/// Compares the declaration in an object's label with the new one.
pub fn changes(old: Option<&str>, new: &Declaration) -> Vec<Change> {
    let old: Value = old.and_then(|old| serde_json::from_str(old).ok()).unwrap_or_default();
    let new = serde_json::to_value(new).unwrap_or_default();
    let mut found = Vec::new();
    if old.is_object() {
        compare(String::new(), Some(&old), Some(&new), &mut found);
    }
    found
}

fn compare(field: String, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Change>) {
    match (old, new) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let keys: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
            for key in keys {
                let inner = if field.is_empty() { key.clone() } else { format!("{field}.{key}") };
                compare(inner, before.get(key), after.get(key), found);
            }
        }
        (before, after) if before != after => {
            let (old, new) = (before.and_then(text), after.and_then(text));
            // of a secret only that it changed is anybody's business
            let hidden = field.starts_with("secrets.");
            let show =
                |value: Option<String>| value.map(|value| if hidden { "(secret)".to_owned() } else { value });
            if old != new {
                found.push(Change { field, old: show(old), new: show(new) });
            }
        }
        _ => {}
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

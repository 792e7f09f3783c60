//! The JSON Schemas of the documents, from the same declaration that reads them.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::{Member, Platform};

/// The schema of `members/*.yaml`.
pub fn member_schema() -> Schema {
    schema::<Member>("Campanile member")
}

/// The schema of `platform.yaml`.
pub fn platform_schema() -> Schema {
    schema::<Platform>("Campanile platform")
}

/// Draft 7: what the YAML language servers of editors read best.
fn schema<T: JsonSchema>(title: &str) -> Schema {
    let settings = SchemaSettings::draft07().with_transform(RecursiveTransform(without_null));
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema
}

/// A field may be left out, but not be written without a value: that is a line that somebody forgot to finish.
fn without_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        if choices.len() == 1
            && let Some(choices) = schema.remove("anyOf")
        {
            schema.insert("allOf".to_owned(), choices);
        }
    }
}

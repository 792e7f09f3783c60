//! The JSON Schemas of the documents, from the same declaration that reads them.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

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
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema
}

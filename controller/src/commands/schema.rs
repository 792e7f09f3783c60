//! `campanile schema`: the JSON Schema of the documents.

use campanile_plan::document::{member_schema, platform_schema};

use super::arguments::{Schema, SchemaOf};
use super::{DONE, Failure, print};

pub(super) fn run(command: &Schema) -> Result<u8, Failure> {
    let schema = match command.document {
        SchemaOf::Member => member_schema(),
        SchemaOf::Platform => platform_schema(),
    };
    print(&(serde_json::to_string_pretty(&schema)? + "\n"))?;
    Ok(DONE)
}

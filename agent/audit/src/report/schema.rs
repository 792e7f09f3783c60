//! The JSON Schema of a report (draft 2020-12), from the types themselves.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::Report;
use crate::registry::{Group, SignatureScheme, Suite};

/// The schema of [`super::json`].
pub fn schema() -> Value {
    let mut schema = SchemaGenerator::default().into_root_schema_for::<Report>();
    schema.insert(
        "title".to_owned(),
        Value::from(format!("Report of campanile audit, format {}", super::FORMAT)),
    );
    schema.to_value()
}

/// Numbers that are text in JSON: the name in IANA's registry, else the number.
macro_rules! named_number {
    ($type:ty, $name:literal, $description:literal) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "minLength": 1, "description": $description})
            }
        }
    };
}

named_number!(Suite, "Suite", "A cipher suite by its IANA name, else its number: 0xc02f.");
named_number!(Group, "Group", "A group for key exchange by its IANA name, else its number: 0x001d.");
named_number!(
    SignatureScheme,
    "SignatureScheme",
    "A signature scheme by its IANA name, else its number: 0x0804."
);

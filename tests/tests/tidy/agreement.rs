//! The decoder and the JSON Schema agree on what must be there, what may be left out, and that nothing else is taken.
//!
//! The examples have every field, so each can be taken away in turn.

use std::collections::BTreeSet;

use campanile_plan::document::{Decode, Member, Platform, member_schema, parse, platform_schema};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{none, read};

#[test]
fn members() {
    check::<Member>("docs/examples/members/valverde.yaml", &member_schema().to_value());
}

#[test]
fn platforms() {
    check::<Platform>("docs/examples/platform.yaml", &platform_schema().to_value());
}

fn check<T: Decode + Serialize>(file: &str, schema: &Value) {
    let document: T = parse(file, &read(file)).unwrap();
    let mut example = serde_json::to_value(document).unwrap();
    without_null(&mut example);
    let accepts = |value: &Value| parse::<T>(file, &value.to_string()).is_ok();
    assert!(accepts(&example), "{file}: it is no document any more after a way through JSON: {example:#}");

    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for Object { pointer, name, schema } in objects(&example, schema) {
        for (field, required) in fields(schema) {
            let change = |changed: &dyn Fn(&mut Map<String, Value>)| {
                let mut copy = example.clone();
                changed(copy.pointer_mut(&pointer).and_then(Value::as_object_mut).unwrap());
                accepts(&copy)
            };
            let here = example.pointer(&pointer).and_then(|object| object.get(field)).is_some();
            if here {
                seen.insert((name.clone(), field.to_owned()));
                if change(&|object| drop(object.remove(field))) == required {
                    findings.push(format!(
                        "{name}.{field}: for the schema required is {required}, for the decoder it is not"
                    ));
                }
                if change(&|object| drop(object.insert(field.to_owned(), Value::Null))) {
                    findings.push(format!("{name}.{field}: the decoder takes null"));
                }
            }
            if change(&|object| drop(object.insert(format!("{field}x"), Value::Null))) {
                findings.push(format!("{name}: the decoder takes an unknown field"));
            }
        }
        if schema["additionalProperties"] != Value::Bool(false) {
            findings.push(format!("{name}: the schema takes unknown fields"));
        }
    }
    none(&findings);
    let missing = definitions(schema).flat_map(|(name, schema)| {
        fields(schema).map(move |(field, _)| (name.to_owned(), field.to_owned())).collect::<Vec<_>>()
    });
    let missing = missing.filter(|field| !seen.contains(field));
    none(&missing.map(|(name, field)| format!("{file} has no {name}.{field}")).collect::<Vec<_>>());
}

/// An object of a document and what the schema says of it.
struct Object<'a> {
    pointer: String,
    name: String,
    schema: &'a Value,
}

/// Every object with fields of its own in a document.
fn objects<'a>(document: &Value, root: &'a Value) -> Vec<Object<'a>> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), root)];
    while let Some((pointer, schema)) = open.pop() {
        let (name, schema) = resolve(root, schema);
        match document.pointer(&pointer) {
            Some(Value::Object(object)) => {
                let properties = schema["properties"].as_object();
                let any =
                    schema["patternProperties"].as_object().and_then(|patterns| patterns.values().next());
                for field in object.keys() {
                    let inner = properties.map_or(any, |properties| properties.get(field));
                    open.extend(inner.map(|inner| (format!("{pointer}/{field}"), inner)));
                }
                if properties.is_some() {
                    found.push(Object { pointer, name, schema });
                }
            }
            Some(Value::Array(items)) => {
                open.extend((0..items.len()).map(|index| (format!("{pointer}/{index}"), &schema["items"])));
            }
            _ => {}
        }
    }
    found
}

/// Follows references, and says the name of what was found.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> (String, &'a Value) {
    let reference = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
    match reference.and_then(|reference| reference.strip_prefix("#/definitions/")) {
        Some(name) => (name.to_owned(), &root["definitions"][name]),
        None => ("the document".to_owned(), schema),
    }
}

/// Everything in a schema that has fields.
fn definitions(root: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let inner = root["definitions"].as_object().into_iter().flatten();
    inner.map(|(name, schema)| (name.as_str(), schema)).chain([("the document", root)])
}

/// The fields of an object, and whether they must be there.
fn fields(schema: &Value) -> impl Iterator<Item = (&str, bool)> {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(move |(field, _)| (field.as_str(), required.contains(&field.as_str())))
}

/// Fields that were left out are written as null by serde, and never by a person.
fn without_null(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|_, value| !value.is_null());
            object.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

//! What is derived from the documents' declaration is up to date: the schemas for editors, and the reference page.
//!
//! `UPDATE_EXPECT=1 cargo test -p campanile-tests --test tidy` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write;

use campanile_plan::document::{member_schema, platform_schema};
use expect_test::expect_file;
use schemars::Schema;
use serde_json::Value;

#[test]
fn the_schemas_are_up_to_date() {
    // as `campanile schema` prints them
    let text = |schema: Schema| serde_json::to_string_pretty(&schema).unwrap() + "\n";
    expect_file!["../../../manifests/schema/member.json"].assert_eq(&text(member_schema()));
    expect_file!["../../../manifests/schema/platform.json"].assert_eq(&text(platform_schema()));
}

#[test]
fn the_reference_is_up_to_date() {
    let mut text = INTRODUCTION.to_owned();
    let mut told = BTreeSet::new();
    render("Member", "`members/NAME.yaml`", member_schema().as_value(), &mut told, &mut text);
    render("Platform", "`platform.yaml`", platform_schema().as_value(), &mut told, &mut text);
    expect_file!["../../../docs/documents.md"].assert_eq(&text);
}

const INTRODUCTION: &str = "\
# The documents

A fleet is a folder with one `platform.yaml` and one `members/NAME.yaml` for each member. Every field of both is here, from the
same declaration that the program reads them with; `campanile schema member` and `campanile schema platform` print it for
editors. Complete examples: [examples/platform.yaml](examples/platform.yaml) and
[examples/members/valverde.yaml](examples/members/valverde.yaml).

* An unknown field is a problem, never ignored. So is a field without a value: leave out what you do not need.
* Anchors, aliases, tags and a second document in the file are not taken.
* A text that looks like a number or a boolean needs quotes: `istat: \"097006\"`.
* A file has 256 KiB at most, and its name ends in `.yaml`.
* Beyond the single field: a domain, a host and each code of an identity belong to one member alone; hosts stand under
  their member's own domain, and under nobody else's; a member has six workloads at most; `needs` lead in no circle;
  nothing is mounted over something else; `health` has a path or a command; a certificate has 100 names at most, and a
  wildcard only by an issuer with `challenge: dns-01`.

Fields in **bold** must be there.
";

/// What a value may be, by the pattern that the schema gives it.
const TEXTS: &[(&str, &str)] = &[
    (r"^[^\x00-\x1f\x7f]{0,1000}$", "text in one line"),
    (
        r"^([^\s./:@]+\.)+[^\s./:@]+$",
        "domain name in full, such as `comune.barzago.lc.test`; accented letters are taken",
    ),
    ("^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$", "name: 1 to 40 of a-z, 0-9 and -"),
    ("^[0-9]{6}$", "six digits in quotes"),
    ("^[A-Za-z0-9_-]{1,32}$", "code, such as `c_a683`"),
    (r"^/[A-Za-z0-9/._~?=&%+,:@-]*$", "path of a page, such as `/health`"),
    ("^[0-9]+([KMGT]i?B|[KMGT]i)$", "size, such as `512MiB`"),
    ("^[0-9]+[sm]$", "time from `1s` to `60m`"),
    (r"^([0-9]+(\.[0-9]{1,9})?|[0-9]+m)$", "cores, such as `\"0.5\"` or `500m`"),
    (r"^(/[A-Za-z0-9._-]+)+$", "folder inside the container, not one of the system's"),
    (
        "^[a-zA-Z0-9][-a-zA-Z0-9._:/]*(:[-A-Za-z0-9._]+|@sha256:[0-9a-f]{64})$",
        "image with a tag or, better, a digest",
    ),
    ("^[A-Za-z_][A-Za-z0-9_]{0,99}$", "name of a variable, not of a secret"),
    ("^[0-9]+(:[0-9]+)?$", "numbers of user and group, in quotes"),
    ("^(unix:///.+|tcp://[^/]+:[0-9]+)$", "`unix:///var/run/docker.sock`, or `tcp://host:2376` with `tls`"),
    (r"^[0-9a-fA-F.:\[\]]+:[0-9]+$", "address and port, such as `0.0.0.0:443`"),
    (r"^[0-9.]+/[0-9]+$", "private IPv4 network of /28 or wider, such as `10.77.0.0/16`"),
    (
        r"^(@|\*|(\*\.)?[^\s.@]+(\.[^\s.@]+)*)$",
        "name below the domain, such as `www` or `*.app`; `@` is the domain itself",
    ),
    (r"^[^\x00-\x1f\x7f]*$", "text, or a list of texts"),
    ("^[0-9]+[smhd]?$", "seconds, or `5m`, `1h`, `1d`; at most `7d`"),
    ("^[0-9]{1,7}[smhd]?$", "seconds, or `15m`, `6h`, `14d`; from `1m` to `60d`"),
    (r"^[0-9a-fA-F.:]+$", "IPv4 or IPv6 address, such as `192.0.2.10`"),
    ("^/.+$", "path of a file on the controller's machine"),
    ("^https://[!-~]+$", "address with https, such as `https://acme.authority.example/directory`"),
    ("^mailto:[^,?@]+@[^,?@]+$", "address of e-mail, such as `mailto:ops@provincia.example`"),
    ("^([01][0-9]|2[0-3]):[0-5][0-9]$", "hour and minute in UTC, such as `\"02:30\"`"),
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "day, such as `\"2026-11-20\"`"),
    ("^[0-9]+/[0-9]+[smhd]$", "how many within which time, such as `300/3h` or `50/7d`"),
];

/// Renders a document and everything in it that was not told before, from the outside to the inside.
fn render(title: &str, file: &str, root: &Value, told: &mut BTreeSet<String>, text: &mut String) {
    let _ = write!(text, "\n## {title}\n\n{} The file is {file}.\n", words(root));
    let mut open = vec![(None, root)];
    while !open.is_empty() {
        let (name, schema) = open.remove(0);
        if let Some(name) = name {
            if !told.insert(String::from(name)) {
                continue;
            }
            let _ = write!(text, "\n### {name}\n\n{}\n", words(schema));
        }
        text.push_str("\n| field | is | what for |\n|---|---|---|\n");
        for (field, inner, required) in fields(schema) {
            let value = value(root, inner);
            let sign = if required { "**" } else { "" };
            let otherwise = inner["default"].as_bool().map(|default| format!(" `{default}`, if left out."));
            let (words, otherwise) = (words(inner), otherwise.unwrap_or_default());
            let _ = writeln!(text, "| {sign}`{field}`{sign} | {value} | {words}{otherwise} |");
            if let Some(name) = part(root, inner) {
                open.push((Some(name), &root["definitions"][name]));
            }
        }
    }
}

/// The fields of an object: those that must be there in their order, then the others by name.
fn fields(schema: &Value) -> Vec<(&str, &Value, bool)> {
    let properties = schema["properties"].as_object().unwrap();
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let others = properties.keys().map(String::as_str).filter(|field| !required.contains(field));
    let all = required.iter().copied().map(|field| (field, true)).chain(others.map(|field| (field, false)));
    all.map(|(field, required)| (field, &properties[field], required)).collect()
}

/// The definition that a schema refers to, itself or by its entries.
fn reference(schema: &Value) -> Option<&str> {
    let entries = schema["patternProperties"].as_object().and_then(|patterns| patterns.values().next());
    let places = [Some(schema), Some(&schema["allOf"][0]), Some(&schema["items"]), entries];
    places.into_iter().flatten().find_map(|schema| schema["$ref"].as_str()?.strip_prefix("#/definitions/"))
}

/// The part of a document that a field holds, if it is one with fields of its own.
fn part<'a>(root: &Value, schema: &'a Value) -> Option<&'a str> {
    reference(schema).filter(|name| root["definitions"][*name].get("properties").is_some())
}

/// What may stand in a field.
fn value(root: &Value, schema: &Value) -> String {
    let mut what = match schema["type"].as_str() {
        Some("array") => return format!("list: {}", value(root, &schema["items"])),
        Some("object") => {
            let (pattern, inner) = schema["patternProperties"].as_object().unwrap().iter().next().unwrap();
            return format!("mapping: {} → {}", known(pattern), value(root, inner));
        }
        Some("boolean") => "`true` or `false`".to_owned(),
        Some("integer") => format!("number from {} to {}", schema["minimum"], schema["maximum"]),
        _ => schema["pattern"]
            .as_str()
            .or_else(|| schema["anyOf"][0]["pattern"].as_str())
            .map(known)
            .unwrap_or_default()
            .to_owned(),
    };
    if let Some(name) = reference(schema) {
        what = match root["definitions"][name]["oneOf"].as_array() {
            Some(choices) => {
                let words: Vec<String> =
                    choices.iter().map(|choice| format!("`{}`", choice["const"].as_str().unwrap())).collect();
                words.join(" or ")
            }
            None => format!("[{name}](#{})", name.to_lowercase()),
        };
    }
    assert!(!what.is_empty(), "say in TEXTS what this is: {schema:#}");
    what
}

fn known(pattern: &str) -> &'static str {
    let text = TEXTS.iter().find(|(known, _)| *known == pattern);
    text.map_or_else(|| panic!("say in TEXTS what {pattern} is"), |(_, text)| *text)
}

/// What the declaration says of a part, fit for a table.
fn words(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().replace('\n', " ").replace('|', "\\|")
}

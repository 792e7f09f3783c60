//! Names of subjects and issuers as RFC 4514 writes them.

use std::fmt::Write as _;

use x509_parser::asn1_rs::Tag;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// Attributes by their short names: RFC 4514's table, and others that are usual.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.97", "organizationIdentifier"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

/// The name, the most special part first: `CN=www.example.test,O=Comune di Example,C=IT`.
pub(super) fn text(name: &X509Name<'_>) -> String {
    let mut parts: Vec<String> = name
        .iter()
        .map(|part| part.iter().map(attribute).collect::<Vec<_>>().join("+"))
        .filter(|part| !part.is_empty())
        .collect();
    parts.reverse();
    parts.join(",")
}

/// The organisation, else the common name, else all of it.
pub(super) fn authority(name: &X509Name<'_>) -> String {
    let mut found = name.iter_organization().chain(name.iter_common_name()).filter_map(value);
    found.find(|value| !value.trim().is_empty()).unwrap_or_else(|| text(name))
}

/// The last common name.
pub(super) fn common_name(name: &X509Name<'_>) -> Option<String> {
    name.iter_common_name().filter_map(value).last()
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type().to_id_string();
    let known = ATTRIBUTES.iter().find(|(known, _)| *known == oid).map(|(_, name)| *name);
    match (known, value(attribute)) {
        (Some(name), Some(value)) => format!("{name}={}", escaped(&value)),
        (name, _) => {
            // RFC 4514, 2.4: what has no text is written as DER in hexadecimal; its type and length are not kept here
            let hex: String = attribute.as_slice().iter().fold(String::new(), |mut hex, octet| {
                let _ = write!(hex, "{octet:02x}");
                hex
            });
            format!("{}=#{hex}", name.unwrap_or(&oid))
        }
    }
}

fn value(attribute: &AttributeTypeAndValue<'_>) -> Option<String> {
    let octets = attribute.as_slice();
    match attribute.attr_value().tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            String::from_utf8(octets.to_vec()).ok()
        }
        // what calls itself T.61 is Latin 1 in practice
        Tag::T61String => Some(octets.iter().map(|octet| char::from(*octet)).collect()),
        Tag::BmpString => {
            let (pairs, rest) = octets.as_chunks();
            let text =
                String::from_utf16(&pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect::<Vec<_>>());
            text.ok().filter(|_| rest.is_empty())
        }
        _ => None,
    }
}

/// RFC 4514, 2.4.
fn escaped(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut text = String::new();
    for (index, character) in value.chars().enumerate() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => text.extend(['\\', character]),
            '#' if index == 0 => text.push_str("\\#"),
            ' ' if index == 0 || index == last => text.push_str("\\ "),
            control if control.is_control() => {
                for octet in control.to_string().bytes() {
                    let _ = write!(text, "\\{octet:02x}");
                }
            }
            plain => text.push(plain),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_has_a_meaning_is_escaped() {
        for (value, expected) in [
            ("Comune di Example", "Comune di Example"),
            ("Example, Inc.", "Example\\, Inc."),
            (" #1 ", "\\ #1\\ "),
            ("#1", "\\#1"),
            ("a\0b\"", "a\\00b\\\""),
            ("", ""),
        ] {
            assert_eq!(escaped(value), expected);
        }
    }
}

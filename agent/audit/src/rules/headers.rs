//! Headers that say how a browser should treat a page.

use std::collections::BTreeMap;

/// Headers by name in lower case.
pub type Headers = BTreeMap<String, Vec<String>>;

/// The values of a header, trimmed.
pub fn values<'a>(headers: &'a Headers, name: &str) -> impl Iterator<Item = &'a str> {
    headers.get(name).into_iter().flatten().map(|value| value.trim())
}

/// The first value of a header, in lower case.
pub fn first(headers: &Headers, name: &str) -> Option<String> {
    values(headers, name).next().map(str::to_ascii_lowercase)
}

/// What `Strict-Transport-Security` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hsts {
    /// There is none.
    Missing,
    /// It cannot be read (RFC 6797, 6.1), and browsers ignore it.
    Invalid,
    /// Seconds.
    Seconds(u64),
}

/// Reads `Strict-Transport-Security`: the first header counts (RFC 6797, 8.1).
pub fn hsts(headers: &Headers) -> Hsts {
    let Some(value) = first(headers, "strict-transport-security") else { return Hsts::Missing };
    let mut ages = value.split(';').filter_map(|directive| {
        let (name, age) = directive.split_once('=')?;
        (name.trim() == "max-age").then(|| age.trim().trim_matches('"').to_owned())
    });
    match (ages.next().map(|age| age.parse::<u64>()), ages.next()) {
        (Some(Ok(seconds)), None) => Hsts::Seconds(seconds),
        _ => Hsts::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_age_as_browsers_read_it() {
        for (value, expected) in [
            ("max-age=31536000", Hsts::Seconds(31_536_000)),
            ("Max-Age = \"63072000\" ; includeSubDomains; preload", Hsts::Seconds(63_072_000)),
            ("includeSubDomains", Hsts::Invalid),
            ("max-age=1; max-age=2", Hsts::Invalid),
            ("max-age=forever", Hsts::Invalid),
            ("", Hsts::Invalid),
        ] {
            let headers = [("strict-transport-security".to_owned(), vec![value.to_owned()])].into();
            assert_eq!(hsts(&headers), expected, "{value}");
        }
        assert_eq!(hsts(&Headers::new()), Hsts::Missing);
    }
}

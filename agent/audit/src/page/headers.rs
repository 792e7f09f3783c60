//! Headers by name: what may be kept of them, and how they are asked.

use std::collections::BTreeMap;

/// Headers by name in lower case, each value as it came.
pub type Headers = BTreeMap<String, Vec<String>>;

/// The first value of a header.
pub fn first<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|values| values.first()).map(String::as_str)
}

/// The media type of `Content-Type`, in lower case: `text/html`.
pub fn media_type(headers: &Headers) -> Option<String> {
    let value = first(headers, "content-type")?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Headers as a report may have them: what a cookie holds is a secret between a visitor and the site.
pub fn without_secrets(mut headers: Headers) -> Headers {
    for value in headers.get_mut("set-cookie").into_iter().flatten() {
        let (pair, rest) =
            value.split_once(';').map_or((value.as_str(), None), |(pair, rest)| (pair, Some(rest)));
        let name = pair.split_once('=').map_or("", |(name, _)| name);
        let rest = rest.map_or(String::new(), |rest| format!(";{rest}"));
        *value = format!("{name}=…{rest}");
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_lose_what_they_hold() {
        let check = |value: &str, kept: &str| {
            let headers = Headers::from([("set-cookie".to_owned(), vec![value.to_owned()])]);
            assert_eq!(first(&without_secrets(headers), "set-cookie"), Some(kept));
        };
        check("PHPSESSID=0123; path=/; HttpOnly", "PHPSESSID=…; path=/; HttpOnly");
        check("a=b=c", "a=…");
        check("secret", "=…");
        check("secret; Secure", "=…; Secure");
    }

    proptest::proptest! {
        #[test]
        fn no_cookie_keeps_what_it_holds(name in "[a-z;=]{0,5}", rest in "(;[ a-z=]{0,9})?") {
            let value = format!("{name}=0123456789{rest}");
            let headers = Headers::from([("set-cookie".to_owned(), vec![value.clone()])]);
            let kept = without_secrets(headers);
            let held = name.contains(';');
            proptest::prop_assert!(held || !first(&kept, "set-cookie").unwrap().contains("0123456789"), "{}", value);
        }
    }

    #[test]
    fn media_types() {
        let headers =
            Headers::from([("content-type".to_owned(), vec!["Text/HTML ; charset=utf-8".to_owned()])]);
        assert_eq!(media_type(&headers).as_deref(), Some("text/html"));
        assert_eq!(media_type(&Headers::new()), None);
    }
}

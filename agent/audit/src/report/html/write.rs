//! Pieces of HTML: text that is escaped, names for places.

use super::super::words::visible;

/// Text from anywhere, as it may stand between tags and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Each item written, one after the other.
pub(super) fn each<T>(items: impl IntoIterator<Item = T>, write: impl FnMut(T) -> String) -> String {
    items.into_iter().map(write).collect::<Vec<String>>().concat()
}

/// A place within the page, different for different names: only characters that links take as they are.
pub(super) fn place(kind: &str, name: &str) -> String {
    let encoded = each(name.chars(), |c| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' => c.to_string(),
        other => format!("_{:x}_", u32::from(other)),
    });
    format!("{kind}-{encoded}")
}

/// The first letter in upper case.
pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + characters.as_str()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn places_differ_as_names_do() {
        assert_eq!(place("ente", "comune.calco.lc.test"), "ente-comune.calco.lc.test");
        assert_eq!(place("ente", "a b_"), "ente-a_20_b_5f_");
    }

    proptest! {
        #[test]
        fn escaped_text_is_only_text(text in any::<String>()) {
            let escaped = escaped(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            let back = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
            prop_assert_eq!(back, visible(&text).into_owned());
        }
    }
}

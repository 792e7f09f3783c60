//! From a page's bytes to its text, as a browser decides (HTML Standard, 13.2.3): byte order mark, header, what the page says.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How far into a page its own word on its charset is looked for.
const PRESCAN: usize = 1024;

/// A page's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, with U+FFFD for what could not be read.
    pub text: String,
    /// What is odd about its bytes.
    pub oddity: Option<String>,
}

/// Decodes a page by its bytes and its `Content-Type`.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> Decoded {
    let named = content_type.and_then(|value| parameter(value, "charset")).or_else(|| named_within(bytes));
    let known = named.as_ref().and_then(|name| Encoding::for_label(name.as_bytes()));
    let unnamed = if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 };
    let (text, encoding, damaged) = known.unwrap_or(unnamed).decode(bytes);
    let oddity = match (&named, known) {
        (Some(name), None) => Some(format!("it names a charset that no browser knows: {}", shown(name))),
        _ if damaged => {
            Some(format!("its bytes are not of the charset {} that it names", encoding.name().to_lowercase()))
        }
        _ => None,
    };
    Decoded { text: text.into_owned(), oddity }
}

/// What is worth showing of a name that a stranger wrote.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// The value of a parameter of a header: `charset` of `text/html; charset="utf-8"`.
pub fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).trim();
        (key.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_ascii_lowercase())
    })
}

/// The charset that the beginning of a page names: `<meta charset>`, `<meta http-equiv="Content-Type">`, `<?xml encoding?>`.
fn named_within(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..PRESCAN).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let from_xml =
        head.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")?.0.split_once("encoding"));
    if let Some((_, rest)) = from_xml {
        return label(rest);
    }
    let metas = head.split("<meta").skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag));
    let name = metas.filter_map(|tag| tag.split_once("charset")).find_map(|(_, rest)| label(rest))?;
    // a page whose beginning reads as ASCII is not UTF-16, whatever it says
    Some(if name.starts_with("utf-16") { "utf-8".to_owned() } else { name })
}

/// The label after `charset` or `encoding`: `="utf-8"`.
fn label(rest: &str) -> Option<String> {
    let rest = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = rest.find(|c: char| matches!(c, '"' | '\'' | ';' | '/' | '>') || c.is_whitespace());
    let label = rest.get(..end.unwrap_or(rest.len()))?;
    (!label.is_empty()).then(|| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], content_type: Option<&str>, text: &str, oddity: Option<&str>) {
        let decoded = decode(bytes, content_type);
        assert_eq!((decoded.text.as_str(), decoded.oddity.as_deref()), (text, oddity));
    }

    #[test]
    fn charsets() {
        check(b"citt\xc3\xa0", None, "città", None);
        check(b"citt\xe0", None, "città", None);
        check(b"citt\xe0", Some("text/html; charset=ISO-8859-1"), "città", None);
        check(b"\xa4 5", Some("text/html;charset='iso-8859-15'"), "€ 5", None);
        let bad = "its bytes are not of the charset utf-8 that it names";
        check(b"citt\xe0", Some("text/html; charset=\"UTF-8\""), "citt\u{fffd}", Some(bad));
        check(b"\xef\xbb\xbfciao", Some("text/html; charset=latin1"), "ciao", None);
        check(b"\xff\xfec\0i\0", None, "ci", None);
        let odd = "it names a charset that no browser knows: klingon";
        check(b"ciao", Some("text/html; charset=klingon"), "ciao", Some(odd));
    }

    #[test]
    fn what_a_page_says_itself() {
        for page in [
            &b"<meta charset=iso-8859-1><p>citt\xe0"[..],
            b"<META HTTP-EQUIV='Content-Type' content='text/html; charset=windows-1252'><p>citt\xe0",
            b"<?xml version='1.0' encoding='ISO-8859-1'?><p>citt\xe0",
        ] {
            let decoded = decode(page, Some("text/html"));
            assert!(decoded.text.ends_with("città") && decoded.oddity.is_none(), "{decoded:?}");
        }
        assert_eq!(decode(b"<meta charset=utf-16><p>x", None).text, "<meta charset=utf-16><p>x");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_some_text(bytes: Vec<u8>, content_type: Option<String>) {
            let decoded = decode(&bytes, content_type.as_deref());
            proptest::prop_assert!(decoded.text.len() <= 3 * bytes.len() + 3);
        }

        #[test]
        fn any_word_on_a_charset_is_borne(word in "(<\\?xml|<meta)? ?(charset|encoding)[= '\"a-z0-9;>-]{0,30}") {
            decode(word.as_bytes(), None);
            decode(b"x", Some(&format!("text/html; {word}")));
        }
    }
}

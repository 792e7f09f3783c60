//! Where an answer or a page leads: `Location`, `Refresh`, `<meta http-equiv="refresh">`.

use url::Url;

use super::headers::{Headers, first};

/// The longest address that is followed.
const LONGEST: usize = 4096;
/// The longest that a page may be shown before it counts as a page, in seconds.
const SOON: f64 = 5.0;

/// Where an address leads that stands in an answer from another: relative, without scheme, with spaces around it.
/// None where it is no address at all.
pub fn follow(from: &Url, to: &str) -> Option<Url> {
    let mut url = from.join(to.trim()).ok().filter(|url| url.as_str().len() <= LONGEST)?;
    url.set_fragment(None);
    Some(url)
}

/// Where an answer's own headers lead: `Location` of a redirect, else `Refresh`. None for a page.
pub fn led_by_headers(status: u16, headers: &Headers) -> Option<&str> {
    match status {
        301 | 302 | 303 | 307 | 308 => {
            first(headers, "location").filter(|location| !location.trim().is_empty())
        }
        _ => first(headers, "refresh").and_then(refresh),
    }
}

/// The address in a `Refresh` that comes soon: `0; url='/sito/'`. None where it names none, which loads the same page again.
pub fn refresh(value: &str) -> Option<&str> {
    let value = value.trim();
    let end = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let (seconds, rest) = value.split_at_checked(end)?;
    if seconds.is_empty() || seconds.parse::<f64>().is_ok_and(|seconds| seconds > SOON) {
        return None;
    }
    let rest = rest.trim_start().trim_start_matches([';', ',']).trim_start();
    let after_key = rest.get(..3).filter(|key| key.eq_ignore_ascii_case("url")).and_then(|_| rest.get(3..));
    let address = after_key.and_then(|rest| rest.trim_start().strip_prefix('=')).unwrap_or(rest).trim_start();
    let address = match address.chars().next() {
        Some(quote @ ('"' | '\'')) => address.get(1..)?.split(quote).next()?,
        _ => address,
    };
    let address = address.trim();
    (!address.is_empty()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        let from = Url::parse("https://www.comune.barzago.lc.test/a/b?c#d").unwrap();
        let check = |to: &str, url: Option<&str>| {
            assert_eq!(follow(&from, to).as_ref().map(Url::as_str), url, "{to:?}");
        };
        check("/sito/", Some("https://www.comune.barzago.lc.test/sito/"));
        check(" x#y ", Some("https://www.comune.barzago.lc.test/a/x"));
        check("//altro.test", Some("https://altro.test/"));
        check("\\\\altro.test\\a b", Some("https://altro.test/a%20b"));
        check("HTTP:\\altro.test", Some("http://altro.test/"));
        check("http://comune.città.test/", Some("http://comune.xn--citt-3na.test/"));
        check("file:///etc/passwd", Some("file:///etc/passwd"));
        check("javascript:alert(1)", Some("javascript:alert(1)"));
        check("http://2130706433/", Some("http://127.0.0.1/"));
        check("http://0x7f.1/", Some("http://127.0.0.1/"));
        check("https://altro.test/\r\nX: y", Some("https://altro.test/X:%20y"));
        check("http://[::ffff:127.0.0.1]/", Some("http://[::ffff:7f00:1]/"));
        check("", Some("https://www.comune.barzago.lc.test/a/b?c"));
        check("http://", None);
        check("http://a b/", None);
        check(&format!("/{}", "a".repeat(LONGEST)), None);
    }

    #[test]
    fn refreshes() {
        let check = |value: &str, address: Option<&str>| assert_eq!(refresh(value), address, "{value:?}");
        check("0;url=/sito/", Some("/sito/"));
        check(" 3 ; URL = '/sito/' ", Some("/sito/"));
        check("0, \"http://a.test/\" x", Some("http://a.test/"));
        check("0.5 http://a.test/", Some("http://a.test/"));
        check("0;/sito/", Some("/sito/"));
        check("5", None);
        check("300; url=/", None);
        check("url=/", None);
        check("0;url=", None);
        check("", None);
    }

    #[test]
    fn only_a_redirect_has_a_location() {
        let headers = |name: &str, value: &str| Headers::from([(name.to_owned(), vec![value.to_owned()])]);
        assert_eq!(led_by_headers(301, &headers("location", "/a")), Some("/a"));
        assert_eq!(led_by_headers(201, &headers("location", "/a")), None);
        assert_eq!(led_by_headers(302, &headers("location", " ")), None);
        assert_eq!(led_by_headers(200, &headers("refresh", "0; url=/a")), Some("/a"));
        assert_eq!(led_by_headers(304, &headers("location", "/a")), None);
    }

    proptest::proptest! {
        #[test]
        fn any_location_is_borne(to in "\\PC*", other in "[a-z:/\\\\.0-9@\\[\\]#?% ]{0,40}") {
            let from = Url::parse("https://a.test/b/c").unwrap();
            for to in [to, other] {
                // what is in a request line is one word; others are not asked for
                if let Some(url) = follow(&from, &to).filter(|url| url.scheme().starts_with("http")) {
                    proptest::prop_assert!(url.as_str().is_ascii() && !url.as_str().contains([' ', '\r', '\n']));
                }
                refresh(&to);
                refresh(&format!("0{to}"));
            }
        }
    }
}

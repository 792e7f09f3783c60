//! Cookies that an answer sets (RFC 6265, 5.2), and what a visitor sends back on the way.

use url::Url;

use super::headers::Headers;
use crate::facts::Cookie;

/// The most cookies of one answer, and the longest.
const MOST: usize = 50;
const LONGEST: usize = 4096;

/// Names under which programs keep sessions that no word in them tells.
const SESSIONS: &[&str] =
    &["_zopeid", "__ac", "cfid", "cftoken", "connect.sid", "fe_typo_user", "sid", "umb_ucontext"];

/// Cookies that an answer of a host sets; those that it deletes are none.
pub fn cookies(headers: &Headers, host: &str) -> Vec<Cookie> {
    let values = headers.get("set-cookie").map(Vec::as_slice).unwrap_or_default();
    let read = values.iter().take(MOST).filter_map(|value| SetCookie::read(value));
    read.filter(|set| !set.deletes).map(|set| set.cookie(host)).collect()
}

/// One `Set-Cookie`.
#[derive(Debug, Default)]
struct SetCookie<'a> {
    name: &'a str,
    value: &'a str,
    domain: Option<String>,
    secure: bool,
    http_only: bool,
    same_site: Option<&'a str>,
    deletes: bool,
}

impl<'a> SetCookie<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';');
        let pair = parts.next()?.trim();
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let mut set = Self { name: name.trim(), value: value.trim(), ..Self::default() };
        let control = |c: char| c.is_control() && c != '\t';
        if text.len() > LONGEST || pair.is_empty() || pair == "=" || pair.contains(control) {
            return None;
        }
        for part in parts {
            let (key, value) = part.split_once('=').map_or((part, ""), |(key, value)| (key, value));
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "domain" => {
                    let domain = value.trim_start_matches('.').to_ascii_lowercase();
                    set.domain = (!domain.is_empty()).then_some(domain);
                }
                "secure" => set.secure = true,
                "httponly" => set.http_only = true,
                "samesite" => set.same_site = Some(value),
                "max-age" => set.deletes |= value.parse::<i64>().is_ok_and(|seconds| seconds <= 0),
                // programs that delete a cookie give it a day near 1970
                "expires" => set.deletes |= value.contains("1970") || value.contains("-70 "),
                _ => {}
            }
        }
        Some(set)
    }

    fn cookie(&self, host: &str) -> Cookie {
        let name = self.name.to_ascii_lowercase();
        Cookie {
            name: self.name.to_owned(),
            host: host.to_owned(),
            domain: self.domain.clone(),
            secure: self.secure,
            http_only: self.http_only,
            same_site: self.same_site.map(str::to_owned),
            session: name.contains("sess") || name.contains("login") || SESSIONS.contains(&name.as_str()),
        }
    }
}

/// Cookies that a visitor has on one way, so that sites which ask for one before they show a page show it.
#[derive(Debug, Default)]
pub struct Jar(Vec<Kept>);

#[derive(Debug)]
struct Kept {
    name: String,
    value: String,
    host: String,
    everywhere_below: bool,
    secure: bool,
}

impl Jar {
    /// Keeps what an answer from an address sets.
    pub fn keep(&mut self, url: &Url, headers: &Headers) {
        let host = url.host_str().unwrap_or_default();
        for value in headers.get("set-cookie").into_iter().flatten().take(MOST) {
            let Some(set) = SetCookie::read(value) else { continue };
            let domain = set.domain.clone().filter(|domain| is_below(host, domain));
            if set.domain.is_some() && domain.is_none() {
                continue;
            }
            let everywhere_below = domain.is_some();
            let host = domain.unwrap_or_else(|| host.to_owned());
            self.0.retain(|kept| kept.name != set.name || kept.host != host);
            if !set.deletes && self.0.len() < MOST {
                let (name, value) = (set.name.to_owned(), set.value.to_owned());
                self.0.push(Kept { name, value, host, everywhere_below, secure: set.secure });
            }
        }
    }

    /// What a visitor sends to an address: the value of `Cookie`. None where there is nothing to send.
    pub fn header(&self, url: &Url) -> Option<String> {
        let host = url.host_str().unwrap_or_default();
        let fits = |kept: &&Kept| {
            let there = host == kept.host || kept.everywhere_below && is_below(host, &kept.host);
            there && (!kept.secure || url.scheme() == "https")
        };
        let pair = |kept: &Kept| match kept.name.as_str() {
            "" => kept.value.clone(),
            name => format!("{name}={}", kept.value),
        };
        let header = self.0.iter().filter(fits).map(pair).collect::<Vec<_>>().join("; ");
        (!header.is_empty() && header.len() <= LONGEST && header.is_ascii()).then_some(header)
    }
}

/// Whether a host is a domain or below it; a name without a dot is nobody's domain.
fn is_below(host: &str, domain: &str) -> bool {
    host == domain
        || domain.contains('.') && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> Headers {
        Headers::from([("set-cookie".to_owned(), values.iter().map(|&value| value.to_owned()).collect())])
    }

    #[test]
    fn attributes() {
        let read = cookies(
            &headers(&[
                "PHPSESSID=1; path=/; secure; HttpOnly; SameSite=Lax",
                "lingua=it; Domain=.Comune.Barzago.lc.test",
                "gone=; expires=Thu, 01-Jan-1970 00:00:01 GMT",
                "gone=x; Max-Age=0",
                "=",
                "fe_typo_user=a; samesite = strict",
            ]),
            "www.comune.barzago.lc.test",
        );
        let shown: Vec<_> = read
            .iter()
            .map(|c| {
                (
                    c.name.as_str(),
                    c.domain.as_deref(),
                    c.secure,
                    c.http_only,
                    c.same_site.as_deref(),
                    c.session,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("PHPSESSID", None, true, true, Some("Lax"), true),
                ("lingua", Some("comune.barzago.lc.test"), false, false, None, false),
                ("fe_typo_user", None, false, false, Some("strict"), true),
            ]
        );
    }

    #[track_caller]
    fn check(origin: &str, set: &[&str], asked: &str, expected: Option<&str>) {
        let mut jar = Jar::default();
        jar.keep(&Url::parse(origin).unwrap(), &headers(set));
        assert_eq!(jar.header(&Url::parse(asked).unwrap()).as_deref(), expected);
    }

    #[test]
    fn what_is_sent_back_to_whom() {
        check("https://a.test/", &["x=1; path=/", "y=2"], "https://a.test/b", Some("x=1; y=2"));
        check("https://a.test/", &["x=1", "x=2"], "https://a.test/", Some("x=2"));
        check("https://a.test/", &["x=1"], "https://www.a.test/", None);
        check("https://a.test/", &["x=1; domain=a.test"], "https://www.a.test/", Some("x=1"));
        check("https://b.test/", &["x=1; domain=a.test"], "https://a.test/", None);
        check("https://a.test/", &["x=1; domain=test"], "https://b.test/", None);
        check("https://a.test/", &["x=1; secure"], "http://a.test/", None);
        check("https://a.test/", &["x=1\r\nHost: b.test"], "https://a.test/", None);
    }

    proptest::proptest! {
        #[test]
        fn any_value_is_borne(value in "\\PC*", other in "[a-zA-Z=;. \t-]{0,60}") {
            let headers = headers(&[&value, &other]);
            cookies(&headers, "a.test");
            let mut jar = Jar::default();
            let url = Url::parse("https://a.test/").unwrap();
            jar.keep(&url, &headers);
            let sent = jar.header(&url).unwrap_or_default();
            proptest::prop_assert!(!sent.contains(['\r', '\n']));
        }
    }
}

//! `security.txt` (RFC 9116): whom to tell of a weakness.

use jiff::Timestamp;
use url::Url;

use super::headers::{Headers, media_type};
use crate::facts::SecurityTxt;

/// How much of a `security.txt` is read.
pub const READ: usize = 32 * 1024;
/// The most contacts, and the most characters of one.
const MOST: usize = 20;
const LONGEST: usize = 300;

/// What a `security.txt` from an address says; none where what came is a page, as sites that never say 404 send it.
pub fn security_txt(text: &str, headers: &Headers, url: &Url) -> Option<SecurityTxt> {
    let fields: Vec<(String, &str)> = fields(text);
    let values = |name: &str| -> Vec<&str> {
        fields.iter().filter(|(key, _)| key == name).map(|(_, value)| *value).collect()
    };
    let (contacts, expires) = (values("contact"), values("expires"));
    let media_type = media_type(headers).unwrap_or_default();
    if contacts.is_empty()
        && expires.is_empty()
        && (media_type != "text/plain" || text.trim_start().starts_with('<'))
    {
        return None;
    }
    let time = expires.first().and_then(|value| value.to_ascii_uppercase().parse::<Timestamp>().ok());
    let mut problems = Vec::new();
    let mut wrong = |is: bool, problem: &str| is.then(|| problems.push(problem.to_owned()));
    wrong(url.scheme() != "https", "it is not served by HTTPS");
    wrong(media_type != "text/plain", "it is not served as text/plain");
    wrong(contacts.is_empty(), "it has no Contact");
    wrong(
        contacts.iter().any(|contact| !is_uri(contact)),
        "a Contact is no URI with mailto:, tel: or https:",
    );
    wrong(expires.is_empty(), "it has no Expires");
    wrong(expires.len() > 1, "it has more than one Expires");
    wrong(!expires.is_empty() && time.is_none(), "its Expires is no time by RFC 3339");
    wrong(values("preferred-languages").len() > 1, "it has more than one Preferred-Languages");
    let canonical = values("canonical");
    wrong(
        !canonical.is_empty() && !canonical.contains(&url.as_str()),
        "no Canonical is the address that it is at",
    );
    let contacts =
        contacts.iter().take(MOST).map(|contact| contact.chars().take(LONGEST).collect()).collect();
    Some(SecurityTxt { contacts, expires: time, problems })
}

/// Its fields, names in lower case; comments and the lines of a signature are none.
fn fields(text: &str) -> Vec<(String, &str)> {
    let text = text.trim_start_matches('\u{feff}');
    let signed = text.split_once("-----BEGIN PGP SIGNATURE-----").map_or(text, |(signed, _)| signed);
    let lines = signed.lines().filter(|line| !line.starts_with(['#', '-', '<', ' ']));
    let pairs = lines.filter_map(|line| line.split_once(':'));
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    pairs
        .filter(|(name, _)| is_name(name.trim_end()))
        .map(|(name, value)| (name.trim_end().to_ascii_lowercase(), value.trim()))
        .collect()
}

/// Whether a contact is a URI of a kind that one can be reached by (RFC 9116, 2.5.3; web addresses by HTTPS).
fn is_uri(contact: &str) -> bool {
    let (scheme, rest) = contact.split_once(':').unwrap_or_default();
    matches!(scheme.to_ascii_lowercase().as_str(), "mailto" | "tel" | "https")
        && !rest.trim_start_matches('/').is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, content_type: &str, url: &str) -> Option<SecurityTxt> {
        let headers = Headers::from([("content-type".to_owned(), vec![content_type.to_owned()])]);
        security_txt(text, &headers, &Url::parse(url).unwrap())
    }

    #[track_caller]
    fn check(text: &str, problems: &[&str]) {
        let read =
            read(text, "text/plain; charset=utf-8", "https://a.test/.well-known/security.txt").unwrap();
        assert_eq!(read.problems, problems, "{text}");
    }

    #[test]
    fn a_good_one() {
        let text = "# chi avvisare\r\nContact: mailto:sicurezza@a.test\r\ncontact: https://a.test/segnala\r\n\
                    Expires: 2027-01-31T12:00:00z\r\nPreferred-Languages: it, en\r\n\
                    Canonical: https://a.test/.well-known/security.txt\r\n";
        check(text, &[]);
        let signed = format!(
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{text}-----BEGIN PGP SIGNATURE-----\nExpires: no\n"
        );
        check(&signed, &[]);
        let read = read(text, "text/plain", "https://a.test/.well-known/security.txt").unwrap();
        assert_eq!(read.contacts, ["mailto:sicurezza@a.test", "https://a.test/segnala"]);
        assert_eq!(read.expires.unwrap().to_string(), "2027-01-31T12:00:00Z");
    }

    #[test]
    fn what_is_wrong() {
        check("Contact: mailto:a@a.test", &["it has no Expires"]);
        check("Expires: 2027-01-31T12:00:00+01:00", &["it has no Contact"]);
        check(
            "Contact: a@a.test\nExpires: domani",
            &["a Contact is no URI with mailto:, tel: or https:", "its Expires is no time by RFC 3339"],
        );
        check(
            "Contact: tel:+39-0341\nExpires: 2027-01-31T12:00:00Z\nExpires: 2028-01-31T12:00:00Z\nCanonical: https://b.test/",
            &["it has more than one Expires", "no Canonical is the address that it is at"],
        );
        check("", &["it has no Contact", "it has no Expires"]);
        let elsewhere =
            read("Contact: mailto:a@a.test\nExpires: 2027-01-31T12:00:00Z", "text/html", "http://a.test/x")
                .unwrap();
        assert_eq!(elsewhere.problems, ["it is not served by HTTPS", "it is not served as text/plain"]);
    }

    #[test]
    fn a_page_is_none() {
        assert_eq!(read("<!doctype html><p>Contact: us", "text/html", "https://a.test/"), None);
        assert_eq!(read("<html>", "text/plain", "https://a.test/"), None);
        assert_eq!(read("{}", "application/json", "https://a.test/"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text in "\\PC*", lines in proptest::collection::vec("(Contact|Expires|Canonical): ?[a-z0-9:TZ+-]{0,20}", 0..20)) {
            read(&text, "text/plain", "https://a.test/");
            read(&lines.join("\n"), "text/plain", "https://a.test/");
        }
    }
}

//! What stands in the column of the institutional site, and which host it means.

use campanile_plan::document::values::DomainName;

/// Why a row cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unusable {
    /// It has no code.
    NoCode,
    /// Its code stands in a row before it.
    Twice,
    /// Nothing stands there, or a word for nothing.
    Empty,
    /// An address of mail.
    Mail,
    /// A page at somebody else's: Facebook.
    Elsewhere,
    /// An address of an internet protocol, not a name.
    Address,
    /// A scheme that is not of the web.
    Scheme,
    /// No name of a host.
    NoHost,
}

impl Unusable {
    /// For people.
    pub fn text(self) -> &'static str {
        match self {
            Self::NoCode => "no code",
            Self::Twice => "code already seen",
            Self::Empty => "no site",
            Self::Mail => "an address of mail",
            Self::Elsewhere => "a page on somebody else's site",
            Self::Address => "an IP address, for which no certificate could be valid",
            Self::Scheme => "not a site of the web",
            Self::NoHost => "no name of a host",
        }
    }
}

/// A site that can be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Site {
    /// Its host, in A-labels.
    pub host: String,
    /// Its port, where it names one.
    pub port: Option<u16>,
    /// What stood there had to be put right.
    pub repaired: bool,
}

/// Words for nothing.
const NOTHING: &[&str] = &[
    "",
    "null",
    "none",
    "nd",
    "na",
    "n",
    "no",
    "nessuno",
    "assente",
    "nonpresente",
    "nondisponibile",
    "xxx",
    "http",
    "https",
    "www",
    "nonesiste",
];
/// Hosts where bodies have pages that are not theirs to secure.
const ELSEWHERE: &[&str] = &[
    "facebook.com",
    "instagram.com",
    "twitter.com",
    "x.com",
    "youtube.com",
    "linkedin.com",
    "sites.google.com",
    "linktr.ee",
    "t.me",
];

impl Site {
    /// The host that a cell means.
    pub fn read(cell: &str) -> Result<Self, Unusable> {
        let written = cell.trim();
        let letters: String = written.chars().filter(|c| c.is_alphanumeric()).collect();
        if NOTHING.contains(&letters.to_lowercase().as_str()) {
            return Err(Unusable::Empty);
        }
        let one = first_of_several(written);
        let (rest, scheme) = without_scheme(&one.replace('\\', "/"))?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') || (scheme.is_none() && rest.contains('@')) {
            return Err(Unusable::Mail);
        }
        let (name, port) = match authority.split_once(':') {
            Some((name, port)) => (name, port.parse::<u16>().ok().filter(|port| *port > 0)),
            None => (authority, None),
        };
        let mended = mended(name);
        if mended.parse::<std::net::IpAddr>().is_ok() {
            return Err(Unusable::Address);
        }
        let host: DomainName = mended.parse().map_err(|_| Unusable::NoHost)?;
        let host = host.to_string();
        if ELSEWHERE.iter().any(|other| host == *other || host.ends_with(&format!(".{other}"))) {
            return Err(Unusable::Elsewhere);
        }
        // a port of HTTP says nothing of where HTTPS is
        let port = port.filter(|port| *port != 80 && scheme.as_deref() != Some("http"));
        let clean =
            scheme.is_some_and(|scheme| written.to_lowercase().starts_with(&format!("{scheme}://{host}")));
        Ok(Self { host, port, repaired: !clean })
    }
}

/// The first where several addresses stand in one cell.
fn first_of_several(cell: &str) -> &str {
    let several = |c: char| c.is_whitespace() || matches!(c, ';' | '|' | '"' | '<' | '>' | '(' | ')');
    let words = cell.split(several).filter(|word| word.contains('.') || word.contains(','));
    let word = words.into_iter().next().unwrap_or(cell.trim());
    // "www,comune" is a slip of the finger, "a.it,b.it" are two
    match word.split_once(',') {
        Some((before, _)) if before.contains('.') => before,
        _ => word,
    }
}

/// What follows the scheme, however it is written, and the scheme.
fn without_scheme(text: &str) -> Result<(String, Option<String>), Unusable> {
    let mut rest = text.to_lowercase();
    let mut scheme = None;
    // some have it twice
    for _ in 0..3 {
        let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
        let after = &rest[word.len()..];
        let signs: String = after.chars().take_while(|c| matches!(c, ':' | ';' | '/' | ',')).collect();
        let is_scheme = signs.contains('/') && !signs.is_empty() && !word.is_empty();
        match word.as_str() {
            "http" | "https" | "htpp" | "htp" | "htt" | "hhtp" | "ttp" | "ttps" | "htpps" | "httpss"
            | "hhtps"
                if !signs.is_empty() =>
            {
                scheme.get_or_insert(if word.ends_with('s') { "https" } else { "http" }.to_owned());
            }
            "mailto" if !signs.is_empty() => return Err(Unusable::Mail),
            _ if is_scheme && signs.starts_with(':') => return Err(Unusable::Scheme),
            _ => break,
        }
        rest = after[signs.len()..].to_owned();
    }
    Ok((rest.trim_start_matches('/').to_owned(), scheme))
}

/// A name with slips of the finger put right.
fn mended(name: &str) -> String {
    let name = name.replace(',', ".");
    let labels: Vec<&str> = name.split('.').filter(|label| !label.is_empty()).collect();
    labels.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, expected: Result<&str, Unusable>) {
        let seen = Site::read(cell).map(|site| {
            let port = site.port.map_or(String::new(), |port| format!(":{port}"));
            format!("{}{port}{}", site.host, if site.repaired { " repaired" } else { "" })
        });
        assert_eq!(seen.as_deref().map_err(|reason| *reason), expected, "{cell:?}");
    }

    #[test]
    fn every_kind_of_dirt() {
        for (cell, expected) in [
            ("https://www.comune.calco.test", Ok("www.comune.calco.test")),
            ("http://www.comune.calco.test/", Ok("www.comune.calco.test")),
            ("www.comune.calco.test", Ok("www.comune.calco.test repaired")),
            ("  WWW.Comune.Calco.TEST  ", Ok("www.comune.calco.test repaired")),
            ("http:/www.comune.calco.test", Ok("www.comune.calco.test repaired")),
            ("http//www.comune.calco.test", Ok("www.comune.calco.test repaired")),
            ("http;//www.comune.calco.test", Ok("www.comune.calco.test repaired")),
            ("htpp://www.comune.calco.test", Ok("www.comune.calco.test repaired")),
            ("http://https://www.comune.calco.test/home", Ok("www.comune.calco.test repaired")),
            ("http:\\\\www.comune.calco.test", Ok("www.comune.calco.test repaired")),
            ("www.comune.calco.test.", Ok("www.comune.calco.test repaired")),
            ("www..comune.calco.test", Ok("www.comune.calco.test repaired")),
            ("www,comune.calco.test", Ok("www.comune.calco.test repaired")),
            ("www.calco.test, www.altro.test", Ok("www.calco.test repaired")),
            ("www.calco.test; www.altro.test", Ok("www.calco.test repaired")),
            ("sito: www.calco.test", Ok("www.calco.test repaired")),
            ("\"https://www.calco.test\"", Ok("www.calco.test repaired")),
            ("https://www.comune.calco.test:8443/it?x=1#y", Ok("www.comune.calco.test:8443")),
            ("http://www.comune.calco.test:8080/", Ok("www.comune.calco.test")),
            ("https://www.comune.viganò.test", Ok("www.comune.xn--vigan-yta.test repaired")),
            (".", Err(Unusable::Empty)),
            ("", Err(Unusable::Empty)),
            ("null", Err(Unusable::Empty)),
            ("NULL ", Err(Unusable::Empty)),
            ("n.d.", Err(Unusable::Empty)),
            ("http://", Err(Unusable::Empty)),
            ("-", Err(Unusable::Empty)),
            ("comune@comune.calco.test", Err(Unusable::Mail)),
            ("mailto:comune@comune.calco.test", Err(Unusable::Mail)),
            ("https://www.facebook.com/comune.calco", Err(Unusable::Elsewhere)),
            ("http://192.0.2.1/comune", Err(Unusable::Address)),
            ("ftp://ftp.calco.test", Err(Unusable::Scheme)),
            ("file:///etc/passwd", Err(Unusable::Scheme)),
            ("in costruzione", Err(Unusable::NoHost)),
            ("calco", Err(Unusable::NoHost)),
            ("https://comune_calco", Err(Unusable::NoHost)),
        ] {
            check(cell, expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_cell_is_too_odd(cell in ".{0,200}") {
            if let Ok(site) = Site::read(&cell) {
                proptest::prop_assert!(site.host.parse::<DomainName>().is_ok());
            }
        }
    }
}

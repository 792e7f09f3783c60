//! From an address to where its host is asked for it.

use std::net::IpAddr;

use url::{Host, Position, Url};

/// The ports at which HTTP and HTTPS are found: 80 and 443, unless a target says otherwise. Addresses without a port lead
/// there, as through a forwarded port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// Of HTTP.
    pub plain: u16,
    /// Of HTTPS.
    pub secure: u16,
}

/// Other ports at which sites are found; a redirect to any other may be meant for something that is no site.
const USUAL: [u16; 2] = [8080, 8443];

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// By TLS.
    pub secure: bool,
    /// The host: a name in A-labels, or an address without brackets.
    pub host: String,
    /// The port to connect to.
    pub port: u16,
    /// What `Host` says.
    pub authority: String,
    /// Path and query.
    pub path: String,
}

impl Target {
    /// Where an address leads.
    ///
    /// # Errors
    /// When the probe does not go there; the text says why.
    pub fn of(url: &Url, ports: Ports) -> Result<Self, String> {
        let (secure, default) = match url.scheme() {
            "http" => (false, ports.plain),
            "https" => (true, ports.secure),
            other => return Err(format!("{other}: is no address of a site")),
        };
        let port = match url.port() {
            None => default,
            Some(port) if [80, 443, ports.plain, ports.secure].contains(&port) || USUAL.contains(&port) => {
                port
            }
            Some(port) => return Err(format!("no site is expected at port {port}")),
        };
        let host = match url.host() {
            None => return Err("it names no host".to_owned()),
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => IpAddr::from(address).to_string(),
            Some(Host::Ipv6(address)) => IpAddr::from(address).to_string(),
        };
        let authority = url[Position::BeforeHost..Position::AfterPort].to_owned();
        let path = url[Position::BeforePath..Position::AfterQuery].to_owned();
        Ok(Self { secure, host, port, authority, path })
    }
}

impl Target {
    /// Whether a connection for this one can carry a request for another.
    pub fn leads_where(&self, other: &Self) -> bool {
        (self.secure, &self.host, self.port) == (other.secure, &other.host, other.port)
    }
}

/// The address of a host's first page; none where the host is no host.
pub fn root(scheme: &str, host: &str) -> Option<Url> {
    let host = match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V6(address)) => format!("[{address}]"),
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => host.to_owned(),
    };
    let url = Url::parse(&format!("{scheme}://{host}/")).ok()?;
    url.host_str().is_some_and(|there| there.eq_ignore_ascii_case(&host)).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORTS: Ports = Ports { plain: 80, secure: 443 };

    #[track_caller]
    fn check(url: &str, ports: Ports, expected: Result<(&str, u16, &str, &str), &str>) {
        let target = Target::of(&Url::parse(url).unwrap(), ports);
        let found =
            target.as_ref().map(|to| (to.host.as_str(), to.port, to.authority.as_str(), to.path.as_str()));
        assert_eq!(found.map_err(String::as_str), expected, "{url}");
    }

    #[test]
    fn where_to() {
        check("http://a.test", PORTS, Ok(("a.test", 80, "a.test", "/")));
        check("https://a.test/b?c#d", PORTS, Ok(("a.test", 443, "a.test", "/b?c")));
        check("https://u:p@a.test:8443/", PORTS, Ok(("a.test", 8443, "a.test:8443", "/")));
        check("https://[2001:db8::1]/", PORTS, Ok(("2001:db8::1", 443, "[2001:db8::1]", "/")));
        let high = Ports { plain: 18080, secure: 18443 };
        check("https://a.test/", high, Ok(("a.test", 18443, "a.test", "/")));
        check("http://a.test:18080/", high, Ok(("a.test", 18080, "a.test:18080", "/")));
        check("http://a.test/\r\nX: y", PORTS, Ok(("a.test", 80, "a.test", "/X:%20y")));
    }

    #[test]
    fn where_not_to() {
        check("file:///etc/passwd", PORTS, Err("file: is no address of a site"));
        check("javascript:alert(1)", PORTS, Err("javascript: is no address of a site"));
        check("gopher://a.test/", PORTS, Err("gopher: is no address of a site"));
        check("http://a.test:25/", PORTS, Err("no site is expected at port 25"));
    }

    #[test]
    fn first_pages() {
        for (host, url) in [
            ("a.test", "https://a.test/"),
            ("192.0.2.1", "https://192.0.2.1/"),
            ("2001:db8::1", "https://[2001:db8::1]/"),
        ] {
            assert_eq!(root("https", host).unwrap().as_str(), url);
        }
        for host in ["", "a/b", "a b", "a?b", "a#b:", "a@b", "a:80", "\r\nb", "127.1"] {
            assert_eq!(root("https", host), None, "{host}");
        }
    }
}

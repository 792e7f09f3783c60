//! Web addresses as far as rules look at them: scheme, host, and whether two hosts are of one owner.

/// The host of an address with `http:` or `https:`, in lower case, without port.
pub fn host_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    (!host.is_empty()).then_some(host)
}

/// Whether an address is fetched by HTTPS.
pub fn is_https(url: &str) -> bool {
    url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"))
}

/// Whether an address is fetched by HTTP in the clear.
pub fn is_plain(url: &str) -> bool {
    url.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"))
}

/// A host without `www.`.
pub fn bare(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// Whether two hosts are below the same name that somebody registered (Public Suffix List).
pub fn same_owner(one: &str, other: &str) -> bool {
    let registered = |host: &str| psl::domain_str(host).map(str::to_owned);
    one == other || registered(one).is_some_and(|name| Some(name) == registered(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_addresses() {
        for (url, host) in [
            ("https://Comune.Example/a?b", Some("comune.example")),
            ("http://user@comune.example:8080", Some("comune.example")),
            ("https://[2001:db8::1]:443/", Some("2001:db8::1")),
            ("https://comune.example.", Some("comune.example")),
            ("https://comune.example\\@evil.example/", Some("comune.example")),
            ("file:///etc/passwd", None),
            ("//comune.example", None),
            ("https://", None),
            ("", None),
        ] {
            assert_eq!(host_of(url).as_deref(), host, "{url}");
        }
        assert!(is_https("HTTPS://a") && is_plain("Http://a") && !is_https("https:/a") && !is_plain("é"));
    }

    #[test]
    fn hosts_of_one_owner() {
        assert!(same_owner("www.comune.esempio.lc.it", "servizi.comune.esempio.lc.it"));
        assert!(same_owner("192.0.2.1", "192.0.2.1"));
        assert!(!same_owner("comune.esempio.lc.it", "comune.altro.lc.it"));
        assert!(!same_owner("comune.example", "cdn.example"));
    }
}

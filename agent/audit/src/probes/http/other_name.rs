//! The name with `www.` before it, or without: whether a visitor who writes it so gets there too.

use super::asking::{Asking, Known};
use super::target::{Ports, root};
use super::way::go;
use crate::Answer;
use crate::facts::{End, OtherName, Visit};
use crate::probes::Eyes;

/// How much of a page is read of which only the address matters.
const LITTLE: usize = 64 * 1024;

/// Looks at the host's other name. Unknown for an address, which has none.
pub async fn other_name(eyes: &Eyes, host: &str, secure: u16, plain: u16) -> Answer<OtherName> {
    let Some(other) = other(host) else { return Answer::unknown("an address has no other name") };
    let resolves = match eyes.resolver.addresses(&other).await {
        Answer::Known(addresses) => !addresses.is_empty(),
        Answer::Unknown { unknown } => return Answer::unknown(unknown),
    };
    let leads_here = if resolves {
        leads_here(eyes, host, &other, Ports { plain, secure }).await
    } else {
        Answer::Known(false)
    };
    Answer::Known(OtherName { host: other, resolves, leads_here })
}

fn other(host: &str) -> Option<String> {
    if host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok() {
        return None;
    }
    Some(host.strip_prefix("www.").map_or_else(|| format!("www.{host}"), str::to_owned))
}

async fn leads_here(eyes: &Eyes, host: &str, other: &str, ports: Ports) -> Answer<bool> {
    let Some(start) = root("https", other) else { return Answer::unknown(format!("{other} is no host")) };
    match Asking::new(eyes, ports) {
        Ok(mut asking) => match go(&mut asking, start, LITTLE, &mut Known::new()).await.visit {
            Answer::Known(visit) => judge(&visit, host, other),
            Answer::Unknown { unknown } => Answer::unknown(unknown),
        },
        Err(why) => Answer::unknown(why),
    }
}

/// Whether a way ends at a page of either name by HTTPS, and each certificate on it is trusted.
fn judge(visit: &Visit, host: &str, other: &str) -> Answer<bool> {
    match &visit.end {
        End::Page => {}
        End::Closed | End::TooManyRedirects => return Answer::Known(false),
        End::Refused { why } | End::Failed { why } => return Answer::unknown(why.clone()),
    }
    let ends_here = visit.hops.last().and_then(|hop| url::Url::parse(&hop.url).ok()).is_some_and(|url| {
        url.scheme() == "https" && url.host_str().is_some_and(|there| there == host || there == other)
    });
    if !ends_here {
        return Answer::Known(false);
    }
    let trusts =
        visit.hops.iter().filter_map(|hop| hop.certificate.as_ref()).map(|certificate| &certificate.trusted);
    let mut all = Answer::Known(true);
    for trusted in trusts {
        match trusted {
            Answer::Known(true) => {}
            Answer::Known(false) => return Answer::Known(false),
            Answer::Unknown { unknown } => all = Answer::unknown(unknown.clone()),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Hop, HopCertificate};

    #[test]
    fn names() {
        assert_eq!(other("comune.test").as_deref(), Some("www.comune.test"));
        assert_eq!(other("www.comune.test").as_deref(), Some("comune.test"));
        assert_eq!(other("192.0.2.1"), None);
        assert_eq!(other("[2001:db8::1]"), None);
    }

    fn visit(urls: &[&str], trusted: &[Answer<bool>], end: End) -> Visit {
        let certificates = trusted
            .iter()
            .map(|trusted| HopCertificate { trusted: trusted.clone(), ..HopCertificate::default() });
        let hops = urls.iter().zip(certificates);
        let hop = |(url, certificate): (&&str, _)| Hop {
            url: (*url).to_owned(),
            certificate: Some(certificate),
            ..Hop::default()
        };
        Visit { hops: hops.map(hop).collect(), end }
    }

    #[test]
    fn verdicts() {
        let check = |urls: &[&str], trusted: &[Answer<bool>], end: End, expected: Answer<bool>| {
            assert_eq!(judge(&visit(urls, trusted, end), "a.test", "www.a.test"), expected, "{urls:?}");
        };
        let (yes, no) = (Answer::Known(true), Answer::Known(false));
        check(&["https://www.a.test/"], std::slice::from_ref(&yes), End::Page, yes.clone());
        check(
            &["https://www.a.test/", "https://a.test/x"],
            &[yes.clone(), yes.clone()],
            End::Page,
            yes.clone(),
        );
        check(
            &["https://www.a.test/", "https://a.test/x"],
            &[no.clone(), yes.clone()],
            End::Page,
            no.clone(),
        );
        check(
            &["https://www.a.test/", "https://b.test/"],
            &[yes.clone(), yes.clone()],
            End::Page,
            no.clone(),
        );
        check(&["https://www.a.test/", "http://a.test/"], &[yes.clone(), yes.clone()], End::Page, no.clone());
        check(&["https://www.a.test/"], &[Answer::unknown("x")], End::Page, Answer::unknown("x"));
        check(&[], &[], End::Closed, no);
        check(&[], &[], End::Failed { why: "x".to_owned() }, Answer::unknown("x"));
    }
}

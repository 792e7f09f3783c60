//! The criteria themselves: what each says of one site.

use crate::facts::{Page, Site, Tls};
use crate::registry::{Suite, Version};
use crate::rules::address::{bare, is_https, same_owner};
use crate::rules::tls::highest;
use crate::rules::way::refuses_https;
use crate::{Answer, Text};

/// What a criterion says of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is met.
    Passed,
    /// It is not, and why.
    Failed(Text),
    /// It could not be told, and why.
    Unknown(Text),
    /// It is not for this site.
    NotAsked,
}

fn failed(italian: impl Into<String>, english: impl Into<String>) -> Outcome {
    Outcome::Failed(Text::new(italian, english))
}

/// AgID's suites of 2020: TLS 1.3's, and ECDHE and DHE with AES-GCM or ChaCha20-Poly1305.
const SUITES: &[u32] =
    &[0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0x009e, 0x009f];

/// C.SI.5.1: HTTPS, a certificate that is in date and trusted, TLS 1.2 or 1.3, a recommended suite.
pub fn https(site: &Site) -> Outcome {
    if refuses_https(site) {
        return failed("HTTPS non è offerto", "HTTPS is not offered");
    }
    let seen = site.endpoints.known().into_iter().flatten().filter_map(|endpoint| endpoint.tls.as_ref());
    let outcomes: Vec<Outcome> = seen.map(https_at).collect();
    let first = |wanted: fn(&Outcome) -> bool| outcomes.iter().find(|outcome| wanted(outcome)).cloned();
    first(|outcome| matches!(outcome, Outcome::Failed(_)))
        .or_else(|| first(|outcome| matches!(outcome, Outcome::Unknown(_))))
        .or_else(|| first(|outcome| *outcome == Outcome::Passed))
        .unwrap_or_else(|| Outcome::Unknown(Text::new("nessuna risposta TLS", "no answer by TLS")))
}

fn https_at(tls: &Tls) -> Outcome {
    let chains: Vec<_> = tls.chains.iter().map(|served| &served.chain.trust).collect();
    if chains.iter().any(|trust| !trust.trusted) {
        return failed("il certificato non è valido", "the certificate is not trusted");
    }
    if highest(tls).is_some_and(|highest| highest < Version::Tls12) {
        return failed("TLS 1.2 e 1.3 mancano", "there is no TLS 1.2 or 1.3");
    }
    match negotiated(tls) {
        Some(suite) if !SUITES.contains(&suite.0) => {
            failed(format!("la suite negoziata è {suite}"), format!("the suite agreed on is {suite}"))
        }
        Some(_) if !chains.is_empty() => Outcome::Passed,
        _ => Outcome::Unknown(Text::new("l’esame di TLS è incompleto", "the look at TLS is incomplete")),
    }
}

/// The suite that a browser of today and the server agree on.
fn negotiated(tls: &Tls) -> Option<Suite> {
    let (_, newest) = tls.versions.iter().rev().find(|(_, facts)| facts.offered.is_yes())?;
    let known = newest.suites.iter().find(|suite| SUITES.contains(&suite.0));
    let first = newest.suites.first();
    if newest.server_preference.is_yes() { first.copied() } else { known.or(first).copied() }
}

/// C.SI.5.2: the reserved name, with or without something before it, which works without `www.`.
pub fn domain(site: &Site) -> Outcome {
    let host = &site.host;
    if !institutional(host) {
        return failed(
            format!("{host} non è comune.<nome>.<provincia>.it"),
            format!("{host} is not comune.<name>.<province>.it"),
        );
    }
    if bare(host) == host {
        return Outcome::Passed;
    }
    match &site.other_name {
        Answer::Known(other) if !other.resolves || other.leads_here.is_no() => {
            failed("non funziona senza www", "it does not work without www")
        }
        Answer::Known(other) if other.leads_here.is_yes() => Outcome::Passed,
        _ => Outcome::Unknown(Text::new(
            "il nome senza www non ha risposto",
            "the name without www did not answer",
        )),
    }
}

/// Whether a name is `comune.` and then a reserved geographical name below `.it`, or below it. In the provinces that
/// speak another language too, it is called otherwise. `.test` stands for `.it` where there is no real one (RFC 6761).
pub fn institutional(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let words = ["comune", "comun", "commune", "gemeinde", "obcina"];
    let at = labels.iter().position(|label| words.contains(label));
    let below = at.map_or(0, |at| labels.len() - at - 1);
    matches!(labels.last(), Some(&("it" | "test"))) && below >= 2
}

/// C.SI.3.1: before consent only cookies of the own domain.
pub fn cookies(site: &Site) -> Outcome {
    on_page(site, |page| {
        let foreign = page.cookies.iter().find_map(|cookie| {
            let of = cookie.domain.as_deref().unwrap_or(&cookie.host).trim_start_matches('.');
            let ours = same_owner(of, &site.host) || site.host.ends_with(&format!(".{of}"));
            (!ours).then(|| (of.to_owned(), cookie.name.clone()))
        });
        foreign.map_or(Outcome::Passed, |(host, name)| {
            failed(format!("{name} di {host}"), format!("{name} of {host}"))
        })
    })
}

/// C.SI.3.2: a marked link to the declaration of accessibility at AgID's.
pub fn accessibility(site: &Site) -> Outcome {
    marked(site, "accessibility-link", |url| url.starts_with("https://form.agid.gov.it/"))
}

/// C.SI.3.3: a marked link to the privacy notice, by HTTPS. Whether it exists is not asked.
pub fn privacy(site: &Site) -> Outcome {
    marked(site, "privacy-policy-link", is_https)
}

fn marked(site: &Site, element: &str, fits: fn(&str) -> bool) -> Outcome {
    on_page(site, |page| match page.marked_links.get(element) {
        None if page.cut => Outcome::Unknown(Text::new("la pagina è troppo lunga", "the page is too long")),
        None => failed(
            format!("nessun link con data-element=\"{element}\""),
            format!("no link with data-element=\"{element}\""),
        ),
        Some(url) if !fits(url) => failed(format!("porta a {url}"), format!("it leads to {url}")),
        Some(_) => Outcome::Passed,
    })
}

/// C.SI.1.4: the theme, where it is that of the model, is of version 1.0.0 or newer.
pub fn theme(site: &Site) -> Outcome {
    on_page(site, |page| match &page.theme_version {
        None => Outcome::NotAsked,
        Some(version) => match version.split('.').next().map(str::parse::<u32>) {
            Some(Ok(0)) => failed(format!("versione {version}"), format!("version {version}")),
            Some(Ok(_)) => Outcome::Passed,
            _ => Outcome::Unknown(Text::new(format!("versione «{version}»"), format!("version «{version}»"))),
        },
    })
}

fn on_page(site: &Site, ask: impl Fn(&Page) -> Outcome) -> Outcome {
    match &site.web.page {
        Answer::Known(page) => ask(page),
        Answer::Unknown { unknown } => Outcome::Unknown(Text::new(
            format!("la pagina non si è vista: {unknown}"),
            format!("the page was not seen: {unknown}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_names() {
        for (host, expected) in [
            ("comune.barzago.lc.it", true),
            ("www.comune.barzago.lc.it", true),
            ("servizi.comune.milano.it", true),
            ("gemeinde.bozen.bz.it", true),
            ("barzago.lc.it", false),
            ("comune.it", false),
            ("comune.barzago.com", false),
            ("comunebarzago.it", false),
            ("", false),
        ] {
            assert_eq!(institutional(host), expected, "{host}");
        }
    }
}

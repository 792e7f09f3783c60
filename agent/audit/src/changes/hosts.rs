//! Hosts that came, went and stopped answering, and certificates that were renewed or are about to end.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::change;
use crate::facts::{Certificate, Site};
use crate::report::{Body, Change, ChangeKind, Style, certificate, days_until};
use crate::{Language, Text};

/// Days that a certificate has left when it is time to speak of it. Issuers that renew by themselves do so at a third of its
/// life: of the shortest that are usual, 45 days, that is 15.
const SOON: i64 = 14;

pub(super) fn changes(was: &Body, is: &Body) -> Vec<Change> {
    let (before, now) = (by_host(was), by_host(is));
    let mut changes = Vec::new();
    for (host, site) in &now {
        match before.get(host) {
            None => changes.push(change(ChangeKind::Appeared, is, host, super::appeared())),
            Some(last) => {
                changes.extend(gone(last, site).map(|text| change(ChangeKind::Gone, is, host, text)));
                changes.extend(
                    certificates((last, was.facts.at), (site, is.facts.at))
                        .map(|(kind, text)| change(kind, is, host, text)),
                );
            }
        }
    }
    let left = before.keys().filter(|host| !now.contains_key(*host));
    changes.extend(left.map(|host| change(ChangeKind::Left, is, host, super::left())));
    changes
}

fn by_host(body: &Body) -> BTreeMap<&str, &Site> {
    body.facts.sites.iter().map(|site| (site.host.as_str(), site)).collect()
}

/// That a host which answered surely does so no longer: it has no address, or refuses connections.
fn gone(was: &Site, is: &Site) -> Option<Text> {
    if !answered(was) || answered(is) {
        return None;
    }
    let endpoints = is.endpoints.known()?;
    if endpoints.is_empty() {
        return Some(Text::new("il nome non ha più un indirizzo", "the name has no address any more"));
    }
    let refuses = endpoints.iter().all(|endpoint| endpoint.https.is_no())
        && !plain_answers(is)
        && is.web.plain.known().is_some();
    refuses.then(|| {
        Text::new("il server non accetta più connessioni", "the server takes no connections any more")
    })
}

/// Something answered at the host, by HTTPS or by HTTP.
fn answered(site: &Site) -> bool {
    let tls = site.endpoints.known().is_some_and(|all| all.iter().any(|endpoint| endpoint.https.is_yes()));
    tls || plain_answers(site)
}

fn plain_answers(site: &Site) -> bool {
    site.web.plain.known().is_some_and(|visit| !visit.hops.is_empty())
}

/// That the certificate was renewed, or is about to end and was not last time.
fn certificates(was: (&Site, Timestamp), is: (&Site, Timestamp)) -> Option<(ChangeKind, Text)> {
    let (last, this) = (certificate(was.0)?, certificate(is.0)?);
    if last.sha256 != this.sha256 && this.not_before > last.not_before {
        return Some((ChangeKind::Renewed, renewed(last, this)));
    }
    let (left_before, left) = (days_until(last.not_after, was.1), days_until(this.not_after, is.1));
    let crossed = (0..SOON).contains(&left) && left_before >= SOON;
    crossed.then(|| {
        let (giorno, day) = days(this.not_after);
        let text = Text::new(
            format!("il certificato scade il {giorno}, giorni rimasti: {left}"),
            format!("the certificate ends on {day}, days left: {left}"),
        );
        (ChangeKind::EndsSoon, text)
    })
}

fn renewed(last: &Certificate, this: &Certificate) -> Text {
    let (giorno, day) = days(this.not_after);
    let other = if last.authority == this.authority {
        (String::new(), String::new())
    } else {
        (
            format!(", emesso da {} (prima {})", this.authority, last.authority),
            format!(", issued by {} (before: {})", this.authority, last.authority),
        )
    };
    Text::new(
        format!("certificato nuovo, valido fino al {giorno}{}", other.0),
        format!("new certificate, valid until {day}{}", other.1),
    )
}

/// A day in Italian and in English.
fn days(at: Timestamp) -> (String, String) {
    let day = |language| Style { language, ..Style::default() }.day(at);
    (day(Language::It), day(Language::En))
}

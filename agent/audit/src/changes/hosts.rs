//! Hosts that came, went and stopped answering, and certificates that were renewed.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::change;
use crate::facts::{Certificate, Site};
use crate::report::{Body, Change, ChangeKind, Style, certificate};
use crate::{Language, Text};

pub(super) fn changes(was: &Body, is: &Body) -> Vec<Change> {
    let (before, now) = (by_host(was), by_host(is));
    let mut changes = Vec::new();
    for (host, site) in &now {
        match before.get(host) {
            None => changes.push(change(ChangeKind::Appeared, is, host, super::appeared())),
            Some(last) => {
                changes.extend(gone(last, site).map(|text| change(ChangeKind::Gone, is, host, text)));
                changes.extend(renewal(last, site).map(|text| change(ChangeKind::Renewed, is, host, text)));
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
pub(crate) fn answered(site: &Site) -> bool {
    let tls = site.endpoints.known().is_some_and(|all| all.iter().any(|endpoint| endpoint.https.is_yes()));
    tls || plain_answers(site)
}

fn plain_answers(site: &Site) -> bool {
    site.web.plain.known().is_some_and(|visit| !visit.hops.is_empty())
}

/// That the certificate is another, made later than the one before.
fn renewal(was: &Site, is: &Site) -> Option<Text> {
    let (last, this) = (certificate(was)?, certificate(is)?);
    (last.sha256 != this.sha256 && this.not_before > last.not_before).then(|| renewed(last, this))
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

//! Whether it could be told of a body that a finding is not there: silence is no proof that all is well.

use std::collections::BTreeSet;

use crate::facts::Site;
use crate::report::{Body, host_of};
use crate::rules::{Area, Finding, Rule, Verdict};

/// What makes two findings the same: the rule, and the host whatever its address is today.
pub(super) type Key = (String, String);

pub(super) fn key(finding: &Finding) -> Key {
    (finding.rule.clone(), host_of(&finding.object).to_owned())
}

/// All findings of a verdict.
pub(super) fn keys(body: &Body, verdict: Verdict) -> BTreeSet<Key> {
    body.findings.iter().filter(|finding| finding.verdict == verdict).map(key).collect()
}

/// What a finding's rule is about, where it is known.
pub(super) fn area(rules: &[Rule], finding: &Finding) -> Option<Area> {
    rules.iter().find(|rule| rule.id == finding.rule).map(|rule| rule.area)
}

/// Whether a body's facts reach as far as a finding of this area about this object would have to look.
pub(super) fn told(body: &Body, finding: &Finding, area: Option<Area>) -> bool {
    let host = host_of(&finding.object);
    let sites: Vec<&Site> = body.facts.sites.iter().filter(|site| site.host == host).collect();
    let about_all = sites.is_empty() && body.facts.subject == finding.object;
    let looked_at = |enough: fn(&Site) -> bool| {
        if about_all {
            body.facts.sites.iter().all(enough)
        } else {
            !sites.is_empty() && sites.iter().all(|site| enough(site))
        }
    };
    let domain = || body.facts.domain.as_ref().is_some_and(|domain| domain.zone.known().is_some());
    let mail = || body.facts.mail.as_ref().is_some_and(|mail| mail.exchangers.known().is_some());
    let exchanger = || {
        let exchangers = body.facts.mail.iter().filter_map(|mail| mail.exchangers.known()).flatten();
        exchangers
            .filter(|exchanger| exchanger.host == host)
            .all(|exchanger| exchanger.reached.known().is_some())
    };
    match area {
        Some(Area::Dns) => domain() || looked_at(answers),
        Some(Area::Mail) => mail() && exchanger(),
        // a mail server's certificate and TLS are the mail's as well
        Some(Area::Certificate | Area::Tls) => {
            looked_at(speaks) || (sites.is_empty() && mail() && exchanger())
        }
        Some(Area::Web | Area::Cms | Area::Comuni) => looked_at(answers),
        None => looked_at(answers) || (sites.is_empty() && (domain() || mail())),
    }
}

/// TLS at every address is told: what it does, or that there is none.
pub(super) fn speaks(site: &Site) -> bool {
    site.endpoints.known().is_some_and(|endpoints| {
        endpoints.iter().all(|endpoint| endpoint.tls.is_some() || endpoint.https.is_no())
    })
}

/// HTTP was answered, by plain or by secure, or it is told that the host has no address.
pub(super) fn answers(site: &Site) -> bool {
    let no_address = site.endpoints.known().is_some_and(Vec::is_empty);
    no_address
        || site.web.page.known().is_some()
        || (site.web.plain.known().is_some() && site.web.secure.known().is_some())
}

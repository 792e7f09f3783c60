//! Whether it could be told of a body that a finding is not there: silence is no proof that all is well.

use std::collections::BTreeSet;

use super::hosts::answered;
use crate::Answer;
use crate::facts::{Domain, Endpoint, Exchanger, Facts, Mail, Revocation, Site, Tls};
use crate::report::{Body, host_of};
use crate::rules::{self, Area, Finding, Verdict};

/// What makes two findings the same: the rule, and the host whatever its address is today.
pub(super) type Key = (String, String);

pub(super) fn key(finding: &Finding) -> Key {
    (finding.rule.clone(), host_of(&finding.object).to_owned())
}

/// What can be told of a host at which nothing answers.
const OF_HOSTS_THAT_ARE_GONE: &[&str] = &["web-no-address", "web-no-https"];

/// All findings of a verdict.
pub(super) fn keys(body: &Body, verdict: Verdict) -> BTreeSet<Key> {
    body.findings.iter().filter(|finding| finding.verdict == verdict).map(key).collect()
}

/// Whether every question that the finding's rule asks about its object was answered.
pub(super) fn told(body: &Body, finding: &Finding) -> bool {
    let (rule, host, facts) = (finding.rule.as_str(), host_of(&finding.object), &body.facts);
    // a host that is gone has mended nothing: what it shows when it is back counts
    if !OF_HOSTS_THAT_ARE_GONE.contains(&rule)
        && facts.sites.iter().any(|site| site.host == host && !answered(site))
    {
        return false;
    }
    match rules::rule(rule).map(|rule| rule.area) {
        Some(Area::Dns) => facts.domain.as_ref().is_some_and(|domain| told_of_domain(rule, domain)),
        Some(Area::Mail) => facts.mail.as_ref().is_some_and(|mail| told_of_mail(rule, mail, host)),
        Some(Area::Certificate) => on_endpoints(facts, host, |tls| told_of_chains(rule, tls)),
        Some(Area::Tls) => on_endpoints(facts, host, |tls| told_of_tls(rule, tls)),
        Some(Area::Web) => on_sites(facts, host, |site| told_of_web(rule, site)),
        Some(Area::Cms) => on_sites(facts, host, |site| site.cms.known().is_some()),
        Some(Area::Comuni) | None => on_sites(facts, host, answers),
    }
}

/// Of the host's site, or of all where the object is none of them, but the body.
fn on_sites(facts: &Facts, host: &str, told: impl Fn(&Site) -> bool) -> bool {
    let mut sites: Vec<&Site> = facts.sites.iter().filter(|site| site.host == host).collect();
    if sites.is_empty() && facts.subject == host {
        sites = facts.sites.iter().collect();
    }
    !sites.is_empty() && sites.into_iter().all(told)
}

/// Of every address of the host; an address where no TLS is spoken has nothing to tell.
fn on_endpoints(facts: &Facts, host: &str, told: impl Fn(&Tls) -> bool) -> bool {
    let of_endpoint =
        |endpoint: &Endpoint| endpoint.https.is_no() || endpoint.tls.as_ref().is_some_and(&told);
    on_sites(facts, host, |site| {
        site.endpoints.known().is_some_and(|endpoints| endpoints.iter().all(of_endpoint))
    })
}

fn known<T>(answer: &Answer<T>) -> bool {
    answer.known().is_some()
}

fn told_of_chains(rule: &str, tls: &Tls) -> bool {
    let revocation = |unknown: &Revocation| matches!(unknown, Revocation::Unknown { .. });
    let asked = tls.chains.iter().map(|served| &served.chain.trust.revocation);
    match rule {
        "certificate-revoked" => !tls.chains.is_empty() && !asked.into_iter().any(revocation),
        "certificate-without-name-differs" => known(&tls.without_name),
        _ => !tls.chains.is_empty(),
    }
}

fn told_of_tls(rule: &str, tls: &Tls) -> bool {
    let intrusive = |of: fn(&crate::facts::Intrusive) -> &Answer<bool>| {
        tls.intrusive.as_ref().is_some_and(|all| known(of(all)))
    };
    match rule {
        "tls-compression" => known(&tls.compression),
        "tls-no-secure-renegotiation" => known(&tls.secure_renegotiation),
        "tls-no-extended-master-secret" => known(&tls.extended_master_secret),
        "tls-no-fallback-protection" => known(&tls.fallback_scsv),
        "tls-weak-signatures" => known(&tls.signature_schemes),
        "tls-no-post-quantum" => known(&tls.groups_tls13),
        "tls-groups-outside-profile" => known(&tls.groups) && known(&tls.groups_tls13),
        "tls-heartbleed" => intrusive(|all| &all.heartbleed),
        "tls-robot" => intrusive(|all| &all.robot),
        "tls-early-change-cipher-spec" => intrusive(|all| &all.early_change_cipher_spec),
        // all others are about versions and suites
        _ => tls
            .versions
            .values()
            .all(|version| known(&version.offered) && (version.complete || version.offered.is_no())),
    }
}

fn told_of_web(rule: &str, site: &Site) -> bool {
    match rule {
        "web-no-address" => known(&site.endpoints),
        "web-no-https" => {
            site.endpoints.known().is_some_and(|all| all.iter().all(|endpoint| known(&endpoint.https)))
        }
        "web-no-redirect" | "web-redirect-not-direct" => known(&site.web.plain),
        "web-redirect-to-http" | "web-hsts-missing" | "web-hsts-short" => known(&site.web.secure),
        "web-other-name" => {
            site.other_name.known().is_some_and(|other| !other.resolves || known(&other.leads_here))
        }
        "web-security-txt" => known(&site.web.security_txt),
        "web-no-compression" => known(&site.web.compression),
        "web-no-404" => known(&site.web.says_not_found),
        "web-cors-credentials" => known(&site.web.cross_origin),
        _ => answers(site),
    }
}

fn told_of_domain(rule: &str, domain: &Domain) -> bool {
    match rule {
        "dns-no-caa" | "dns-caa-forbids-issuer" => known(&domain.caa),
        "dns-bogus" | "dns-not-signed" => known(&domain.dnssec),
        "dns-delegation-differs" => known(&domain.delegated_to) && known(&domain.name_servers),
        "dns-no-ipv6" => known(&domain.hosts_without_ipv6),
        "dns-open-resolver" => {
            domain.name_servers.known().is_some_and(|all| all.iter().all(|server| known(&server.recursive)))
        }
        "dns-serials-differ" => {
            domain.name_servers.known().is_some_and(|all| all.iter().all(|server| known(&server.serial)))
        }
        _ => known(&domain.name_servers),
    }
}

fn told_of_mail(rule: &str, mail: &Mail, host: &str) -> bool {
    let exchangers = |told: fn(&Exchanger) -> bool| {
        let about = |exchanger: &&Exchanger| exchanger.host == host || mail.domain == host;
        mail.exchangers.known().is_some_and(|all| all.iter().filter(about).all(told))
    };
    match rule {
        "mail-spf-missing" | "mail-spf-weak" => known(&mail.spf),
        "mail-spf-broken" => known(&mail.spf) && known(&mail.spf_lookups),
        "mail-dkim-missing" | "mail-dkim-weak" => known(&mail.dkim_exists),
        "mail-dmarc-missing" | "mail-dmarc-none" => known(&mail.dmarc),
        "mail-mta-sts" => known(&mail.mta_sts),
        "mail-tls-reporting" => known(&mail.tls_reporting),
        "mail-no-dane" | "mail-dane-wrong" => exchangers(|one| known(&one.dane)),
        "mail-certificate" | "mail-weak-tls" => exchangers(|one| one.starttls.is_no() || one.tls.is_some()),
        "mail-no-starttls" => exchangers(|one| known(&one.starttls)),
        _ => exchangers(|one| known(&one.reached)),
    }
}

/// TLS at every address is told: what it does, or that there is none.
pub(super) fn speaks(site: &Site) -> bool {
    site.endpoints.known().is_some_and(|endpoints| {
        endpoints.iter().all(|endpoint| endpoint.tls.is_some() || endpoint.https.is_no())
    })
}

/// HTTP was answered with a page, or surely with none.
pub(super) fn answers(site: &Site) -> bool {
    let no_address = site.endpoints.known().is_some_and(Vec::is_empty);
    no_address || known(&site.web.page) || (known(&site.web.plain) && known(&site.web.secure))
}

#[cfg(test)]
mod tests {
    use crate::rules::RULES;

    #[test]
    fn questions_are_those_of_rules_that_are_there() {
        let source = include_str!("told.rs");
        let arms = source.lines().map(str::trim).filter(|line| line.starts_with('"') && line.contains("=>"));
        let named: Vec<&str> = arms.flat_map(|line| line.split('"').skip(1).step_by(2)).collect();
        let unknown: Vec<&&str> =
            named.iter().filter(|id| !RULES.iter().any(|rule| rule.id == **id)).collect();
        assert!(named.len() > 30 && unknown.is_empty(), "{unknown:?} of {}", named.len());
    }
}

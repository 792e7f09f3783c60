//! What is known of the past: the last report, and where it could not tell, what was known before it.

use std::collections::BTreeMap;

use super::told::{answers, key, keys, speaks, told};
use crate::Answer;
use crate::facts::{Domain, Facts, Mail, Site, Web};
use crate::report::{Body, Report, Standing, standing};
use crate::rules::{Finding, Verdict};

/// The last report with its gaps filled from what was known before: what the next report is compared with, so that a night in
/// which a host was silent hides neither what broke meanwhile nor what was mended.
pub fn settled(known: &Report, last: Report) -> Report {
    let before: BTreeMap<&str, &Body> =
        known.bodies.iter().map(|body| (body.facts.subject.as_str(), body)).collect();
    let bodies = last.bodies.into_iter().map(|body| match before.get(body.facts.subject.as_str()) {
        Some(was) => settle(was, body),
        None => body,
    });
    Report { bodies: bodies.collect(), ..last }
}

fn settle(was: &Body, is: Body) -> Body {
    let certain = standing(&is).and_then(Standing::certain).is_some();
    let grades = if certain || standing(was).is_none() { is.grades.clone() } else { was.grades.clone() };
    Body { findings: findings(was, &is), facts: facts(&was.facts, is.facts), grades }
}

/// What is certain now, and of the rest what was certain before.
fn findings(was: &Body, is: &Body) -> Vec<Finding> {
    let (failed, unsure_before) = (keys(was, Verdict::Fails), keys(was, Verdict::Unknown));
    let (fails, unsure) = (keys(is, Verdict::Fails), keys(is, Verdict::Unknown));
    let still = |finding: &&Finding| {
        let key = key(finding);
        let never_known = unsure_before.contains(&key) || !told(was, finding);
        finding.verdict == Verdict::Fails || (never_known && !failed.contains(&key))
    };
    let carried = |finding: &&Finding| {
        let key = key(finding);
        let silent = unsure.contains(&key) || !told(is, finding);
        finding.verdict == Verdict::Fails && !fails.contains(&key) && silent
    };
    is.findings.iter().filter(still).chain(was.findings.iter().filter(carried)).cloned().collect()
}

fn facts(was: &Facts, is: Facts) -> Facts {
    let mut facts = is;
    for site in &mut facts.sites {
        if let Some(last) = was.sites.iter().find(|last| last.host == site.host) {
            fill_site(site, last);
        }
    }
    match (&mut facts.domain, &was.domain) {
        (Some(domain), Some(last)) => fill_domain(domain, last),
        (domain, last) => *domain = domain.take().or_else(|| last.clone()),
    }
    match (&mut facts.mail, &was.mail) {
        (Some(mail), Some(last)) => fill_mail(mail, last),
        (mail, last) => *mail = mail.take().or_else(|| last.clone()),
    }
    facts
}

fn fill_site(site: &mut Site, last: &Site) {
    if !answers(site) {
        site.web = last.web.clone();
    }
    if !speaks(site) {
        site.endpoints = last.endpoints.clone();
    }
    fill(&mut site.other_name, &last.other_name);
    fill(&mut site.cms, &last.cms);
    let Web { plain, secure, page, says_not_found, security_txt, compression, cross_origin, .. } =
        &mut site.web;
    fill(plain, &last.web.plain);
    fill(secure, &last.web.secure);
    fill(page, &last.web.page);
    fill(says_not_found, &last.web.says_not_found);
    fill(security_txt, &last.web.security_txt);
    fill(compression, &last.web.compression);
    fill(cross_origin, &last.web.cross_origin);
    fill_tls(site, last);
}

/// Of each address what no hello was answered for; versions that were not told as a whole.
fn fill_tls(site: &mut Site, last: &Site) {
    let Answer::Known(endpoints) = &mut site.endpoints else { return };
    for endpoint in endpoints {
        let before =
            last.endpoints.known().into_iter().flatten().find(|before| before.address == endpoint.address);
        let (Some(tls), Some(before)) = (&mut endpoint.tls, before.and_then(|before| before.tls.as_ref()))
        else {
            continue;
        };
        for (version, facts) in &mut tls.versions {
            let silent = facts.offered.known().is_none() || (!facts.complete && !facts.offered.is_no());
            if let (true, Some(before)) = (silent, before.versions.get(version)) {
                *facts = before.clone();
            }
        }
        if tls.chains.is_empty() {
            tls.chains.clone_from(&before.chains);
        }
        fill(&mut tls.compression, &before.compression);
        fill(&mut tls.secure_renegotiation, &before.secure_renegotiation);
        fill(&mut tls.extended_master_secret, &before.extended_master_secret);
        fill(&mut tls.fallback_scsv, &before.fallback_scsv);
        fill(&mut tls.signature_schemes, &before.signature_schemes);
        fill(&mut tls.groups, &before.groups);
        fill(&mut tls.groups_tls13, &before.groups_tls13);
        fill(&mut tls.without_name, &before.without_name);
    }
}

fn fill_domain(domain: &mut Domain, last: &Domain) {
    fill(&mut domain.zone, &last.zone);
    fill(&mut domain.name_servers, &last.name_servers);
    fill(&mut domain.delegated_to, &last.delegated_to);
    fill(&mut domain.dnssec, &last.dnssec);
    fill(&mut domain.caa, &last.caa);
    fill(&mut domain.hosts_with_ipv6, &last.hosts_with_ipv6);
    fill(&mut domain.hosts_without_ipv6, &last.hosts_without_ipv6);
}

fn fill_mail(mail: &mut Mail, last: &Mail) {
    fill(&mut mail.exchangers, &last.exchangers);
    fill(&mut mail.spf, &last.spf);
    fill(&mut mail.spf_lookups, &last.spf_lookups);
    fill(&mut mail.dkim_exists, &last.dkim_exists);
    fill(&mut mail.dmarc, &last.dmarc);
    fill(&mut mail.mta_sts, &last.mta_sts);
    fill(&mut mail.tls_reporting, &last.tls_reporting);
    let Answer::Known(exchangers) = &mut mail.exchangers else { return };
    for exchanger in exchangers {
        let before =
            last.exchangers.known().into_iter().flatten().find(|before| before.host == exchanger.host);
        if let (None, Some(before)) = (exchanger.starttls.known(), before) {
            *exchanger = before.clone();
        }
    }
}

/// What was known before, where nothing could be told now.
fn fill<T: Clone>(answer: &mut Answer<T>, before: &Answer<T>) {
    if answer.known().is_none() {
        answer.clone_from(before);
    }
}

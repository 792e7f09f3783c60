//! Mail and DNS in percent, as Internet.nl's mail test counts: the categories weigh the same, and so do the checks
//! within each. Left out are routes (RPKI), which are the provider's; notices there (CAA, MTA-STS, TLS-RPT) do not count here.

use super::assume::{Assume, Result, between, points};
use super::{Grade, Reason, Scheme};
use crate::Answer;
use crate::facts::{Dnssec, Domain, Exchanger, Facts, Mail};
use crate::registry::Version;
use crate::rules::suites::{Weakness, has};
use crate::rules::tls::accepted;

/// One check: whether it is passed, and what it is.
struct Check {
    passed: bool,
    italian: &'static str,
    english: &'static str,
}

fn check(passed: bool, italian: &'static str, english: &'static str) -> Check {
    Check { passed, italian, english }
}

/// The grade of the domain, where any of its zone or mail was asked for.
pub fn grades(facts: &Facts) -> Vec<Grade> {
    let named = facts.domain.as_ref().map(|domain| &domain.name);
    let Some(name) = named.or(facts.mail.as_ref().map(|mail| &mail.domain)) else { return Vec::new() };
    vec![between(Scheme::InternetNl, "2025, senza RPKI", name, |assume| result(facts, assume))]
}

fn result(facts: &Facts, assume: Assume) -> Result {
    let mut categories: Vec<Vec<Check>> = Vec::new();
    let exchangers = facts.mail.as_ref().and_then(|mail| mail.exchangers.known());
    let exchangers = exchangers.map(Vec::as_slice).unwrap_or_default();
    if let Some(domain) = &facts.domain {
        let asked = facts.mail.as_ref().is_some_and(|mail| mail.exchangers.known().is_none());
        categories.push(ipv6(domain, exchangers, asked, assume));
        categories.push(signed(domain, assume));
    }
    if let Some(mail) = &facts.mail {
        categories.push(authentic(mail, assume));
        // whether it takes mail at all is unknown: at worst it does, badly, and at best it does, well
        if !exchangers.is_empty() || mail.exchangers.known().is_none() {
            categories.push(encrypted(mail, exchangers, assume));
        }
    }
    score(&categories)
}

/// In parts of a million, so that thirds and sevenths lose nothing that shows.
fn score(categories: &[Vec<Check>]) -> Result {
    let each = 100_000_000 / i32::try_from(categories.len().max(1)).unwrap_or(1);
    let mut total = if categories.is_empty() { 100_000_000 } else { 0 };
    let mut reasons: Vec<Reason> = Vec::new();
    for checks in categories {
        let asked = i32::try_from(checks.len().max(1)).unwrap_or(1);
        let failed: Vec<&Check> = checks.iter().filter(|check| !check.passed).collect();
        total += each - each / asked * i32::try_from(failed.len()).unwrap_or(asked);
        let lost = -(each / asked / 1_000_000);
        reasons.extend(failed.iter().map(|check| points(lost, check.italian, check.english)));
    }
    // all passed is 100, whatever was lost by rounding
    let percent = if reasons.is_empty() { 100 } else { (total / 1_000_000).clamp(0, 99) };
    Result { grade: format!("{percent}%"), points: Some(percent), reasons }
}

fn ipv6(domain: &Domain, exchangers: &[Exchanger], silent: bool, assume: Assume) -> Vec<Check> {
    let servers = domain.name_servers.known().map_or(assume.is_best(), |servers| {
        servers.iter().filter(|server| server.addresses.iter().any(std::net::IpAddr::is_ipv6)).count() >= 2
    });
    let hosts = domain.hosts_without_ipv6.known().map_or(assume.is_best(), Vec::is_empty);
    let mut checks = vec![
        check(servers, "meno di due server dei nomi in IPv6", "fewer than two name servers by IPv6"),
        check(hosts, "sito senza IPv6", "the site has no IPv6"),
    ];
    if silent || !exchangers.is_empty() {
        let by_ipv6 = |it: &Exchanger| it.addresses.iter().any(std::net::IpAddr::is_ipv6);
        let all = exchangers.iter().all(by_ipv6) && (!silent || assume.is_best());
        checks.push(check(all, "server di posta senza IPv6", "a mail server has no IPv6"));
    }
    checks
}

fn signed(domain: &Domain, assume: Assume) -> Vec<Check> {
    let dnssec = domain.dnssec.known();
    let exists = dnssec.map_or(assume.is_best(), |dnssec| *dnssec != Dnssec::Insecure);
    let valid = dnssec.map_or(assume.is_best(), |dnssec| *dnssec == Dnssec::Secure);
    vec![
        check(exists, "dominio non firmato", "the domain is not signed"),
        check(valid, "firme non valide", "there are no valid signatures"),
    ]
}

fn authentic(mail: &Mail, assume: Assume) -> Vec<Check> {
    let usable = |policy: &Answer<crate::facts::Policy>| {
        policy.known().map_or(assume.is_best(), |policy| policy.records.len() == 1)
    };
    let says = |policy: &Answer<crate::facts::Policy>, good: &[&str]| {
        usable(policy)
            && policy.known().map_or(assume.is_best(), |policy| {
                good.iter().any(|good| policy.verdict.eq_ignore_ascii_case(good))
            })
    };
    let lookups = mail.spf_lookups.known().is_none_or(|lookups| *lookups <= 10);
    let mut checks = vec![
        check(usable(&mail.dmarc), "manca DMARC", "there is no DMARC"),
        check(says(&mail.dmarc, &["quarantine", "reject"]), "DMARC senza effetto", "DMARC without effect"),
        check(usable(&mail.spf), "manca SPF", "there is no SPF"),
        check(says(&mail.spf, &["-all", "~all"]) && lookups, "SPF senza effetto", "SPF without effect"),
    ];
    let takes_mail = mail.exchangers.known().is_none_or(|exchangers| !exchangers.is_empty());
    if takes_mail {
        let perhaps_none = mail.exchangers.known().is_none() && assume.is_best();
        let dkim = !mail.dkim.is_empty() || assume.answer(&mail.dkim_exists, true) || perhaps_none;
        checks.push(check(dkim, "manca DKIM", "there is no DKIM"));
    }
    checks
}

fn encrypted(mail: &Mail, exchangers: &[Exchanger], assume: Assume) -> Vec<Check> {
    let known = mail.exchangers.known().is_some() || assume.is_best();
    let all = |passes: &dyn Fn(&Exchanger) -> bool| known && exchangers.iter().all(passes);
    let dane = |it: &Exchanger| {
        it.dane.known().map_or(assume.is_best(), |dane| dane.secure && !dane.records.is_empty())
    };
    let fits = |it: &Exchanger| {
        dane(it) && it.dane.known().map_or(assume.is_best(), |dane| assume.answer(&dane.fits, true))
    };
    vec![
        check(all(&|it| assume.answer(&it.starttls, true)), "posta senza STARTTLS", "mail without STARTTLS"),
        check(all(&|it| modern(it, assume)), "TLS della posta superato", "the mail’s TLS is out of date"),
        check(
            all(&|it| vouched(it, assume) || fits(it)),
            "certificato della posta non valido",
            "the mail’s certificate is not valid",
        ),
        check(all(&dane), "manca DANE", "there is no DANE"),
        check(all(&fits), "DANE non corrisponde", "no DANE that fits"),
    ]
}

/// TLS 1.2 or 1.3 alone, and no suite that is broken.
fn modern(exchanger: &Exchanger, assume: Assume) -> bool {
    let Some(tls) = &exchanger.tls else { return assume.is_best() && !exchanger.starttls.is_no() };
    let speaks = |version: Version| {
        let good = version >= Version::Tls12;
        tls.versions.get(&version).is_some_and(|facts| assume.answer(&facts.offered, good))
    };
    let (old, new): (Vec<Version>, Vec<Version>) = Version::ALL
        .into_iter()
        .filter(|version| speaks(*version))
        .partition(|version| *version < Version::Tls12);
    let broken = [Weakness::Null, Weakness::SmallKey, Weakness::Rc4, Weakness::SmallBlock];
    let weak = accepted(tls).into_iter().any(|suite| broken.iter().any(|it| has(suite, *it)));
    let cut = tls.versions.iter().any(|(version, facts)| speaks(*version) && !facts.complete);
    old.is_empty() && !new.is_empty() && !weak && (!cut || assume.is_best())
}

/// Its certificate is one that a strict sender takes.
fn vouched(exchanger: &Exchanger, assume: Assume) -> bool {
    match &exchanger.tls {
        Some(tls) if !tls.chains.is_empty() => tls.chains.iter().all(|served| served.chain.trust.trusted),
        _ => assume.is_best() && !exchanger.starttls.is_no(),
    }
}

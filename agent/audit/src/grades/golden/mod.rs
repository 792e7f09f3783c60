//! Known configurations, and the grades that the published arithmetic gives them, computed by hand.

mod cert_agid;
mod observatory;
mod others;
mod ssl_labs;

use super::*;
use crate::Answer;
use crate::facts::{DhParameters, Diagnosis, End, Intrusive, KeyKind, Reference, Revocation, Visit};
use crate::registry::{Group, Suite, Version};
use crate::rules::cases::{self, chain, good, header, headers, hop, leaf, page, site, tls, version, way};
use crate::rules::{self, OldVersions};

type Change = fn(&mut Facts);

/// `worst`, `best` and points of a scheme's first grade: `A+ 93`, `F..A 0..93`.
fn graded(change: Change, scheme: Scheme, old_versions: OldVersions) -> String {
    let mut facts = good();
    change(&mut facts);
    let all = rules::tests::with_context(|context| {
        let findings = rules::judge(&facts, context);
        grades(&facts, &findings, &Context { old_versions, ..*context })
    });
    let Some(grade) = all.iter().find(|grade| grade.scheme == scheme) else { return "none".to_owned() };
    let Grade { worst, best, points, .. } = grade;
    let name = if worst == best { worst.clone() } else { format!("{worst}..{best}") };
    match points {
        _ if scheme == Scheme::InternetNl => name,
        None => name,
        Some((worst, best)) if worst == best => format!("{name} {worst}"),
        Some((worst, best)) => format!("{name} {worst}..{best}"),
    }
}

fn check(scheme: Scheme, cases: &[(&str, Change, &str)]) {
    let mut wrong = Vec::new();
    for (name, change, expected) in cases {
        let graded = graded(*change, scheme, OldVersions::Misconfigured);
        if graded != *expected {
            wrong.push(format!("{name}: {graded}, expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn offer(facts: &mut Facts, spoken: Version, suites: &[u32]) {
    version(facts, spoken).offered = true.into();
    version(facts, spoken).suites.extend(suites.iter().copied().map(Suite));
}

fn only_rsa(facts: &mut Facts) {
    tls(facts).versions.values_mut().for_each(|facts| facts.suites.clear());
    version(facts, Version::Tls13).offered = false.into();
    offer(facts, Version::Tls12, &[0x009c, 0x009d]);
}

fn rsa(facts: &mut Facts, bits: u32) {
    leaf(facts).key = KeyKind::Rsa;
    leaf(facts).key_bits = bits;
}

fn one_address(facts: &mut Facts) {
    let Answer::Known(endpoints) = &mut site(facts).endpoints else { panic!("the endpoints are unknown") };
    endpoints.truncate(1);
}

fn dh(facts: &mut Facts, bits: u32) {
    tls(facts).dh.push(DhParameters { bits, known_as: None, sha256: "prime".into() });
}

fn incomplete(facts: &mut Facts, would_be_trusted: Answer<bool>) {
    cases::distrust(facts, Diagnosis::Incomplete { missing: "CN=E7".into(), would_be_trusted });
}

fn without_https(facts: &mut Facts, https: &Answer<bool>) {
    let Answer::Known(endpoints) = &mut site(facts).endpoints else { panic!("the endpoints are unknown") };
    for endpoint in endpoints {
        endpoint.https = https.clone();
        endpoint.tls = None;
    }
}

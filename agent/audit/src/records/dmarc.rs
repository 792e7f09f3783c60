//! DMARC (RFC 7489, and its revision's walk up the tree).

use super::of_version;
use super::tags::{read, report_addresses, value};
use crate::facts::Policy;

/// Most names that a walk up the tree asks for.
const MOST_STEPS: usize = 8;

/// Names at which a policy for a domain may stand, in the order in which they are asked: `_dmarc.` before the domain and
/// before each domain above it, down to the organisation's.
pub fn places(domain: &str) -> Vec<String> {
    let organisation = psl::domain_str(domain).unwrap_or(domain);
    let mut places = vec![format!("_dmarc.{domain}")];
    let mut rest = domain;
    while rest != organisation {
        let Some((_, above)) = rest.split_once('.') else { break };
        rest = above;
        places.push(format!("_dmarc.{rest}"));
    }
    if places.len() > MOST_STEPS {
        // a long name: the domain itself, then the last ones
        places.drain(1..=places.len() - MOST_STEPS);
    }
    places
}

/// Whether there is a policy among these texts.
pub fn is_among(texts: &[String]) -> bool {
    !of_version(texts, "v=DMARC1").is_empty()
}

/// What the texts at a place come down to, for the domain itself or for one below it.
pub fn policy(at: &str, texts: &[String], for_subdomain: bool) -> Policy {
    let records = of_version(texts, "v=DMARC1");
    let mut policy =
        Policy { records: records.iter().map(ToString::to_string).collect(), ..Policy::default() };
    let [record] = records.as_slice() else {
        if !records.is_empty() {
            at.clone_into(&mut policy.at);
            policy.problems.push("there are several DMARC records, so none counts".to_owned());
        }
        return policy;
    };
    at.clone_into(&mut policy.at);
    let (tags, problems) = read(record);
    policy.problems = problems;
    let valid = |name: &str| value(&tags, name).map(str::to_ascii_lowercase);
    let known = |value: &String| matches!(value.as_str(), "none" | "quarantine" | "reject");
    for name in ["p", "sp", "np"] {
        if let Some(wrong) = valid(name).filter(|value| !known(value)) {
            policy.problems.push(format!("{name}={wrong} is no policy"));
        }
    }
    if tags.get(1).is_none_or(|(name, _)| name != "p") {
        policy.problems.push("p= does not follow v=DMARC1".to_owned());
    }
    let own = valid("p").filter(known);
    let below = valid("sp").filter(known).filter(|_| for_subdomain);
    let reports = value(&tags, "rua").is_some_and(|to| !to.is_empty());
    // RFC 7489, 6.6.3: a record with addresses for reports and no valid policy counts as p=none
    let fallback = reports.then(|| "none".to_owned());
    policy.verdict = below.or(own).or(fallback).unwrap_or_default();
    policy.notes = others(&tags);
    policy
}

/// What does not change what counts.
fn others(tags: &[(String, String)]) -> Vec<String> {
    let mut notes = Vec::new();
    for name in ["rua", "ruf"] {
        notes.extend(value(tags, name).iter().flat_map(|to| report_addresses(to, &["mailto:", "https:"])));
    }
    if value(tags, "rua").is_none() {
        notes.push("nobody gets reports: there is no rua=".to_owned());
    }
    match value(tags, "pct").map(str::parse::<u8>) {
        None | Some(Ok(100)) => {}
        Some(Ok(share @ 0..=99)) => notes.push(format!("pct={share}: it is not for all mail")),
        Some(_) => notes.push("pct= is no share of 100".to_owned()),
    }
    for (name, allowed) in [("adkim", &["r", "s"][..]), ("aspf", &["r", "s"]), ("t", &["y", "n"])] {
        if let Some(wrong) = value(tags, name).filter(|value| !allowed.contains(value)) {
            notes.push(format!("{name}={wrong} is unknown"));
        }
    }
    if value(tags, "t") == Some("y") {
        notes.push("t=y: it is a test".to_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{is_among, places, policy};

    fn check(texts: &[&str], for_subdomain: bool, verdict: &str, problems: &[&str]) {
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        let policy = policy("_dmarc.example.test", &texts, for_subdomain);
        let notes = policy.notes.iter().map(|note| format!("({note})"));
        let found: Vec<String> = policy.problems.iter().cloned().chain(notes).collect();
        assert_eq!((policy.verdict.as_str(), found), (verdict, to_strings(problems)), "{texts:?}");
    }

    fn to_strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    const RUA: &str = "rua=mailto:d@example.test";

    #[test]
    fn policies() {
        check(&[&format!("v=DMARC1; p=reject; {RUA}")], false, "reject", &[]);
        check(&[&format!("v=DMARC1;p=Quarantine;{RUA};")], false, "quarantine", &[]);
        check(&["v=DMARC1; p=none"], false, "none", &["(nobody gets reports: there is no rua=)"]);
        check(&[&format!("v=DMARC1; p=reject; sp=none; {RUA}")], true, "none", &[]);
        check(&[&format!("v=DMARC1; p=reject; sp=none; {RUA}")], false, "reject", &[]);
        check(&[&format!("v=DMARC1; p=reject; {RUA}!10m, https://r.test/")], false, "reject", &[]);
        check(&["v=spf1 -all", &format!("v=DMARC1; p=none; {RUA}")], false, "none", &[]);
        check(&["v=DMARC10; p=none", "x v=DMARC1"], false, "", &[]);
        check(&[], false, "", &[]);
    }

    #[test]
    fn problems() {
        check(&[&format!("v=DMARC1; p=block; {RUA}")], false, "none", &["p=block is no policy"]);
        check(
            &["v=DMARC1; p=block"],
            false,
            "",
            &["p=block is no policy", "(nobody gets reports: there is no rua=)"],
        );
        check(&[&format!("v=DMARC1; {RUA}; p=none")], false, "none", &["p= does not follow v=DMARC1"]);
        check(&[&format!("v=DMARC1; p=none; hello; {RUA}")], false, "none", &["\"hello\" is no tag"]);
        check(&[&format!("v=DMARC1; p=none; p=reject; {RUA}")], false, "none", &["p= stands there twice"]);
        check(
            &["v=DMARC1; p=none; rua=d@example.test"],
            false,
            "none",
            &["(\"d@example.test\" is no address for reports)"],
        );
        check(
            &[&format!("v=DMARC1; p=reject; pct=20; {RUA}")],
            false,
            "reject",
            &["(pct=20: it is not for all mail)"],
        );
        check(
            &[&format!("v=DMARC1; p=reject; pct=200; adkim=x; {RUA}")],
            false,
            "reject",
            &["(pct= is no share of 100)", "(adkim=x is unknown)"],
        );
        let two = "v=DMARC1; p=none";
        check(&[two, two], false, "", &["there are several DMARC records, so none counts"]);
    }

    #[test]
    fn the_organisations_domain_ends_the_walk() {
        for (domain, expected) in [
            ("example.it", "_dmarc.example.it"),
            ("comune.barzago.lc.it", "_dmarc.comune.barzago.lc.it _dmarc.barzago.lc.it"),
            (
                "mail.comune.barzago.lc.it",
                "_dmarc.mail.comune.barzago.lc.it _dmarc.comune.barzago.lc.it _dmarc.barzago.lc.it",
            ),
            (
                "a.b.c.d.e.f.g.h.i.example.it",
                "_dmarc.a.b.c.d.e.f.g.h.i.example.it _dmarc.d.e.f.g.h.i.example.it _dmarc.e.f.g.h.i.example.it _dmarc.f.g.h.i.example.it _dmarc.g.h.i.example.it _dmarc.h.i.example.it _dmarc.i.example.it _dmarc.example.it",
            ),
            ("it", "_dmarc.it"),
        ] {
            assert_eq!(places(domain).join(" "), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text(text in "v=DMARC1[ -~é]{0,80}", domain in "[a-z.]{0,40}") {
            policy("x", std::slice::from_ref(&text), true);
            places(&domain);
            is_among(&[text]);
        }
    }
}

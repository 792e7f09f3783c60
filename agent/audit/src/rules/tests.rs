//! Every rule is whole, catches its cases and passes the others.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::cases::{good, now};
use super::*;
use crate::profiles::by_name;

/// Judges by what the cases take for granted.
pub(crate) fn with_context<T>(then: impl FnOnce(&Context) -> T) -> T {
    let profile = by_name("agid-2020").unwrap();
    let cms_versions = CmsVersions {
        as_of: "2026-11-01".parse().unwrap(),
        source: "the cases".into(),
        newest: [("WordPress".to_owned(), vec!["6.9".to_owned(), "6.8.3".to_owned()])].into(),
    };
    let old_versions = OldVersions::Misconfigured;
    then(&Context { now: now(), profile: &profile, old_versions, cms_versions: &cms_versions })
}

#[test]
fn the_good_body_has_no_finding_by_any_profile() {
    with_context(|context| {
        assert_eq!(judge(&good(), context), Vec::new());
        for profile in crate::profiles::names().filter_map(by_name) {
            let findings = judge(&good(), &Context { profile: &profile, ..*context });
            assert_eq!(findings, Vec::new(), "{}", profile.name);
        }
    });
}

#[test]
fn every_rule_catches_its_cases_and_passes_the_others() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for case in rule.cases {
            let mut facts = good();
            (case.change)(&mut facts);
            let found: Vec<Finding> = with_context(|context| judge(&facts, context));
            let own: Vec<&Finding> = found.iter().filter(|finding| finding.rule == rule.id).collect();
            let fits = match case.finds {
                None => own.is_empty(),
                Some(verdict) => own
                    .iter()
                    .any(|finding| finding.verdict == verdict && finding.evidence.en.contains(case.words)),
            };
            if !fits {
                wrong.push(format!("{}: {}: {own:#?}", rule.id, case.words));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_is_whole() {
    let mut wrong = Vec::new();
    let mut ids = BTreeSet::new();
    for rule in RULES {
        let mut say = |what: &str| wrong.push(format!("{}: {what}", rule.id));
        if !ids.insert(rule.id) {
            say("its name is another's");
        }
        if !rule.id.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-') {
            say("its name is no name for programs");
        }
        if !rule.citation.contains(|sign: char| sign.is_ascii_digit()) && !rule.citation.contains("WHATWG") {
            say("its citation names no section and no year");
        }
        let remedy = (rule.remedy)();
        for text in [(rule.title)(), (rule.meaning)(), remedy.what.clone()] {
            if text.it.len() < 10 || text.en.len() < 10 {
                say("a text is missing");
            }
            if text.it == text.en {
                say("a text is not translated");
            }
        }
        if !rule.cases.iter().any(|case| case.finds.is_some()) {
            say("it has no case that it catches");
        }
        if !rule.cases.iter().any(|case| case.finds.is_none()) {
            say("it has no case that it passes");
        }
        let lines = [&remedy.nginx, &remedy.apache, &remedy.iis, &remedy.zone];
        if lines.into_iter().flatten().any(|lines| lines.trim() != lines) {
            say("lines with blanks around them");
        }
        if rule.area == Area::Tls && !rule.id.ends_with("not-told") && remedy.nginx.is_none() {
            say("what to write in nginx is missing");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(RULES.len() >= 70, "{}", RULES.len());
    assert!(rule("certificate-expired").is_some() && rule("no-such-rule").is_none());
}

#[test]
fn every_file_of_rules_is_in_the_table() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut files = 0;
    for area in
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
    {
        for file in std::fs::read_dir(area).unwrap().map(|entry| entry.unwrap().path()) {
            files += usize::from(std::fs::read_to_string(file).unwrap().contains("pub const RULE: Rule"));
        }
    }
    assert_eq!(files, RULES.len());
}

#[test]
fn the_weightiest_comes_first_and_what_is_wrong_before_what_is_unknown() {
    let mut facts = good();
    for id in [
        "tls-no-post-quantum",
        "tls-ssl2",
        "tls-not-told",
        "certificate-expired",
        "web-framing",
        "dns-no-caa",
    ] {
        let case = rule(id).unwrap().cases.iter().find(|case| case.finds.is_some()).unwrap();
        (case.change)(&mut facts);
    }
    let findings = with_context(|context| judge(&facts, context));
    assert!(findings.len() > 3, "{findings:#?}");
    let keys = findings.iter().map(|it| (std::cmp::Reverse(it.weight), it.verdict)).collect::<Vec<_>>();
    assert!(keys.is_sorted());
}

#[test]
fn nothing_seen_is_nothing_wrong() {
    let mut facts = good();
    let site = cases::site(&mut facts);
    site.endpoints = crate::Answer::default();
    site.web = crate::facts::Web::default();
    site.cms = crate::Answer::default();
    site.other_name = crate::Answer::default();
    facts.domain = Some(crate::facts::Domain { name: "a.test".into(), ..Default::default() });
    facts.mail = Some(crate::facts::Mail { domain: "a.test".into(), ..Default::default() });
    let findings = with_context(|context| judge(&facts, context));
    let said: Vec<(&str, Verdict)> = findings.iter().map(|it| (it.rule.as_str(), it.verdict)).collect();
    let expected = ["dns-not-told", "mail-not-told", "web-not-told"].map(|rule| (rule, Verdict::Unknown));
    assert_eq!(said, expected);
}

#[test]
fn the_page_of_rules_is_up_to_date() {
    let mut page = String::from(
        "# What the audit looks for\n\n\
        This page is written by the program's tests. Each rule has a name that never changes, what it weighs at most, \
        and where it stands. What a finding means and what to change is in the reports, in Italian and English.\n",
    );
    let areas = [
        (Area::Certificate, "Certificates"),
        (Area::Tls, "TLS"),
        (Area::Web, "Web"),
        (Area::Cms, "CMS"),
        (Area::Comuni, "Modello Comuni"),
        (Area::Dns, "DNS"),
        (Area::Mail, "Mail"),
    ];
    for (area, name) in areas {
        write!(page, "\n## {name}\n\n| rule | weighs | finds | source |\n|---|---|---|---|\n").unwrap();
        for rule in RULES.iter().filter(|rule| rule.area == area) {
            let weight = format!("{:?}", rule.weight).to_lowercase();
            let (title, source) = ((rule.title)().en, rule.citation);
            writeln!(page, "| `{}` | {weight} | {title} | {source} |", rule.id).unwrap();
        }
    }
    page.push_str("\n## Profiles\n\n| profile | source |\n|---|---|\n");
    for profile in crate::profiles::names().filter_map(by_name) {
        writeln!(page, "| `{}` | {} |", profile.name, profile.source).unwrap();
    }
    expect_test::expect_file!["../../../../docs/audit-rules.md"].assert_eq(&page);
}

//! Records and what they come down to.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Found, Question, Walk};
use crate::Answer;

/// What the names of the tests have: texts, numbers of addresses, numbers of exchangers.
const TEXTS: &[(&str, &[&str])] = &[
    ("_spf.provider.test", &["v=spf1 include:a.provider.test include:b.provider.test ~all"]),
    ("a.provider.test", &["v=spf1 ip4:192.0.2.0/24 -all"]),
    ("b.provider.test", &["verification=1", "v=spf1 ip6:2001:db8::/32 ?all"]),
    ("circle.test", &["v=spf1 include:back.test -all"]),
    ("back.test", &["v=spf1 include:circle.test -all"]),
    ("two.test", &["v=spf1 -all", "v=spf1 ~all"]),
    ("none.test", &["hello"]),
    ("all.test", &["v=spf1 -all"]),
    ("wrong.test", &["v=spf1 ip4:300.1.1.1 -all"]),
    ("wide.test", &["v=spf1 a:1.h.test a:2.h.test a:3.h.test a:4.h.test a:5.h.test a:6.h.test -all"]),
];

fn walk(record: &[&str], silent: &str) -> (crate::facts::Policy, Answer<u32>) {
    let texts: Vec<String> = record.iter().map(ToString::to_string).collect();
    let known: BTreeMap<&str, &[&str]> = TEXTS.iter().copied().collect();
    let mut walk = Walk::new("Example.test", &texts);
    let mut asked = 0;
    while let Some(question) = walk.next().cloned() {
        asked += 1;
        assert!(asked <= 30, "it never ends");
        let found = match &question {
            Question::Texts(name) => {
                let texts = known.get(name.as_str()).copied().unwrap_or_default();
                Found::Texts(texts.iter().map(ToString::to_string).collect())
            }
            Question::Addresses(name) => Found::Records(usize::from(!name.contains("gone"))),
            Question::Exchangers(name) => Found::Records(if name.contains("many") { 11 } else { 2 }),
        };
        let is_silent = !silent.is_empty() && format!("{question:?}").contains(silent);
        walk.answer(if is_silent { Answer::unknown("silence") } else { Answer::Known(found) });
    }
    walk.finish()
}

/// Checks a record; what is a note begins with `(`.
fn check(record: &str, verdict: &str, lookups: u32, problems: &[&str]) {
    let (policy, count) = walk(&[record], "");
    let notes = policy.notes.iter().map(|note| format!("({note})"));
    let found: Vec<String> = policy.problems.iter().cloned().chain(notes).collect();
    assert_eq!((policy.verdict.as_str(), count), (verdict, Answer::Known(lookups)), "{record}");
    assert_eq!(found, problems, "{record}");
}

#[test]
fn what_records_come_down_to() {
    check("v=spf1 -all", "-all", 0, &[]);
    check("V=SPF1 ~ALL", "~all", 0, &[]);
    check("v=spf1 mx a ip4:192.0.2.1 ip6:2001:db8::1/64 ?all", "?all", 2, &[]);
    check("v=spf1 all", "+all", 0, &[]);
    check("v=spf1 a:host.test/24//64 mx/30 mx:m.test//96 -all", "-all", 3, &[]);
    check("v=spf1 include:_spf.provider.test -all", "-all", 3, &[]);
    check("v=spf1 redirect=_spf.provider.test", "~all", 3, &[]);
    check("v=spf1 redirect=all.test", "-all", 1, &[]);
    check("v=spf1 exists:%{i}._spf.%{d2} a:%{o1r.-}.a.test -all exp=why.%{d} new-thing=1", "-all", 2, &[]);
}

#[test]
fn what_is_wrong_with_them() {
    check("v=spf1 ip4:192.0.2.1", "", 0, &["(it has no all at its end)"]);
    check("v=spf1 ptr -all", "-all", 1, &["(ptr is not to be used (RFC 7208, 5.5))"]);
    check(
        "v=spf1 -all ip4:192.0.2.1",
        "-all",
        0,
        &["(ip4:192.0.2.1 stands behind all, so nobody looks at it)"],
    );
    check("v=spf1 ~all redirect=all.test", "~all", 0, &["(redirect= does not count beside all)"]);
    check("v=spf1 ipv4:192.0.2.1 -all", "-all", 0, &["ipv4:192.0.2.1: an unknown mechanism"]);
    check("v=spf1 ip4:192.0.2.0/33 -all", "-all", 0, &["ip4:192.0.2.0/33: its prefix length is wrong"]);
    check("v=spf1 ip4:mail.test -all", "-all", 0, &["ip4:mail.test: it is no address"]);
    check(
        "v=spf1 a/99 include: include -all",
        "-all",
        0,
        &["a/99: its prefix length is wrong", "include:: it is no domain name", "include: it names nothing"],
    );
    check("v=spf1 exists:%{q}.test -all", "-all", 0, &["exists:%{q}.test: a macro in it is not understood"]);
    check("v=spf1 include:none.test -all", "-all", 1, &["none.test has no SPF record"]);
    check("v=spf1 include:two.test -all", "-all", 1, &["two.test has several SPF records"]);
    check("v=spf1 include:wrong.test -all", "-all", 1, &["wrong.test: ip4:300.1.1.1: it is no address"]);
    check(
        "v=spf1 include:circle.test -all",
        "-all",
        3,
        &["circle.test includes itself: receivers never come to an end"],
    );
    check(
        "v=spf1 include:example.test -all",
        "-all",
        1,
        &["example.test includes itself: receivers never come to an end"],
    );
    check("v=spf1 mx:many.test -all", "-all", 1, &["many.test has 11 mail exchangers, 10 are too many"]);
    check("v=spf1 a:gone.test -all", "-all", 1, &["(gone.test, which it names, is not there)"]);
    check(
        "v=spf1 a:gone1.test a:gone2.test a:gone3.test -all",
        "-all",
        3,
        &[
            "3 look-ups find nothing, receivers stop at 2",
            "(gone1.test, which it names, is not there)",
            "(gone2.test, which it names, is not there)",
            "(gone3.test, which it names, is not there)",
        ],
    );
}

#[test]
fn ten_look_ups_are_the_most() {
    check("v=spf1 include:wide.test include:_spf.provider.test -all", "-all", 10, &[]);
    check(
        "v=spf1 include:wide.test include:_spf.provider.test mx -all",
        "-all",
        11,
        &["it takes 11 look-ups, receivers stop at 10"],
    );
    let endless = format!("v=spf1 {} -all", "include:wide.test ".repeat(40));
    check(&endless, "-all", 30, &["it takes at least 30 look-ups, receivers stop at 10"]);
}

#[test]
fn none_or_several() {
    let (policy, lookups) = walk(&["hello"], "");
    assert_eq!((policy.at.as_str(), policy.records.len(), lookups), ("", 0, Answer::Known(0)));
    let (policy, _) = walk(&["v=spf1 -all", "v=spf1 ~all"], "");
    assert_eq!((policy.at.as_str(), policy.verdict.as_str()), ("example.test", ""));
    assert_eq!(policy.problems, ["there are several SPF records, so none counts"]);
    assert_eq!(walk(&["v=spf10 -all"], "").0.records.len(), 0);
}

#[test]
fn silence_makes_the_count_unknown_and_is_no_fault() {
    let (policy, lookups) = walk(&["v=spf1 include:_spf.provider.test -all"], "a.provider.test");
    assert_eq!(lookups.why_unknown(), Some("silence"));
    assert_eq!((policy.verdict.as_str(), policy.problems.len()), ("-all", 0));
}

proptest! {
    #[test]
    fn any_record_ends(terms in prop::collection::vec("([+?~-]?(a|mx|ptr|include|exists|ip4|ip6|all|redirect=|x)[:/%{}a-z0-9.]{0,12})|\\PC{0,8}", 0..12)) {
        walk(&[&format!("v=spf1 {}", terms.join(" "))], "");
    }
}

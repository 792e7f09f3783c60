//! Laws that hold for every scheme, whatever was seen.

use proptest::prelude::*;

use super::*;
use crate::Answer;
use crate::registry::Version;
use crate::rules::cases::{self, Case, good};
use crate::rules::{self, Area, RULES, Verdict};

fn graded(facts: &Facts) -> Vec<Grade> {
    rules::tests::with_context(|context| grades(facts, &[], context))
}

/// How good a grade's name is: more is better.
fn worth(scheme: Scheme, name: &str) -> i32 {
    let order: &[&str] = match scheme {
        Scheme::CertAgid => &["senza HTTPS", "gravi problemi di sicurezza", "mal configurato", "sicuro"],
        Scheme::SslLabs => &["T", "M", "F", "E", "D", "C", "B", "A-", "A", "A+"],
        Scheme::Observatory => &["F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+"],
        Scheme::ModelloComuni => &["failed", "passed"],
        Scheme::InternetNl => return name.trim_end_matches('%').parse().unwrap(),
    };
    i32::try_from(order.iter().position(|it| *it == name).unwrap()).unwrap()
}

/// What every case of a rule that catches changes, but where nothing is left to spoil further.
fn spoils() -> Vec<(Area, &'static str, &'static Case)> {
    let rules =
        RULES.iter().filter(|rule| !["web-no-address", "web-no-https", "comuni-domain"].contains(&rule.id));
    let cases = rules.flat_map(|rule| rule.cases().iter().map(move |case| (rule.area, rule.id, case)));
    cases.filter(|(_, _, case)| case.finds == Some(Verdict::Fails)).collect()
}

/// Every grade of the one, where the other has it, is no better there.
fn no_better(before: &[Grade], after: &[Grade], what: &str) {
    for one in before {
        let same = after.iter().find(|it| it.scheme == one.scheme && it.object == one.object);
        let Some(other) = same else { continue };
        for (was, is) in [(&one.worst, &other.worst), (&one.best, &other.best)] {
            let (was_worth, is_worth) = (worth(one.scheme, was), worth(one.scheme, is));
            assert!(
                is_worth <= was_worth,
                "{what}: {:?} of {} went from {was} to {is}",
                one.scheme,
                one.object
            );
        }
    }
}

#[test]
fn what_a_rule_catches_never_improves_a_grade() {
    let before = graded(&good());
    for (_, id, case) in spoils() {
        let mut facts = good();
        (case.change)(&mut facts);
        no_better(&before, &graded(&facts), &format!("{id}: {}", case.words));
    }
}

/// What could not be told, and how to say it.
type Open = (&'static str, fn(&mut Facts) -> &mut Answer<bool>);

fn offered(facts: &mut Facts, version: Version) -> &mut Answer<bool> {
    &mut cases::version(facts, version).offered
}

const OPEN: &[Open] = &[
    ("SSL 2", |facts| offered(facts, Version::Ssl2)),
    ("SSL 3", |facts| offered(facts, Version::Ssl3)),
    ("TLS 1.0", |facts| offered(facts, Version::Tls10)),
    ("TLS 1.1", |facts| offered(facts, Version::Tls11)),
    ("TLS 1.2", |facts| offered(facts, Version::Tls12)),
    ("TLS 1.3", |facts| offered(facts, Version::Tls13)),
    ("compression", |facts| &mut cases::tls(facts).compression),
    ("renegotiation", |facts| &mut cases::tls(facts).secure_renegotiation),
    ("fall-back", |facts| &mut cases::tls(facts).fallback_scsv),
    ("preloaded", |facts| &mut cases::site(facts).web.preloaded),
    ("STARTTLS", |facts| &mut cases::exchanger(facts).starttls),
    ("DKIM", |facts| &mut facts.mail.as_mut().unwrap().dkim_exists),
    ("HTTPS", |facts| {
        let Answer::Known(endpoints) = &mut cases::site(facts).endpoints else { panic!("no endpoints") };
        endpoints[0].tls = None;
        &mut endpoints[0].https
    }),
    ("the other name", |facts| {
        let Answer::Known(other) = &mut cases::site(facts).other_name else { panic!("no other name") };
        &mut other.leads_here
    }),
    ("DANE", |facts| {
        let Answer::Known(dane) = &mut cases::exchanger(facts).dane else { panic!("no DANE") };
        &mut dane.fits
    }),
];

/// The grade of what is unknown reaches from the worst to the best of what it might be.
fn contains(unknown: &[Grade], known: &[Grade], what: &str) {
    for one in known {
        let same = unknown.iter().find(|it| it.scheme == one.scheme && it.object == one.object);
        let Some(open) = same else { continue };
        let (low, high) = (worth(one.scheme, &open.worst), worth(one.scheme, &open.best));
        let (worst, best) = (worth(one.scheme, &one.worst), worth(one.scheme, &one.best));
        assert!(
            low <= worst && best <= high,
            "{what}: {:?} of {}: {one:#?} not in {open:#?}",
            one.scheme,
            one.object
        );
        if let (Some((low, high)), Some((worst, best))) = (open.points, one.points) {
            assert!(
                low <= worst && best <= high,
                "{what}: {:?}: {worst}..{best} not in {low}..{high}",
                one.scheme
            );
        }
    }
}

/// Something that was not seen, and how to forget it.
type Part = (&'static str, fn(&mut Facts));

#[test]
fn parts_that_were_not_seen_could_have_been_good() {
    let parts: &[Part] = &[
        ("page", |facts| cases::site(facts).web.page = Answer::default()),
        ("HTTP", |facts| cases::site(facts).web.plain = Answer::default()),
        ("HTTPS", |facts| cases::site(facts).web.secure = Answer::default()),
        ("CORS", |facts| cases::site(facts).web.cross_origin = Answer::default()),
        ("suites", |facts| cases::version(facts, Version::Tls12).complete = false),
        ("chains", |facts| cases::tls(facts).chains.clear()),
        ("groups", |facts| cases::tls(facts).groups = Answer::default()),
        ("DNSSEC", |facts| facts.domain.as_mut().unwrap().dnssec = Answer::default()),
        ("name servers", |facts| facts.domain.as_mut().unwrap().name_servers = Answer::default()),
        ("IPv6", |facts| facts.domain.as_mut().unwrap().hosts_without_ipv6 = Answer::default()),
        ("SPF", |facts| facts.mail.as_mut().unwrap().spf = Answer::default()),
        ("DMARC", |facts| facts.mail.as_mut().unwrap().dmarc = Answer::default()),
        ("MX", |facts| facts.mail.as_mut().unwrap().exchangers = Answer::default()),
        ("DANE", |facts| cases::exchanger(facts).dane = Answer::default()),
        ("STARTTLS", |facts| cases::exchanger(facts).tls = None),
    ];
    let known = graded(&good());
    for (name, forget) in parts {
        let mut facts = good();
        forget(&mut facts);
        contains(&graded(&facts), &known, name);
    }
}

/// A body spoiled in these points: cases of [`spoils`] by number.
fn spoiled(points: &[usize]) -> Facts {
    let (all, mut facts) = (spoils(), good());
    for point in points {
        (all[*point].2.change)(&mut facts);
    }
    facts
}

/// Up to three points in which a body is spoiled.
fn points() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0..spoils().len(), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn trouble_elsewhere_never_improves_a_grade(one in 0..spoils().len(), other in 0..spoils().len()) {
        let all = spoils();
        let ((area, id, case), (other_area, other_id, other_case)) = (all[one], all[other]);
        prop_assume!(area != other_area);
        let mut facts = good();
        (case.change)(&mut facts);
        let before = graded(&facts);
        (other_case.change)(&mut facts);
        no_better(&before, &graded(&facts), &format!("{id}, then {other_id}"));
    }

    #[test]
    fn what_is_unknown_lies_between_what_it_might_be(points in points(), index in 0..OPEN.len()) {
        let body = spoiled(&points);
        let (name, open) = OPEN[index];
        let with = |answer: Answer<bool>| {
            let mut facts = body.clone();
            *open(&mut facts) = answer;
            graded(&facts)
        };
        let unknown = with(Answer::unknown("no answer"));
        contains(&unknown, &with(true.into()), name);
        contains(&unknown, &with(false.into()), name);
    }

    #[test]
    fn the_order_of_what_was_seen_does_not_matter(points in points()) {
        let body = spoiled(&points);
        let mut turned = body.clone();
        turned.sites.reverse();
        for site in &mut turned.sites {
            if let Answer::Known(endpoints) = &mut site.endpoints {
                endpoints.reverse();
                for tls in endpoints.iter_mut().filter_map(|endpoint| endpoint.tls.as_mut()) {
                    tls.chains.reverse();
                    tls.dh.reverse();
                }
            }
            if let Answer::Known(page) = &mut site.web.page {
                page.cookies.reverse();
            }
        }
        if let Answer::Known(servers) = &mut turned.domain.as_mut().unwrap().name_servers {
            servers.reverse();
        }
        rules::tests::with_context(|context| {
            prop_assert_eq!(rules::judge(&body, context), rules::judge(&turned, context));
            prop_assert_eq!(grades(&body, &[], context), grades(&turned, &[], context));
            Ok(())
        })?;
    }

    #[test]
    fn facts_findings_and_grades_survive_json(points in points()) {
        let body = spoiled(&points);
        let text = serde_json::to_string(&body).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Facts>(&text).unwrap(), &body);
        rules::tests::with_context(|context| {
            let findings = rules::judge(&body, context);
            let text = serde_json::to_string(&findings).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Vec<Finding>>(&text).unwrap(), &findings);
            let grades = grades(&body, &findings, context);
            let text = serde_json::to_string(&grades).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Vec<Grade>>(&text).unwrap(), &grades);
            Ok(())
        })?;
    }

    #[test]
    fn grades_say_why(points in points()) {
        let body = spoiled(&points);
        for grade in graded(&body) {
            let perfect = match grade.scheme {
                Scheme::CertAgid => grade.worst == "sicuro",
                Scheme::ModelloComuni => grade.worst == "passed",
                Scheme::InternetNl => grade.worst == "100%",
                Scheme::SslLabs | Scheme::Observatory => false,
            };
            prop_assert!(perfect || !grade.reasons.is_empty(), "{grade:#?}");
            for reason in &grade.reasons {
                prop_assert!(!reason.text.it.is_empty() && !reason.text.en.is_empty());
                prop_assert!(!reason.uncertain || grade.worst != grade.best || grade.points.is_some(), "{grade:#?}");
            }
        }
    }
}

/// What the laws below take for granted.
#[test]
fn cases_can_be_combined() {
    let count = spoils().len();
    for one in 0..count {
        for other in 0..count {
            spoiled(&[one, other, one]);
        }
    }
}

//! The calendar in small: who goes first, who waits for what, and what is left.

use std::fmt::Write;

use campanile_plan::certificate::budget::{Failed, Ledger, Limits, Rate, Spent, left, registered_domain};
use campanile_plan::certificate::calendar::{Wanted, calendar};
use campanile_plan::document::values::DomainName;
use campanile_tests::simulation::START;
use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp};

use super::{LIMITS, days};

/// Something wanted since the start by a member of this name, with the end of its certificate in days.
fn wanted(member: &str, ends: Option<i64>) -> Wanted {
    Wanted {
        member: member.parse().unwrap(),
        names: [format!("www.{member}.test").parse().unwrap()].into(),
        ends: ends.map(|ends| START + days(ends)),
        from: START - days(20),
        replaces: false,
        same_names: false,
    }
}

fn spent(hours: i64, names: &str) -> Spent {
    let names = names.split(' ').map(|name| name.parse().unwrap()).collect();
    Spent { at: START + SignedDuration::from_hours(hours), names, exempt: false }
}

fn failed(minutes: i64, name: &str) -> Failed {
    Failed { at: START + SignedDuration::from_mins(minutes), name: name.parse().unwrap() }
}

fn check(limits: &Limits, ledger: &Ledger, wanted: &[Wanted], expected: &Expect) {
    let mut text = String::new();
    for appointment in calendar(limits, ledger, wanted, START) {
        let minutes = match appointment.at {
            at if at == Timestamp::MAX => "never".to_owned(),
            at => format!("{} min", at.duration_since(START).as_mins()),
        };
        writeln!(text, "{} {minutes}: {}", appointment.member, appointment.because).unwrap();
    }
    expected.assert_eq(&text);
}

#[test]
fn what_is_about_to_end_goes_first_then_what_is_new_then_what_has_time() {
    let limits = Limits { orders_per_account: Rate::hours(5, 3), ..LIMITS };
    let ledger = Ledger { orders: vec![spent(-1, "a.test"), spent(-1, "b.test")], failures: Vec::new() };
    let wanted = [
        wanted("later", Some(40)),
        wanted("soon", Some(30)),
        wanted("new", None),
        wanted("fifth", Some(5)),
        wanted("today", Some(0)),
        wanted("gone", Some(-3)),
    ];
    check(
        &limits,
        &ledger,
        &wanted,
        &expect![[r#"
            gone 0 min: its certificate ended on 2026-12-29
            today 0 min: its certificate ended on 2027-01-01
            fifth 0 min: its certificate ends on 2027-01-06 and is about to
            new 120 min: its names have no certificate yet; the account may have 5 in 3 h, 1 kept for what is about to end
            soon 180 min: its certificate ends on 2027-01-31, to be renewed from 2026-12-12 on; the account may have 5 in 3 h, 1 kept for what is about to end
            later 180 min: its certificate ends on 2027-02-10, to be renewed from 2026-12-12 on; the account may have 5 in 3 h, 1 kept for what is about to end
        "#]],
    );
}

#[test]
fn renewals_that_the_issuer_exempts_take_nothing_from_others_and_wait_only_while_there_is_time() {
    let limits = Limits { orders_per_account: Rate::hours(1, 3), ..LIMITS };
    let ledger = Ledger { orders: vec![spent(-1, "a.test")], failures: Vec::new() };
    let exempt = |member, ends| Wanted { same_names: true, ..wanted(member, Some(ends)) };
    let wanted = [
        exempt("ending", 2),
        exempt("time", 30),
        exempt("soon", 25),
        exempt("ended", -1),
        wanted("counted", None),
    ];
    check(
        &limits,
        &ledger,
        &wanted,
        &expect![[r#"
        ended 0 min: its certificate ended on 2026-12-31
        ending 0 min: its certificate ends on 2027-01-03 and is about to
        counted 120 min: its names have no certificate yet; the account may have 1 in 3 h
        soon 180 min: its certificate ends on 2027-01-26, to be renewed from 2026-12-12 on; all renewals together may have 1 in 3 h
        time 360 min: its certificate ends on 2027-01-31, to be renewed from 2026-12-12 on; all renewals together may have 1 in 3 h
    "#]],
    );
}

#[test]
fn only_an_announced_renewal_passes_the_limit_of_its_names() {
    let ledger = Ledger { orders: vec![spent(-24, "www.calco.test"); 5], failures: Vec::new() };
    let calco = wanted("calco", Some(30));
    check(
        &LIMITS,
        &ledger,
        &[Wanted { replaces: true, ..calco.clone() }],
        &expect![[r#"
        calco 0 min: its certificate ends on 2027-01-31, to be renewed from 2026-12-12 on
    "#]],
    );
    check(
        &LIMITS,
        &ledger,
        &[Wanted { same_names: true, ..calco }],
        &expect![[r#"
            calco 8640 min: its certificate ends on 2027-01-31, to be renewed from 2026-12-12 on; the same set of names may have 5 in 168 h
        "#]],
    );
}

#[test]
fn a_fifth_of_a_domain_is_kept_for_what_is_about_to_end() {
    let ledger = Ledger { orders: vec![spent(-24, "x.calco.test"); 40], failures: Vec::new() };
    check(
        &LIMITS,
        &ledger,
        &[wanted("calco", None), wanted("erve", None)],
        &expect![[r#"
            erve 0 min: its names have no certificate yet
            calco 8640 min: its names have no certificate yet; calco.test may have 50 in 168 h, 10 kept for what is about to end
        "#]],
    );
    check(
        &LIMITS,
        &ledger,
        &[wanted("calco", Some(2))],
        &expect![[r#"
        calco 0 min: its certificate ends on 2027-01-03 and is about to
    "#]],
    );
}

#[test]
fn what_failed_pauses_longer_each_time_and_less_near_the_end() {
    let failures = |count: i64| (0..count).map(|n| failed(-100 * n, "www.calco.test")).collect();
    let ledger = |count| Ledger { orders: Vec::new(), failures: failures(count) };
    check(
        &LIMITS,
        &ledger(1),
        &[wanted("calco", None)],
        &expect![[r#"
            calco 12 min: its names have no certificate yet; www.calco.test failed 1× and pauses
        "#]],
    );
    check(
        &LIMITS,
        &ledger(2),
        &[wanted("calco", None)],
        &expect![[r#"
            calco 24 min: its names have no certificate yet; www.calco.test failed 2× and pauses
        "#]],
    );
    check(
        &LIMITS,
        &ledger(9),
        &[wanted("calco", None)],
        &expect![[r#"
            calco 360 min: its names have no certificate yet; www.calco.test failed 9× and pauses
        "#]],
    );
    check(
        &LIMITS,
        &ledger(9),
        &[wanted("calco", Some(1))],
        &expect![[r#"
            calco 360 min: its certificate ends on 2027-01-02 and is about to; www.calco.test failed 9× and pauses
        "#]],
    );
    check(
        &LIMITS,
        &ledger(9),
        &[wanted("calco", Some(-1))],
        &expect![[r#"
            calco 60 min: its certificate ended on 2026-12-31; www.calco.test failed 9× and pauses
        "#]],
    );
    let long_ago = Ledger {
        orders: Vec::new(),
        failures: vec![failed(-1, "www.calco.test"), failed(-800, "www.calco.test")],
    };
    check(
        &LIMITS,
        &long_ago,
        &[wanted("calco", None)],
        &expect![[r#"
            calco 11 min: its names have no certificate yet; www.calco.test failed 2× and pauses
        "#]],
    );
}

#[test]
fn a_limit_of_nothing_means_never() {
    let limits = Limits { orders_per_account: Rate::hours(0, 3), ..LIMITS };
    check(
        &limits,
        &Ledger::default(),
        &[wanted("calco", None), wanted("erve", Some(1))],
        &expect![[r#"
            erve never: its certificate ended on 2027-01-02; the account may have 0 in 3 h
            calco never: its names have no certificate yet; the account may have 0 in 3 h
        "#]],
    );
}

#[test]
fn orders_of_the_future_count_as_of_now() {
    let ledger = Ledger { orders: vec![spent(100, "a.test"); 300], failures: Vec::new() };
    check(
        &LIMITS,
        &ledger,
        &[wanted("calco", None)],
        &expect![[r#"
            calco 180 min: its names have no certificate yet; the account may have 300 in 3 h, 60 kept for what is about to end
        "#]],
    );
}

#[test]
fn a_registered_domain_is_a_public_suffix_and_one_label() {
    let check = |name: &str, expected: &str| {
        let name: DomainName = name.parse().unwrap();
        assert_eq!(registered_domain(&name), expected, "{name}");
    };
    check("www.comune.barzago.lc.it", "barzago.lc.it");
    check("comune.barzago.lecco.it", "barzago.lecco.it");
    check("sportello.comune.calco.gov.it", "calco.gov.it");
    check("www.provincia.lecco.it", "provincia.lecco.it");
    check("www.unione.it", "unione.it");
    check("lc.it", "lc.it");
    check("www.comune.calco.test", "calco.test");
    check("comune.viganò.lc.it", "xn--vigan-yta.lc.it");
}

#[test]
fn what_is_left() {
    let mut orders = vec![spent(-1, "www.calco.lc.it calco.lc.it"); 2];
    orders.push(Spent { exempt: true, ..spent(-1, "erve.lc.it") });
    orders.push(spent(-4, "dorio.lc.it"));
    orders.push(spent(-24 * 8, "colico.lc.it"));
    let ledger = Ledger { orders, failures: vec![failed(-10, "calco.lc.it"), failed(-70, "erve.lc.it")] };
    expect![[r#"
        Left {
            orders: 298,
            kept: 60,
            domains: {
                "calco.lc.it": 49,
                "dorio.lc.it": 49,
            },
            names: {
                {
                    DomainName(
                        "calco.lc.it",
                    ),
                    DomainName(
                        "www.calco.lc.it",
                    ),
                }: 4,
                {
                    DomainName(
                        "dorio.lc.it",
                    ),
                }: 4,
                {
                    DomainName(
                        "erve.lc.it",
                    ),
                }: 4,
            },
            failures: {
                DomainName(
                    "calco.lc.it",
                ): 4,
            },
        }
    "#]]
    .assert_debug_eq(&left(&LIMITS, &ledger, START));
}

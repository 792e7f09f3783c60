//! Laws of the calendar, for any budget, anything spent and anything wanted.

use std::collections::BTreeSet;

use campanile_plan::certificate::budget::{Failed, Ledger, Limits, Rate, Spent, left};
use campanile_plan::certificate::calendar::{Appointment, Wanted, calendar};
use campanile_plan::document::values::DomainName;
use campanile_tests::simulation::START;
use campanile_tests::simulation::checker::{Seen, passed};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

/// Limits so small that they are met.
fn limits() -> impl Strategy<Value = Limits> {
    let rate = |most: u32| (1..=most, 1..50_i64).prop_map(|(count, hours)| Rate::hours(count, hours));
    (rate(12), rate(8), rate(3), rate(3)).prop_map(|(account, domain, names, failures)| Limits {
        orders_per_account: account,
        certificates_per_domain: domain,
        certificates_per_names: names,
        failures_per_name: failures,
    })
}

/// Some of twelve names under three registered domains.
fn names() -> impl Strategy<Value = BTreeSet<DomainName>> {
    let name = (0..4, 0..3).prop_map(|(host, zone)| format!("h{host}.z{zone}.test").parse().unwrap());
    prop::collection::btree_set(name, 1..3)
}

fn hours(hours: impl Strategy<Value = i64>) -> impl Strategy<Value = Timestamp> {
    hours.prop_map(|hours| START + SignedDuration::from_hours(hours))
}

fn ledger() -> impl Strategy<Value = Ledger> {
    let spent = (hours(-60..=0_i64), names(), prop::bool::weighted(0.2));
    let spent = spent.prop_map(|(at, names, exempt)| Spent { at, names, exempt });
    let failed = (hours(-20..=-1_i64), names());
    let failed = failed.prop_map(|(at, names)| Failed { at, name: names.first().unwrap().clone() });
    let lists = (prop::collection::vec(spent, 0..30), prop::collection::vec(failed, 0..4));
    lists.prop_map(|(orders, failures)| Ledger { orders, failures })
}

fn wanted() -> impl Strategy<Value = Vec<Wanted>> {
    let any = any::<bool>;
    let one = (names(), prop::option::of(hours(-5..80_i64)), hours(-80..60_i64), any(), any());
    let all = prop::collection::vec(one, 1..30);
    all.prop_map(|all| {
        let numbered = all.into_iter().enumerate();
        let wanted = numbered.map(|(index, (names, ends, from, replaces, same_names))| Wanted {
            member: format!("m{index}").parse().unwrap(),
            names,
            ends,
            from,
            replaces: replaces && ends.is_some(),
            same_names: same_names && ends.is_some(),
        });
        wanted.collect()
    })
}

/// What a calendar makes of a ledger, if all goes as it says until then.
fn after(
    ledger: &Ledger,
    wanted: &[Wanted],
    calendar: &[Appointment],
    until: Timestamp,
) -> (Ledger, Vec<Wanted>) {
    let mut ledger = ledger.clone();
    let mut rest = wanted.to_vec();
    for appointment in calendar.iter().filter(|appointment| appointment.at <= until) {
        let index = rest.iter().position(|wanted| wanted.member == appointment.member).unwrap();
        let ordered = rest.remove(index);
        let exempt = ordered.exempt();
        ledger.orders.push(Spent { at: appointment.at, names: ordered.names, exempt });
    }
    (ledger, rest)
}

fn times(calendar: &[Appointment]) -> Vec<(&str, Timestamp)> {
    calendar.iter().map(|appointment| (appointment.member.as_str(), appointment.at)).collect()
}

proptest! {
    #[test]
    fn order_of_input_does_not_matter(
        limits in limits(),
        ledger in ledger(),
        (wanted, shuffled) in wanted().prop_flat_map(|wanted| (Just(wanted.clone()), Just(wanted).prop_shuffle())),
    ) {
        let mut turned = ledger.clone();
        turned.orders.reverse();
        turned.failures.reverse();
        prop_assert_eq!(calendar(&limits, &ledger, &wanted, START), calendar(&limits, &turned, &shuffled, START));
    }

    #[test]
    fn everybody_gets_one_appointment_and_none_before_it_is_wanted(
        limits in limits(), ledger in ledger(), wanted in wanted(),
    ) {
        let calendar = calendar(&limits, &ledger, &wanted, START);
        prop_assert_eq!(calendar.len(), wanted.len());
        prop_assert!(calendar.is_sorted_by_key(|appointment| appointment.at));
        for wanted in &wanted {
            let own: Vec<_> = calendar.iter().filter(|appointment| appointment.member == wanted.member).collect();
            prop_assert_eq!(own.len(), 1);
            prop_assert!(own[0].at >= wanted.from.max(START));
            prop_assert!(own[0].at < Timestamp::MAX, "{}", own[0].because);
        }
    }

    #[test]
    fn no_appointment_passes_a_limit(limits in limits(), wanted in wanted(), earlier in wanted()) {
        // what was spent came of a calendar too: a ledger that passes a limit already proves nothing
        let begun = START - SignedDuration::from_hours(30);
        let done = calendar(&limits, &Ledger::default(), &earlier, begun);
        let (ledger, _) = after(&Ledger::default(), &earlier, &done, START);
        let calendar = calendar(&limits, &ledger, &wanted, START);
        let seen = |calendar: &[Appointment], all: &[Wanted], until: Timestamp| -> Vec<(Timestamp, Wanted)> {
            let own = calendar.iter().filter(|appointment| appointment.at <= until);
            own.map(|own| (own.at, all.iter().find(|wanted| wanted.member == own.member).unwrap().clone())).collect()
        };
        let mut all = seen(&done, &earlier, START);
        all.extend(seen(&calendar, &wanted, Timestamp::MAX));
        let orders = all.iter().map(|(at, wanted)| {
            Seen { at: *at, names: &wanted.names, replaces: wanted.replaces, exempt: wanted.exempt(), issued: true }
        });
        prop_assert_eq!(passed(&limits, orders, &[]), Vec::<String>::new());
    }

    #[test]
    fn asked_again_later_the_rest_is_as_it_was(
        limits in limits(), ledger in ledger(), wanted in wanted(), cut in any::<prop::sample::Index>(),
    ) {
        let before = calendar(&limits, &ledger, &wanted, START);
        let now = before[cut.index(before.len())].at;
        let (ledger, rest) = after(&ledger, &wanted, &before, now);
        let expected: Vec<_> = before.iter().filter(|appointment| appointment.at > now).cloned().collect();
        let again = calendar(&limits, &ledger, &rest, now);
        prop_assert_eq!(times(&again), times(&expected));
    }

    #[test]
    fn what_is_wanted_later_delays_nobody(limits in limits(), ledger in ledger(), wanted in wanted()) {
        let all = calendar(&limits, &ledger, &wanted, START);
        let now: Vec<Wanted> = wanted.iter().filter(|wanted| wanted.from <= START).cloned().collect();
        let alone = calendar(&limits, &ledger, &now, START);
        let first = wanted.iter().map(|wanted| wanted.from).filter(|from| *from > START).min();
        let undisturbed = |appointment: &&Appointment| first.is_none_or(|first| appointment.at < first);
        let all: Vec<Appointment> = all.iter().filter(undisturbed).cloned().collect();
        let alone: Vec<Appointment> = alone.iter().filter(undisturbed).cloned().collect();
        prop_assert_eq!(all, alone);
    }

    #[test]
    fn an_empty_budget_gives_appointments_in_the_future(limits in limits(), names in names()) {
        let orders = (0..limits.orders_per_account.count).map(|_| Spent { at: START, names: names.clone(), exempt: false });
        let ledger = Ledger { orders: orders.collect(), failures: Vec::new() };
        prop_assert_eq!(left(&limits, &ledger, START).orders, 0);
        let wanted = Wanted {
            member: "calco".parse().unwrap(),
            names: ["www.calco.test".parse().unwrap()].into(),
            ends: None,
            from: START,
            replaces: false,
            same_names: false,
        };
        let calendar = calendar(&limits, &ledger, &[wanted], START);
        prop_assert_eq!(calendar[0].at, START + limits.orders_per_account.period);
    }
}

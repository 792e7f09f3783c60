//! Certificates of whole fleets over months, under the limits of Let's Encrypt; and the laws of the calendar.
//!
//! `cargo bench -p campanile-tests --bench calendar` goes through whole years with 8,000 members.

#![expect(clippy::unwrap_used, reason = "what stops a test stops it with a panic")]

mod cases;
mod laws;

use campanile_plan::certificate::budget::Limits;
use campanile_tests::simulation::checker::{Seen, passed};
use campanile_tests::simulation::{Course, Order, Renewals, START, Scenario, run};
use jiff::SignedDuration;

const LIMITS: Limits = Limits::lets_encrypt();

const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// What Let's Encrypt's short-lived profile gives.
const SIX_DAYS: SignedDuration = SignedDuration::from_hours(160);

const EIGHT_THOUSAND: Scenario = Scenario {
    alone: 7_980,
    together: 20,
    life: days(90),
    renewals: Renewals::Announced,
    length: days(130),
    failing: 50,
    hopeless: 0,
    outage: Some((days(70), days(7))),
    pass: SignedDuration::from_hours(3),
};

/// Goes through a scenario, and makes sure that no limit was passed.
fn checked(scenario: &Scenario) -> Course {
    let course = run(scenario, &LIMITS);
    let seen = course.orders.iter().map(|order| {
        let Order { at, member, replaces, exempt, issued } = *order;
        Seen { at, names: &course.names[member], replaces, exempt, issued }
    });
    let passed = passed(&LIMITS, seen, &course.failures);
    assert!(passed.is_empty(), "{scenario:?}\n{}", passed.join("\n"));
    course
}

/// The days until everybody had a first certificate.
fn days_to_first(course: &Course) -> f64 {
    let last = course.firsts.iter().map(|first| first.unwrap()).max().unwrap();
    last.duration_since(START).as_secs_f64() / 86_400.0
}

#[test]
fn nobody_expires_with_90_days() {
    for renewals in [Renewals::Announced, Renewals::Counted] {
        let scenario = Scenario { renewals, ..EIGHT_THOUSAND };
        let course = checked(&scenario);
        assert!(course.lapses.is_empty(), "{renewals:?}: {:?}", &course.lapses[..1]);
        let first = days_to_first(&course);
        assert!((4.0..5.0).contains(&first), "{renewals:?}: {first} days, with 240 in 3 hours it takes 4.2");
        let (orders, needed) = (course.orders.len(), course.needed(&scenario));
        assert!(
            orders <= needed * 103 / 100,
            "{renewals:?}: {orders} orders, {needed} needed, one in 50 failed"
        );
        let issued = course.orders.iter().filter(|order| order.issued).count();
        assert_eq!(orders, issued + course.failures.len(), "{renewals:?}: an order was wasted");
    }
}

#[test]
fn nobody_expires_with_47_days() {
    for renewals in [Renewals::SameNames, Renewals::Counted] {
        let course = checked(&Scenario { life: days(47), renewals, length: days(100), ..EIGHT_THOUSAND });
        assert!(course.lapses.is_empty(), "{renewals:?}: {:?}", &course.lapses[..1]);
    }
}

#[test]
fn with_six_days_an_outage_of_42_hours_harms_nobody() {
    let outage = Some((days(14), SignedDuration::from_hours(42)));
    let course = checked(&Scenario { life: SIX_DAYS, length: days(24), outage, ..EIGHT_THOUSAND });
    assert!(course.lapses.is_empty(), "{:?}", &course.lapses[..1]);
}

#[test]
fn with_six_days_and_every_renewal_counted_the_whole_budget_is_just_enough() {
    let scenario = Scenario {
        life: SIX_DAYS,
        renewals: Renewals::Counted,
        length: days(24),
        outage: None,
        ..EIGHT_THOUSAND
    };
    let course = checked(&scenario);
    assert!(course.lapses.is_empty(), "{} {:?}", course.lapses.len(), &course.lapses[..1]);
}

#[test]
fn with_six_days_an_outage_of_a_week_is_longer_than_any_margin_and_all_are_served_again_at_once() {
    let (from, length) = (days(14), days(7));
    let scenario =
        Scenario { life: SIX_DAYS, length: days(24), outage: Some((from, length)), ..EIGHT_THOUSAND };
    let course = checked(&scenario);
    assert_eq!(course.lapses.len(), 8_000, "160 hours are over in a week");
    let (begins, back) = (START + from, START + from + length);
    // what is left to the one that was about to renew: a third of the life, less half the width of the suggestion and
    // the passes that it took
    let margin = SIX_DAYS / 3 - SIX_DAYS / 50 - scenario.pass * 3;
    for lapse in &course.lapses {
        assert!(lapse.from >= begins + margin, "{lapse:?}");
        // one in 50 fails, and one in 2,500 twice
        assert!(lapse.until <= back + scenario.pass * 3, "{lapse:?}");
    }
}

#[test]
fn members_under_one_domain_take_weeks() {
    let scenario =
        Scenario { alone: 0, together: 120, failing: 0, outage: None, length: days(60), ..EIGHT_THOUSAND };
    let course = checked(&scenario);
    let first = days_to_first(&course);
    assert!((14.0..14.1).contains(&first), "{first} days; 40 a week, 10 being kept");
}

#[test]
fn names_that_cannot_be_validated_use_up_little() {
    let scenario = Scenario {
        alone: 500,
        together: 0,
        hopeless: 100,
        failing: 0,
        outage: None,
        length: days(20),
        ..EIGHT_THOUSAND
    };
    let course = checked(&scenario);
    let first: Vec<f64> = course
        .firsts
        .iter()
        .map(|first| first.unwrap().duration_since(START).as_secs_f64() / 86_400.0)
        .collect();
    assert!(first[100..].iter().all(|day| *day < 0.3), "the others have theirs at once");
    assert!(first[..100].iter().all(|day| (10.0..10.5).contains(day)), "within hours from when they can");
    assert!(course.failures.len() < 100 * 50, "{} failures in ten days", course.failures.len());
}

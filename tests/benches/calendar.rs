//! What the calendar of certificates costs, what it says for 8,000 members that have none, and how a year goes by it under
//! the limits of Let's Encrypt.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::collections::BTreeMap;
use std::time::Instant;

use campanile_plan::certificate::budget::{Ledger, Limits, Spent};
use campanile_plan::certificate::calendar::{Wanted, calendar};
use campanile_tests::simulation::{Course, Order, Renewals, START, Scenario, fleet, run};
use jiff::{SignedDuration, Timestamp};

const LIMITS: Limits = Limits::lets_encrypt();
/// How often the cost is measured.
const ROUNDS: usize = 21;

/// 8,000 members for a year, of which 20 share a registered domain; one order in 50 fails, and in August the issuer is
/// away for a week.
const YEAR: Scenario = Scenario {
    alone: 7_980,
    together: 20,
    life: days(90),
    renewals: Renewals::Announced,
    length: days(365),
    failing: 50,
    hopeless: 0,
    outage: Some((days(220), days(7))),
    pass: SignedDuration::from_mins(10),
};

const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn main() {
    cost();
    first_week();
    years();
}

/// How long one calendar takes, with different things to do.
fn cost() {
    println!("{:<58} {:>10}", "one calendar", "median");
    let nothing = Ledger::default();
    let alone = fleet(&YEAR);
    measure("8,000 first issues, nothing spent", &nothing, &alone);
    let together = fleet(&Scenario { alone: 0, together: 8_000, ..YEAR });
    measure("8,000 first issues under one domain (200 weeks)", &nothing, &together);

    // as it is with certificates of 6 days: two renewals of each in the week before, all coming again
    let week = |n: usize| START - SignedDuration::from_secs(7 * 86_400 - 37 * i64::try_from(n).unwrap_or(0));
    let orders = |exempt| {
        let twice = alone.iter().chain(&alone).enumerate();
        let orders = twice.map(|(n, wanted)| Spent { at: week(n), names: wanted.names.clone(), exempt });
        Ledger { orders: orders.collect(), failures: Vec::new() }
    };
    let renewals = |same_names| {
        let all = alone.iter().enumerate().map(|(n, wanted)| {
            let from = week(n) + days(9);
            Wanted { ends: Some(from + days(2)), from, same_names, ..wanted.clone() }
        });
        all.collect::<Vec<_>>()
    };
    measure("8,000 renewals of 6 days, exempt, 16,000 orders spent", &orders(true), &renewals(true));
    measure("8,000 renewals of 6 days, counted, 16,000 orders spent", &orders(false), &renewals(false));
    println!();
}

fn measure(what: &str, ledger: &Ledger, wanted: &[Wanted]) {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            let made = calendar(&LIMITS, ledger, wanted, START);
            assert_eq!(made.len(), wanted.len());
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{what:<58} {:>7.1} ms", times[ROUNDS / 2]);
}

/// Prints the calendar of 8,000 first issues, six hours a line.
fn first_week() {
    println!("the calendar of 8,000 members without a certificate");
    let mut slots: BTreeMap<i64, (usize, String)> = BTreeMap::new();
    for appointment in calendar(&LIMITS, &Ledger::default(), &fleet(&YEAR), START) {
        let slot = slots.entry(appointment.at.duration_since(START).as_hours() / 6).or_default();
        slot.0 += 1;
        slot.1 = format!("{}: {}", appointment.member, appointment.because);
    }
    for (slot, (count, last)) in slots {
        println!("day {} {:>2} h: {count:>4} orders; {last}", slot / 4, slot % 4 * 6);
    }
    println!();
}

/// Goes through a year with certificates of each kind.
fn years() {
    println!(
        "{:>8} {:<12} {:>7} {:>9} {:>9} {:>9} {:>8} {:>8} {:>8} {:>9} {:>9} {:>8}",
        "life",
        "renewals",
        "firsts",
        "orders",
        "issued",
        "needed",
        "busiest",
        "counted",
        "lapsed",
        "longest",
        "back in",
        "passes"
    );
    for (name, life) in
        [("90 days", days(90)), ("47 days", days(47)), ("6 days", SignedDuration::from_hours(160))]
    {
        for renewals in [Renewals::Announced, Renewals::SameNames, Renewals::Counted] {
            // of 6 days there are so many orders that passes are farther apart here
            let pass = if life < days(7) { SignedDuration::from_hours(1) } else { YEAR.pass };
            let scenario = Scenario { life, renewals, pass, ..YEAR };
            line(name, &scenario, &run(&scenario, &LIMITS));
        }
    }
}

fn line(life: &str, scenario: &Scenario, course: &Course) {
    let hours = |span: SignedDuration| span.as_secs_f64() / 3_600.0;
    let firsts = course
        .firsts
        .iter()
        .flatten()
        .max()
        .map_or(f64::NAN, |last| hours(last.duration_since(START)) / 24.0);
    let issued = course.orders.iter().filter(|order| order.issued).count();
    let needed = course.needed(scenario);
    let longest =
        course.lapses.iter().map(|lapse| hours(lapse.until.duration_since(lapse.from))).fold(0.0, f64::max);
    let ended = scenario.outage.map(|(from, length)| START + from + length);
    let last = course.lapses.iter().map(|lapse| lapse.until).max();
    let back = ended.zip(last).map_or(0.0, |(ended, last)| hours(last.duration_since(ended)));
    println!(
        "{life:>8} {:<12} {firsts:>5.1} d {:>9} {issued:>9} {needed:>9} {:>8} {:>8} {:>8} {longest:>7.1} h {back:>7.1} h {:>8}",
        format!("{:?}", scenario.renewals),
        course.orders.len(),
        busiest(course.orders.iter()),
        busiest(course.orders.iter().filter(|order| !order.exempt)),
        course.lapses.len(),
        course.passes,
    );
}

/// The most orders in any 3 hours.
fn busiest<'a>(orders: impl Iterator<Item = &'a Order>) -> usize {
    let times: Vec<Timestamp> = orders.map(|order| order.at).collect();
    let mut first = 0;
    let counts = times.iter().enumerate().map(|(index, at)| {
        while at.duration_since(times[first]) >= SignedDuration::from_hours(3) {
            first += 1;
        }
        index + 1 - first
    });
    counts.max().unwrap_or(0)
}

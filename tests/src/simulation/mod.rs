//! A fleet's certificates over a year: members that want them, an issuer that fails at times, and passes of the calendar.
//!
//! All names are under `.test`, so a registered domain is a name's last two labels.

pub mod checker;

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use campanile_plan::certificate::budget::{Failed, Ledger, Limits, Spent};
use campanile_plan::certificate::calendar::{Wanted, calendar};
use campanile_plan::document::values::{DomainName, MemberName};
use jiff::{SignedDuration, Timestamp};

/// How an issuer takes renewals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewals {
    /// By ARI, with `replaces`: exempt from all limits.
    Announced,
    /// Without ARI, for the same names: exempt per account and domain.
    SameNames,
    /// Counted like any order.
    Counted,
}

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Members with a registered domain of their own.
    pub alone: usize,
    /// Members that all are under one more registered domain.
    pub together: usize,
    /// How long a certificate is valid.
    pub life: SignedDuration,
    /// How renewals are taken.
    pub renewals: Renewals,
    /// How long it goes on.
    pub length: SignedDuration,
    /// One in how many orders fails; 0: none.
    pub failing: u64,
    /// Members, from the first on, whose names cannot be validated for the first ten days.
    pub hopeless: usize,
    /// When the issuer is away: from the start on, and for how long.
    pub outage: Option<(SignedDuration, SignedDuration)>,
    /// How far passes are apart at least.
    pub pass: SignedDuration,
}

/// An order as it went.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// When it was made.
    pub at: Timestamp,
    /// Whose.
    pub member: usize,
    /// Whether it was one that announced what it replaces.
    pub replaces: bool,
    /// Whether it counted neither for the account nor for a domain.
    pub exempt: bool,
    /// Whether a certificate came of it.
    pub issued: bool,
}

/// A time in which a member that once had a certificate had none that was valid.
#[derive(Debug, Clone, Copy)]
pub struct Lapse {
    /// When it ended.
    pub from: Timestamp,
    /// When the next one came, or the simulation ended.
    pub until: Timestamp,
}

/// What happened.
#[derive(Debug, Default)]
pub struct Course {
    /// What each member's certificates are for.
    pub names: Vec<BTreeSet<DomainName>>,
    /// All orders, in their order.
    pub orders: Vec<Order>,
    /// All failures, in their order.
    pub failures: Vec<Failed>,
    /// When each member had its first certificate.
    pub firsts: Vec<Option<Timestamp>>,
    /// Who was without.
    pub lapses: Vec<Lapse>,
    /// How often the calendar was asked.
    pub passes: usize,
}

impl Course {
    /// How many certificates were needed: a first one each, and one more each time that two thirds of a life were over.
    pub fn needed(&self, scenario: &Scenario) -> usize {
        let renewed = (scenario.life * 2 / 3).as_secs();
        let firsts = self.firsts.iter().flatten();
        let rests = firsts.map(|first| (START + scenario.length).duration_since(*first).as_secs());
        rests.map(|rest| 1 + usize::try_from(rest / renewed).unwrap_or(0)).sum()
    }
}

/// When every simulation begins.
pub const START: Timestamp = Timestamp::constant(1_798_761_600, 0);

struct Member {
    name: MemberName,
    names: BTreeSet<DomainName>,
    ends: Option<Timestamp>,
    from: Timestamp,
    orders: u64,
}

/// Goes through a scenario.
pub fn run(scenario: &Scenario, limits: &Limits) -> Course {
    let mut members = members(scenario);
    let mut course = Course { firsts: vec![None; members.len()], ..Course::default() };
    let mut ledger = Ledger::default();
    let mut later: BinaryHeap<Reverse<(Timestamp, usize)>> = BinaryHeap::new();
    let mut due: BTreeSet<usize> = (0..members.len()).collect();
    let end = START + scenario.length;
    let mut now = START;
    while now < end {
        while let Some(Reverse((from, member))) = later.peek().copied()
            && from <= now
        {
            later.pop();
            due.insert(member);
        }
        if let Some(back) = outage(scenario).filter(|(from, until)| (*from..*until).contains(&now)) {
            now = back.1;
            continue;
        }
        forget(&mut ledger, limits, now);
        let wanted: Vec<Wanted> = due.iter().map(|member| members[*member].wanted(scenario)).collect();
        course.passes += 1;
        let mut next = later.peek().map_or(end, |Reverse((from, _))| *from);
        for appointment in calendar(limits, &ledger, &wanted, now) {
            if appointment.at > now {
                next = next.min(appointment.at);
                break;
            }
            let index = number(&appointment.member);
            if order(&mut members[index], index, scenario, now, &mut ledger, &mut course) {
                due.remove(&index);
                later.push(Reverse((members[index].from, index)));
            } else {
                // the next pass asks when to try again
                next = now;
            }
        }
        now = next.max(now + scenario.pass);
    }
    let lapsed = members.iter().filter_map(|member| member.ends).filter(|ends| *ends < end);
    course.lapses.extend(lapsed.map(|from| Lapse { from, until: end }));
    course.names = members.into_iter().map(|member| member.names).collect();
    course
}

/// What the members of a scenario want at its start.
pub fn fleet(scenario: &Scenario) -> Vec<Wanted> {
    members(scenario).iter().map(|member| member.wanted(scenario)).collect()
}

fn outage(scenario: &Scenario) -> Option<(Timestamp, Timestamp)> {
    scenario.outage.map(|(from, length)| (START + from, START + from + length))
}

/// Leaves out of the ledger what does not count any more.
fn forget(ledger: &mut Ledger, limits: &Limits, now: Timestamp) {
    let week = limits.certificates_per_names.period.max(limits.certificates_per_domain.period);
    let old = ledger.orders.partition_point(|order| order.at + week <= now);
    ledger.orders.drain(..old);
    let old = ledger.failures.partition_point(|failed| failed.at + week <= now);
    ledger.failures.drain(..old);
}

/// Makes an order, and says whether a certificate came of it.
fn order(
    member: &mut Member,
    index: usize,
    scenario: &Scenario,
    now: Timestamp,
    ledger: &mut Ledger,
    course: &mut Course,
) -> bool {
    let Wanted { names, replaces, .. } = member.wanted(scenario);
    let exempt = member.wanted(scenario).exempt();
    member.orders += 1;
    let hopeless = index < scenario.hopeless && now < START + SignedDuration::from_hours(240);
    let unlucky = scenario.failing > 0 && lot(index, member.orders).is_multiple_of(scenario.failing);
    let issued = !hopeless && !unlucky;
    course.orders.push(Order { at: now, member: index, replaces, exempt, issued });
    if !issued && let Some(name) = names.first() {
        let failed = Failed { at: now, name: name.clone() };
        ledger.failures.push(failed.clone());
        course.failures.push(failed);
    }
    ledger.orders.push(Spent { at: now, names, exempt });
    if issued {
        match member.ends {
            None => course.firsts[index] = Some(now),
            Some(ends) if ends < now => course.lapses.push(Lapse { from: ends, until: now }),
            Some(_) => {}
        }
        member.ends = Some(now + scenario.life);
        member.from = now + scenario.renewed_after(lot(index, member.orders + 1_000_000));
    }
    issued
}

impl Scenario {
    /// After how long a certificate is renewed: with a third of its life left, or where the issuer suggests it: within
    /// 2 % of its life around that.
    fn renewed_after(&self, lot: u64) -> SignedDuration {
        let third = self.life * 2 / 3;
        if self.renewals != Renewals::Announced {
            return third;
        }
        let width = self.life.as_secs() / 25;
        third + SignedDuration::from_secs(i64::try_from(lot % 1_000).unwrap_or(0) * width / 1_000 - width / 2)
    }
}

impl Member {
    fn wanted(&self, scenario: &Scenario) -> Wanted {
        let renewal = self.ends.is_some();
        Wanted {
            member: self.name.clone(),
            names: self.names.clone(),
            ends: self.ends,
            from: self.from,
            replaces: renewal && scenario.renewals == Renewals::Announced,
            same_names: renewal && scenario.renewals != Renewals::Counted,
        }
    }
}

fn members(scenario: &Scenario) -> Vec<Member> {
    let all = (0..scenario.alone + scenario.together).map(|index| {
        let zone =
            if index < scenario.alone { format!("m{index}.test") } else { format!("m{index}.union.test") };
        Member {
            name: name(&format!("m{index}")),
            names: [name(&zone), name(&format!("www.{zone}"))].into(),
            ends: None,
            from: START,
            orders: 0,
        }
    });
    all.collect()
}

/// The number in a member's name.
fn number(member: &MemberName) -> usize {
    member.as_str()[1..].parse().unwrap_or_else(|_| panic!("{member} is not of this simulation"))
}

fn name<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text} is no name"))
}

/// A number that looks like chance and is always the same (splitmix64, Steele and others 2014).
fn lot(member: usize, order: u64) -> u64 {
    let mut mixed = (member as u64) << 32 ^ order;
    mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

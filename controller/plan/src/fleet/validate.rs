//! Validate: from documents to what should be, the whole fleet at once.

use std::collections::{BTreeMap, BTreeSet};

use super::across::{conflicts, is_same_body, losers};
use super::parse::file_of;
use super::rules::{self, Against};
use super::{Declared, Desired, DesiredMember, PLATFORM_FILE, Pinned, Treatment};
use crate::document::values::{EngineName, MemberName, Ttl};
use crate::document::{self, Member, Platform, Problem, Report};
use crate::domain;

/// The last valid texts: what is in force where today's have problems.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// That of the platform.
    pub platform: Option<String>,
    /// Those of the members.
    pub members: BTreeMap<MemberName, String>,
}

/// What should be, and everything that a person has to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validated {
    /// What should be; none if the platform's document has problems and never was valid.
    pub desired: Option<Desired>,
    /// Every problem, by file and place.
    pub problems: Vec<Problem>,
    /// Members whose document of today is valid: their texts are the new last valid ones.
    pub accepted: BTreeSet<MemberName>,
    /// Whether the platform's document of today is valid: its text is the new last valid one.
    pub platform_accepted: bool,
}

/// Validates a fleet. Whoever's document has problems stays as the last valid text in `accepted` says.
pub fn validate(declared: Declared, accepted: &Accepted) -> Validated {
    let Declared { platform, members, mut problems, pinned, mut doubts } = declared;
    let today = platform
        .filter(|platform| clean(PLATFORM_FILE, &mut problems, |report| rules::platform(platform, report)));
    let before = if today.is_none() { last_valid_platform(accepted) } else { None };
    let against = match (&today, &before) {
        (Some(platform), _) => Against::Today(platform),
        (None, Some(platform)) => Against::LastValid(platform),
        (None, None) => Against::Nothing,
    };
    if let Against::LastValid(_) = against {
        doubts.push(format!("{PLATFORM_FILE} has problems, and the last valid one is in force"));
    }
    let names: Vec<MemberName> = members.keys().cloned().collect();
    let in_force = in_force(members, &accepted.members, against, &mut problems);
    doubts.extend(renamed(&names, in_force.valid.iter().chain(&in_force.fallback), &accepted.members));
    let problems = told(problems, &pinned);
    let accepted = in_force.valid.keys().cloned().collect();
    let platform_accepted = today.is_some();
    let desired = today.or(before).map(|platform| assemble(platform, &names, in_force, pinned, doubts));
    Validated { desired, problems, accepted, platform_accepted }
}

/// The documents that are in force.
struct InForce {
    /// Today's.
    valid: BTreeMap<MemberName, Member>,
    /// The last valid ones of those whose document of today has problems.
    fallback: BTreeMap<MemberName, Member>,
}

fn in_force(
    members: BTreeMap<MemberName, Option<Member>>,
    accepted: &BTreeMap<MemberName, String>,
    against: Against,
    problems: &mut Vec<Problem>,
) -> InForce {
    let broken: Vec<MemberName> =
        members.iter().filter(|(_, member)| member.is_none()).map(|(name, _)| name.clone()).collect();
    let parsed = members.into_iter().filter_map(|(name, member)| Some((name, member?)));
    let (mut valid, unruly): (BTreeMap<MemberName, Member>, BTreeMap<MemberName, Member>) =
        parsed.partition(|(name, member)| {
            clean(&file_of(name), problems, |report| rules::member(member, against, report))
        });
    problems.extend(also_contested(&valid, &unruly));
    let mut fallback = last_valid(broken.iter().chain(unruly.keys()), accepted, against);
    let found = contested(&valid, &fallback, accepted);
    let lost = losers(&found);
    problems
        .extend(found.into_iter().filter(|(name, _)| valid.contains_key(name)).map(|(_, problem)| problem));
    fallback.extend(last_valid(lost.iter().filter(|name| valid.contains_key(*name)), accepted, against));
    valid.retain(|name, _| !lost.contains(name));
    // a last valid document that clashes with somebody's valid one of today is left alone
    let still = losers(&contested(&valid, &fallback, accepted));
    fallback.retain(|name, _| !still.contains(name));
    InForce { valid, fallback }
}

/// The platform's last valid document, as far as it is still valid.
fn last_valid_platform(accepted: &Accepted) -> Option<Platform> {
    let platform: Platform = document::parse(PLATFORM_FILE, accepted.platform.as_ref()?).ok()?;
    let mut report = Report::about(PLATFORM_FILE);
    rules::platform(&platform, &mut report);
    report.is_clean().then_some(platform)
}

/// The problems by file and place, each once; of a document that is not the one in git, it is said.
fn told(mut problems: Vec<Problem>, pinned: &BTreeMap<MemberName, Pinned>) -> Vec<Problem> {
    for (member, pinned) in pinned {
        let file = file_of(member);
        for problem in problems.iter_mut().filter(|problem| problem.file == file) {
            problem.message = pinned.about(member, &problem.message);
        }
    }
    problems.sort();
    problems.dedup();
    problems
}

/// Members that left while another one has their identity or domain: their data would not follow the new name.
fn renamed<'a>(
    names: &[MemberName],
    today: impl Iterator<Item = (&'a MemberName, &'a Member)>,
    accepted: &BTreeMap<MemberName, String>,
) -> Vec<String> {
    let there: BTreeSet<&MemberName> = names.iter().collect();
    let left = last_valid(accepted.keys().filter(|name| !there.contains(name)), accepted, Against::Nothing);
    if left.is_empty() {
        return Vec::new();
    }
    let today: Vec<_> = today.collect();
    let same = left.iter().filter_map(|(old, member)| {
        let (new, _) = today.iter().find(|(_, other)| is_same_body(member, other))?;
        Some(format!("{new} seems to be {old} under a new name, and {old}'s volumes do not follow"))
    });
    same.collect()
}

/// Runs a rule and says whether it found nothing.
fn clean(file: &str, problems: &mut Vec<Problem>, rule: impl FnOnce(&mut Report)) -> bool {
    let mut report = Report::about(file);
    rule(&mut report);
    let clean = report.is_clean();
    problems.extend(report.into_problems());
    clean
}

/// The last valid documents of some members, as far as they are still valid.
fn last_valid<'a>(
    names: impl Iterator<Item = &'a MemberName>,
    accepted: &BTreeMap<MemberName, String>,
    against: Against,
) -> BTreeMap<MemberName, Member> {
    let parsed = names.filter_map(|name| {
        let member: Member = document::parse(&file_of(name), accepted.get(name)?).ok()?;
        let mut report = Report::about(&file_of(name));
        rules::member(&member, against, &mut report);
        (report.is_clean() && member.metadata.name.value == *name).then(|| (name.clone(), member))
    });
    parsed.collect()
}

/// What documents with other problems claim of valid ones: said now, so that one round of mending is enough.
fn also_contested(
    valid: &BTreeMap<MemberName, Member>,
    unruly: &BTreeMap<MemberName, Member>,
) -> Vec<Problem> {
    let all = valid.iter().chain(unruly).map(|(name, member)| (name.clone(), member)).collect();
    let found = if unruly.is_empty() { Vec::new() } else { conflicts(&all, valid) };
    found.into_iter().filter(|(name, _)| unruly.contains_key(name)).map(|(_, problem)| problem).collect()
}

/// Conflicts among documents; those who were accepted before are asked only where there is one.
fn contested(
    valid: &BTreeMap<MemberName, Member>,
    fallback: &BTreeMap<MemberName, Member>,
    accepted: &BTreeMap<MemberName, String>,
) -> Vec<(MemberName, Problem)> {
    let all: BTreeMap<MemberName, &Member> =
        valid.iter().chain(fallback).map(|(name, member)| (name.clone(), member)).collect();
    let found = conflicts(&all, &BTreeMap::new());
    if found.is_empty() {
        return found;
    }
    let holders = last_valid(all.keys(), accepted, Against::Nothing);
    conflicts(&all, &holders)
}

fn assemble(
    platform: Platform,
    names: &[MemberName],
    InForce { valid, fallback }: InForce,
    pinned: BTreeMap<MemberName, Pinned>,
    mut doubts: Vec<String>,
) -> Desired {
    let ttl = platform.spec.dns.as_ref().and_then(|dns| dns.ttl).unwrap_or(Ttl::HOUR);
    let first = platform.spec.engines.value.first().map(|engine| engine.name.value.clone());
    let member = |member: Member, treatment: Treatment| {
        let engine = member.spec.engine().map(|engine| engine.value.clone()).or_else(|| first.clone());
        let treatment = if member.spec.suspend { Treatment::Suspended } else { treatment };
        // it is valid: there is nothing to report
        let records = domain::declared(&member.spec.domain, ttl, &mut Report::about(""));
        engine.map(|engine: EngineName| DesiredMember { spec: member.spec, records, engine, treatment })
    };
    let today = valid.into_iter().map(|(name, document)| (name, member(document, Treatment::Change)));
    let members: BTreeMap<MemberName, DesiredMember> = today
        .chain(fallback.into_iter().map(|(name, document)| (name, member(document, Treatment::LastValid))))
        .filter_map(|(name, member)| member.map(|member| (name, member)))
        .collect();
    let unknown: BTreeSet<MemberName> =
        names.iter().filter(|name| !members.contains_key(*name)).cloned().collect();
    // somebody who seems to have left may be behind it, under a new name
    doubts.extend(
        unknown.iter().map(|name| format!("{} was never valid, and may be anybody's", file_of(name))),
    );
    Desired { platform, members, unknown, pinned, doubts }
}

//! From a look to what is known: judged by the brain, with since when each condition is so.

use std::collections::BTreeMap;
use std::sync::Arc;

use campanile_plan::certificate::{budget, limits};
use campanile_plan::document::values::{DomainName, IssuerName, MemberName};
use campanile_plan::fleet::{Desired, DesiredMember};
use campanile_plan::observed::Observed;
use campanile_plan::plan::Plan;
use campanile_plan::report::{self, Facts, MemberReport, Status};
use jiff::{SignedDuration, Timestamp};

use super::{Asked, Known, KnownDns, KnownZone, Member, Since, Spending};
use crate::audit::known::KnownAudit;
use crate::fleet::Fleet;
use crate::history::Conditions;
use crate::pass::Failures;

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The fleet.
    pub fleet: &'a Fleet,
    /// What should be.
    pub desired: &'a Desired,
    /// What was seen.
    pub observed: &'a Observed,
    /// What would still have to be done.
    pub plan: &'a Plan,
    /// Lanes that failed.
    pub failures: &'a Failures,
    /// What each host answered from outside.
    pub answers: &'a BTreeMap<DomainName, Asked>,
    /// The last audit of the fleet; none before the first.
    pub audit: Option<&'a Arc<KnownAudit>>,
    /// Now.
    pub now: Timestamp,
}

impl Evidence<'_> {
    /// Says what can be said of every member.
    pub fn judge(&self) -> Vec<MemberReport> {
        let Self { fleet, desired, observed, plan, failures, answers, audit, now } = *self;
        let failures = words(failures);
        let shown =
            answers.iter().filter_map(|(host, asked)| Some((host.clone(), asked.shown.clone()?))).collect();
        let answers = answers.iter().map(|(host, asked)| (host.clone(), asked.answer.clone())).collect();
        report::report(&Facts {
            desired,
            observed,
            plan,
            problems: &fleet.problems,
            failures: &failures,
            answers: &answers,
            shown: &shown,
            audits: &audit.map(|audit| audit.said()).unwrap_or_default(),
            now,
        })
    }

    /// What is known by these reports; `since` is what was known before, by member and type of condition.
    pub fn known(&self, reports: Vec<MemberReport>, since: &Times) -> Known {
        let commit = &self.fleet.snapshot.commit;
        let member = |report: MemberReport| {
            let known = since.get(report.name.as_str());
            let conditions = report.conditions.into_iter().map(|condition| {
                let noted = known.and_then(|known| known.get(condition.kind));
                let noted = noted.filter(|(before, _)| *before == condition.status);
                let last_transition_time = noted.map_or(self.now, |(_, time)| *time);
                Since { condition, observed_commit: commit.clone(), last_transition_time }
            });
            Member {
                name: report.name,
                ready: report.ready,
                commit: commit.clone(),
                conditions: conditions.collect(),
            }
        };
        let certificates = self.observed.certificates.iter();
        Known {
            commit: commit.clone(),
            members: reports.into_iter().map(member).collect(),
            retired: report::retired(self.desired, self.observed),
            answers: self.answers.clone(),
            certificates: certificates
                .map(|(name, certificate)| (name.clone(), certificate.not_after))
                .collect(),
            issuers: self.spending(),
            dns: self.dns(),
            audit: self.audit.cloned(),
        }
    }

    fn dns(&self) -> Option<KnownDns> {
        let dns = self.observed.dns.as_ref()?;
        // what was seen before it went away says nothing of now
        let is_up = dns.away.is_none();
        let members = self.desired.members.iter().filter(|_| is_up);
        let zone = |(member, declared): (&MemberName, &DesiredMember)| {
            let zone = &declared.spec.domain.name.value;
            let there = dns.zones.get(zone)?.as_ref().ok()?;
            let served = dns.served.get(zone).into_iter().flatten();
            let known = KnownZone {
                member: member.clone(),
                serial: there.serial,
                records: there.records.values().map(|set| set.data.len()).sum(),
                signed_until: there.signed_until,
                served: served
                    .map(|(server, answer)| (server.clone(), answer.as_ref().ok().copied()))
                    .collect(),
            };
            Some((zone.clone(), known))
        };
        Some(KnownDns { is_up, zones: members.filter_map(zone).collect() })
    }
}

impl Evidence<'_> {
    /// What was spent at each issuer.
    fn spending(&self) -> BTreeMap<IssuerName, Spending> {
        let week = self.now.checked_sub(SignedDuration::from_hours(7 * 24)).unwrap_or(Timestamp::MIN);
        let issuers = self.desired.platform.spec.issuers.iter().filter_map(|issuer| {
            let name = &issuer.name.value;
            let ledger = self.observed.ledgers.get(name)?;
            let left = budget::left(&limits(issuer), ledger, self.now).orders;
            let spending = Spending {
                orders: ledger.orders.iter().filter(|order| order.at > week).count(),
                failures: ledger.failures.iter().filter(|failed| failed.at > week).count(),
                left: usize::try_from(left).unwrap_or(usize::MAX),
                open: self.observed.orders.values().filter(|order| order.issuer == *name).count(),
            };
            Some((name.clone(), spending))
        });
        issuers.collect()
    }
}

/// The members that work under their documents of today: what a rollback may go back to. One that is left as it is shows
/// nothing of its document.
pub fn working(reports: &[MemberReport]) -> impl Iterator<Item = &MemberName> {
    let suspended =
        |report: &MemberReport| report.conditions.iter().any(|condition| condition.reason == "Suspended");
    reports.iter().filter(move |report| report.ready && !suspended(report)).map(|report| &report.name)
}

/// Status, and since when it is so, by member and type of condition.
pub type Times = BTreeMap<String, BTreeMap<String, (Status, Timestamp)>>;

impl Known {
    /// Since when each condition is as it is.
    pub fn times(&self) -> Times {
        let conditions = |member: &Member| {
            let conditions =
                member.conditions.iter().map(|Since { condition, last_transition_time, .. }| {
                    (condition.kind.to_owned(), (condition.status, *last_transition_time))
                });
            conditions.collect()
        };
        self.members.iter().map(|member| (member.name.to_string(), conditions(member))).collect()
    }
}

/// Since when each condition was as it was last noted.
pub fn times(noted: &Conditions) -> Times {
    let times = noted.iter().map(|(member, conditions)| {
        let times =
            conditions.iter().map(|(kind, noted)| (kind.clone(), (noted.status, noted.last_transition_time)));
        (member.clone(), times.collect())
    });
    times.collect()
}

/// Each failure as people read it, by lane.
pub fn words(failures: &Failures) -> BTreeMap<String, String> {
    failures.iter().map(|(lane, failure)| (lane.clone(), failure.to_string())).collect()
}

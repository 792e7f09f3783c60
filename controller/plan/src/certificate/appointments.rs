//! When each order may be placed: the budgets of all issuers, gone through for every member that needs a certificate now.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::budget::{Limits, Rate};
use super::calendar::{self, Appointment, calendar};
use super::need::{Wanted, due, reason};
use super::{Asked, ObservedCertificate, Window, names};
use crate::document::values::{self, IssuerName, MemberName};
use crate::document::{Issuer, IssuerLimits};

/// What every member that needs a certificate now waits for.
pub(super) struct Calendar<'a> {
    entries: BTreeMap<&'a MemberName, Entry<'a>>,
}

/// One of them.
pub(super) struct Entry<'a> {
    /// What it needs.
    pub wanted: Wanted,
    /// The window of the certificate that is renewed.
    pub window: Option<&'a Window>,
    /// Whether the issuer counts it as a renewal.
    pub exempt: bool,
    /// When it may order.
    pub appointment: Appointment,
}

impl<'a> Calendar<'a> {
    /// Everybody's appointments, also where only one member is asked about: the budget is one.
    pub fn of(asked: &Asked<'a>) -> Self {
        let mut entries = BTreeMap::new();
        for issuer in &asked.desired.platform.spec.issuers {
            let needs: BTreeMap<_, _> = needs(asked, &issuer.name.value).collect();
            let wanted: Vec<calendar::Wanted> =
                needs.iter().map(|(name, need)| need.asked_for(name)).collect();
            let limits = limits(issuer);
            // without it nobody could say how much is left
            let Some(ledger) = asked.observed.ledgers.get(&issuer.name.value) else { continue };
            let mut appointments: BTreeMap<MemberName, Appointment> =
                calendar(&limits, ledger, &wanted, asked.now)
                    .into_iter()
                    .map(|appointment| (appointment.member.clone(), appointment))
                    .collect();
            let exempt: BTreeMap<_, _> =
                wanted.iter().map(|wanted| (&wanted.member, wanted.exempt())).collect();
            for (name, need) in needs {
                let Some(appointment) = appointments.remove(name) else { continue };
                let exempt = exempt.get(name).copied().unwrap_or_default();
                let entry = Entry { wanted: need.wanted, window: need.window, exempt, appointment };
                entries.insert(name, entry);
            }
        }
        Self { entries }
    }

    /// That of one member; none if it needs nothing.
    pub fn get(&self, member: &MemberName) -> Option<&Entry<'a>> {
        self.entries.get(member)
    }
}

/// A certificate that is needed now.
struct Need<'a> {
    wanted: Wanted,
    there: Option<&'a ObservedCertificate>,
    window: Option<&'a Window>,
}

fn needs<'a>(asked: &Asked<'a>, issuer: &IssuerName) -> impl Iterator<Item = (&'a MemberName, Need<'a>)> {
    let Asked { desired, observed, now, .. } = *asked;
    desired.members.iter().filter_map(move |(name, member)| {
        let is_idle = !member.may_change() || observed.orders.contains_key(name);
        if is_idle || member.spec.issuer() != *issuer || names(&member.spec).is_empty() {
            return None;
        }
        let wanted = super::wanted(desired, observed, member)?;
        let there = observed.certificates.get(name);
        reason(there, &wanted, now)?;
        let renewed = there.filter(|there| there.signer == wanted.signer);
        Some((name, Need { wanted, there, window: renewed.and_then(|there| there.window.as_ref()) }))
    })
}

impl Need<'_> {
    /// The same, as the calendar takes it.
    fn asked_for(&self, member: &MemberName) -> calendar::Wanted {
        let Self { wanted, there, window } = self;
        let same_names = there.is_some_and(|there| wanted.renews(there));
        let from = match there {
            Some(there) if wanted.is(there) => due(there),
            Some(there) => there.not_before,
            None => Timestamp::UNIX_EPOCH,
        };
        calendar::Wanted {
            member: member.clone(),
            names: wanted.names.iter().map(|name| name.domain().clone()).collect(),
            ends: there.map(|there| there.not_after),
            from,
            replaces: window.is_some() && same_names,
            same_names,
        }
    }
}

/// The figures of an issuer.
pub fn limits(issuer: &Issuer) -> Limits {
    let usual = Limits::lets_encrypt();
    let Some(declared) = &issuer.limits else { return usual };
    let IssuerLimits {
        orders_per_account,
        certificates_per_domain,
        certificates_per_names,
        failures_per_name,
    } = declared;
    let rate = |declared: &Option<values::Rate>, usual: Rate| {
        declared.map_or(usual, |rate| Rate {
            count: rate.count(),
            period: SignedDuration::from_secs(rate.seconds().into()),
        })
    };
    Limits {
        orders_per_account: rate(orders_per_account, usual.orders_per_account),
        certificates_per_domain: rate(certificates_per_domain, usual.certificates_per_domain),
        certificates_per_names: rate(certificates_per_names, usual.certificates_per_names),
        failures_per_name: rate(failures_per_name, usual.failures_per_name),
    }
}

//! Rules on the domain's mail.

pub mod certificate;
pub mod dane_wrong;
pub mod dkim_missing;
pub mod dkim_weak;
pub mod dmarc_missing;
pub mod dmarc_none;
pub mod mta_sts;
pub mod no_dane;
pub mod no_starttls;
pub mod not_told;
pub mod spf_broken;
pub mod spf_missing;
pub mod spf_weak;
pub mod tls_reporting;
pub mod unreachable;
pub mod weak_tls;

use super::prelude::{Facts, Found};
use crate::facts::Mail;
#[cfg(test)]
use crate::facts::{Dane, Policy, Tls};

/// Asks about the mail, where it was looked at.
fn on_mail<I: IntoIterator<Item = Found>>(facts: &Facts, ask: impl Fn(&Mail) -> I) -> Vec<Found> {
    let mail = facts.mail.iter();
    mail.flat_map(|mail| ask(mail).into_iter().map(|found| found.at(&mail.domain))).collect()
}

#[cfg(test)]
fn policy(policy: &mut crate::Answer<Policy>) -> &mut Policy {
    let crate::Answer::Known(policy) = policy else { panic!("the policy is unknown") };
    policy
}

#[cfg(test)]
fn tls(facts: &mut Facts) -> &mut Tls {
    super::cases::exchanger(facts).tls.as_mut().unwrap()
}

#[cfg(test)]
fn dane(facts: &mut Facts) -> &mut Dane {
    let crate::Answer::Known(dane) = &mut super::cases::exchanger(facts).dane else {
        panic!("DANE is unknown")
    };
    dane
}

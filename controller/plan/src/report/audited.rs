//! What the last audit from outside says of a member. It is told beside the rest and never makes a member unready: a site
//! that is served does not go back because a header is missing, and one that was never audited lacks nothing.

use jiff::{SignedDuration, Timestamp};

use super::{Condition, Facts, Status, condition};
use crate::document::values::MemberName;

/// The conditions of the audit.
const KINDS: &[&str] = &["CertificateTrusted", "HttpsSecure", "DnsSecure", "MailSecure"];
/// What is older than so many hours says nothing of today.
const HOURS: i64 = 72;

/// What an audit says of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// When it was looked at.
    pub at: Timestamp,
    /// `CertificateTrusted`: every host shows a certificate that browsers take.
    pub certificate: Said,
    /// `HttpsSecure`: the body's class is *sicuro*.
    pub https: Said,
    /// `DnsSecure`: nothing weighty is wrong with its zone; none where it was not looked at.
    pub dns: Option<Said>,
    /// `MailSecure`: nothing weighty is wrong with its mail; none where it was not looked at.
    pub mail: Option<Said>,
}

/// One thing that an audit says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Whether it is so.
    pub status: Status,
    /// Why, in one word for programs.
    pub reason: &'static str,
    /// Why, for people.
    pub message: String,
}

impl Condition {
    /// Whether a member is only ready while it is true. Who may not ask the parent's name servers has its members ready.
    pub fn counts(&self) -> bool {
        let is_not_told = self.kind == "ZoneDelegated" && self.status == Status::Unknown;
        !KINDS.contains(&self.kind) && !is_not_told
    }
}

/// What was said of a member by the last audit; nothing of one that was never looked at.
pub(super) fn conditions(facts: &Facts, name: &MemberName) -> Vec<Condition> {
    let Some(audited) = facts.audits.get(name) else { return Vec::new() };
    let Audited { at, certificate, https, dns, mail } = audited;
    let is_old = facts.now.duration_since(*at) > SignedDuration::from_hours(HOURS);
    let said = [Some(certificate), Some(https), dns.as_ref(), mail.as_ref()];
    let told = KINDS.iter().zip(said).filter_map(|(kind, said)| Some((kind, said?)));
    told.map(|(kind, Said { status, reason, message })| {
        if is_old {
            let message = format!("last looked at on {}: {message}", at.strftime("%Y-%m-%d"));
            return condition(kind, Status::Unknown, "Old", message);
        }
        condition(kind, *status, reason, message.clone())
    })
    .collect()
}

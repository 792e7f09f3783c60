//! What is known of the fleet after a look: what `status` prints, the daemon publishes, and metrics are made of.

mod judged;
mod words;

pub use judged::{Evidence, Times, times, words, working};
pub use words::{LastWords, Spoke, listen};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use campanile_plan::docker::Answer;
use campanile_plan::document::values::{DomainName, IssuerName, MemberName};
use campanile_plan::report::{Condition, MemberReport, Retired, Status};
use jiff::Timestamp;
use serde::Serialize;

use crate::audit::known::KnownAudit;

/// The members as they are now.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Known {
    /// The commit of the fleet; none for a folder.
    pub commit: Option<String>,
    /// Every member.
    pub members: Vec<Member>,
    /// Members that left and whose volumes wait.
    pub retired: BTreeSet<Retired>,
    /// What each host answered from outside.
    #[serde(skip)]
    pub answers: BTreeMap<DomainName, Asked>,
    /// Until when each member's certificate is valid.
    #[serde(skip)]
    pub certificates: BTreeMap<MemberName, Timestamp>,
    /// What was spent at each issuer of certificates, as far as that can be read.
    #[serde(skip)]
    pub issuers: BTreeMap<IssuerName, Spending>,
    /// The zones; none where the platform names no name server.
    #[serde(skip)]
    pub dns: Option<KnownDns>,
    /// The last audit of the fleet; none before the first.
    #[serde(skip)]
    pub audit: Option<Arc<KnownAudit>>,
}

/// What was spent at an issuer of certificates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spending {
    /// Orders in the last seven days.
    pub orders: usize,
    /// Names that failed in the last seven days.
    pub failures: usize,
    /// Orders that its limit for our account still lets through.
    pub left: usize,
    /// Orders that are open.
    pub open: usize,
}

/// The zones as they were last seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KnownDns {
    /// Whether the server that is changed answered.
    pub is_up: bool,
    /// Every zone that could be read.
    pub zones: BTreeMap<DomainName, KnownZone>,
}

/// A member's zone in numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownZone {
    /// Whose it is.
    pub member: MemberName,
    /// Its serial at the server that is changed.
    pub serial: u32,
    /// How many records it has.
    pub records: usize,
    /// When the first of its signatures ends.
    pub signed_until: Option<Timestamp>,
    /// Its serial at every name server; none where there was no good answer.
    pub served: BTreeMap<DomainName, Option<u32>>,
}

/// What a host answered from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Whose host it is.
    pub member: MemberName,
    /// The answer.
    pub answer: Answer,
    /// SHA-256 of the certificate that it showed; none where no handshake came to its end.
    pub shown: Option<String>,
    /// From connecting to the answer's head, in seconds.
    pub seconds: f64,
}

/// A member as JSON and tables show it.
#[derive(Debug, Clone, Serialize)]
pub struct Member {
    /// The member.
    pub name: MemberName,
    /// Every condition is true.
    pub ready: bool,
    /// The commit that was looked at.
    pub commit: Option<String>,
    /// Its conditions.
    pub conditions: Vec<Since>,
}

/// A condition, and since when it is so.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Since {
    /// The condition.
    #[serde(flatten)]
    pub condition: Condition,
    /// The commit that the condition was last judged at; none for a folder.
    pub observed_commit: Option<String>,
    /// Since when its status is what it is.
    pub last_transition_time: Timestamp,
}

impl Member {
    /// Whether its engine is away: then nothing else can be said.
    pub fn waits_for_engine(&self) -> bool {
        let away = |since: &Since| {
            (since.condition.kind, since.condition.reason) == ("EngineReachable", "Unreachable")
        };
        self.conditions.iter().any(away)
    }

    /// What was said of it, without since when.
    pub fn report(&self) -> MemberReport {
        let conditions = self.conditions.iter().map(|since| since.condition.clone()).collect();
        MemberReport { name: self.name.clone(), ready: self.ready, conditions }
    }

    /// The first condition that is not as it should be.
    pub fn first_trouble(&self) -> String {
        let troubled = self.conditions.iter().find(|since| since.condition.status != Status::True);
        troubled.map_or_else(String::new, |since| {
            format!("{} ({})", since.condition.message, since.condition.kind)
        })
    }
}

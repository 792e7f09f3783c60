//! The last audit of the fleet: what conditions and metrics are made of.

use std::collections::BTreeMap;

use campanile_audit::rules::{Area, Weight};
use campanile_plan::document::values::MemberName;
use campanile_plan::report::{Audited, Said, Status};
use jiff::Timestamp;

use super::store::{Store, StoreError, Summary, UNCERTAIN};

/// The scope of the fleet's own runs.
pub const FLEET: &str = "fleet";
/// Runs that are read: what was last known of a member holds for three days.
const RUNS: usize = 3;
/// Rules that a message names, at most.
const NAMED: usize = 3;

/// The last audit of the fleet that came to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownAudit {
    /// When it ended.
    pub ended: Timestamp,
    /// How long it took.
    pub seconds: f64,
    /// Connections that it opened.
    pub connections: u64,
    /// Every member that was looked at, and when.
    pub members: BTreeMap<MemberName, (Timestamp, Summary)>,
}

impl KnownAudit {
    /// Reads it; none where there was none yet.
    pub fn read(store: &Store) -> Result<Option<Self>, StoreError> {
        let Some(row) = store.last(FLEET, None)? else { return Ok(None) };
        let Some(run) = row.about else { return Ok(None) };
        let mut members = BTreeMap::new();
        // one that is in maintenance tonight was looked at the night before
        for past in store.runs(Some(FLEET), RUNS)? {
            store.each_summary(past.id, |subject, at, summary| {
                if let Ok(name) = subject.parse() {
                    members.entry(name).or_insert((at, summary));
                }
            })?;
        }
        Ok(Some(Self {
            ended: run.ended,
            seconds: run.ended.duration_since(run.begun).as_secs_f64(),
            connections: run.connections,
            members,
        }))
    }

    /// What is said of every member.
    pub fn said(&self) -> BTreeMap<MemberName, Audited> {
        let audited = |(at, summary): &(Timestamp, Summary)| Audited {
            at: *at,
            certificate: certificate(summary),
            https: https(summary),
            dns: summary.has_domain.then(|| area(summary, Area::Dns)),
            mail: summary.has_mail.then(|| area(summary, Area::Mail)),
        };
        self.members.iter().map(|(name, seen)| (name.clone(), audited(seen))).collect()
    }
}

fn said(status: Status, reason: &'static str, message: impl Into<String>) -> Said {
    Said { status, reason, message: message.into() }
}

fn certificate(summary: &Summary) -> Said {
    match (summary.trusted, summary.ends.values().min()) {
        (Some(true), Some(end)) => {
            said(Status::True, "Trusted", format!("browsers take it, until {}", end.strftime("%Y-%m-%d")))
        }
        (Some(true), None) => said(Status::True, "Trusted", "browsers take it"),
        (Some(false), _) => {
            let shown: Vec<&str> = summary.untrusted.iter().take(NAMED).map(String::as_str).collect();
            said(Status::False, "NotTrusted", format!("browsers do not take that of {}", shown.join(", ")))
        }
        (None, _) => said(Status::Unknown, "NotSeen", "no host showed a certificate"),
    }
}

fn https(summary: &Summary) -> Said {
    let class = summary.class.as_str();
    let message = match named(summary, &[Area::Certificate, Area::Tls, Area::Web, Area::Cms]) {
        rules if rules.is_empty() => class.to_owned(),
        rules => format!("{class}: {rules}"),
    };
    match class {
        "sicuro" => said(Status::True, "Secure", class),
        UNCERTAIN => said(Status::Unknown, "NotTold", "too much could not be told"),
        "mal configurato" => said(Status::False, "Misconfigured", message),
        "senza HTTPS" => said(Status::False, "NoHttps", message),
        _ => said(Status::False, "Grave", message),
    }
}

/// Whether nothing weighty is wrong in an area.
fn area(summary: &Summary, area: Area) -> Said {
    let rules = named(summary, &[area]);
    if !rules.is_empty() {
        return said(Status::False, "Findings", rules);
    }
    let untold = summary.found.values().any(|found| {
        found.area == area && found.weight >= Weight::Major && found.fails == 0 && found.unknown > 0
    });
    if untold {
        return said(Status::Unknown, "NotTold", "not all could be told");
    }
    said(Status::True, "Sound", "nothing weighty is wrong")
}

/// The rules of some areas by which something weighty is wrong.
fn named(summary: &Summary, areas: &[Area]) -> String {
    let weighty = summary
        .found
        .iter()
        .filter(|(_, found)| areas.contains(&found.area) && found.weight >= Weight::Major && found.fails > 0);
    let names: Vec<&str> = weighty.map(|(rule, _)| rule.as_str()).collect();
    let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} (and {more} more)"),
    }
}

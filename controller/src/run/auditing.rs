//! The nightly audit: on the platform's schedule, beside the passes and never in their way, kept and hung up when it ends.

use std::sync::Arc;
use std::time::Duration;

use campanile_audit::Language;
use campanile_plan::document::PlatformAudit;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{Daemon, InForce};
use crate::audit::going::{Audit, AuditError, Done, Into};
use crate::audit::known::FLEET;
use crate::audit::settings::Settings;
use crate::audit::store::{Bounds, Store, StoreError};
use crate::audit::targets::of_fleet;
use crate::audit::writing::{Form, to_file};
use crate::world::chain;

/// When it begins, where the platform does not say.
const SCHEDULE: Time = Time::constant(2, 30, 0, 0);
/// Up to so much later, where the platform does not say.
const JITTER: SignedDuration = SignedDuration::from_mins(15);
/// One that was missed, because the daemon was not there, is made up for so long.
const WINDOW: SignedDuration = SignedDuration::from_hours(4);
/// The longest wait between two looks at the schedule: the document may change, and clocks do.
const LOOK_AGAIN: Duration = Duration::from_mins(1);
/// Members that are looked at at once.
const AT_ONCE: usize = 8;
/// Reports of the last audit, in the state folder.
const FOLDER: &str = "audit";

/// Audits, as long as the daemon runs.
pub async fn audit_nightly(daemon: Arc<Daemon>) {
    let store = loop {
        match daemon.open_audits() {
            Ok(store) => break store,
            Err(error) => daemon.trouble("audit", Some(chain(&error))),
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    };
    let mut read = None;
    loop {
        // also one that somebody asked for with `campanile audit`
        let last = store.last(FLEET, None).ok().flatten().map(|row| row.id);
        if read != Some(last) {
            daemon.read_audit(&store);
            read = Some(last);
        }
        tokio::time::sleep(wait(&daemon, &store)).await;
        let Some(fleet) = daemon.in_force() else { continue };
        let Some(audit) = fleet.desired.platform.spec.audit.clone() else { continue };
        if !is_due(&daemon, &store, &audit, &fleet) {
            continue;
        }
        match night(&daemon, &store, &audit, &fleet).await {
            Ok(()) => daemon.trouble("audit", None),
            Err(error) => {
                daemon.trouble("audit", Some(format!("the nightly audit: {}", chain(&error))));
                tokio::time::sleep(LOOK_AGAIN * 5).await;
            }
        }
    }
}

/// How long nothing is due.
fn wait(daemon: &Daemon, store: &Store) -> Duration {
    let next = daemon.in_force().and_then(|fleet| {
        let audit = fleet.desired.platform.spec.audit.clone()?;
        let last = last_begun(store).ok()?;
        Some(next(Timestamp::now(), last, &audit, fleet.desired.name().as_str()))
    });
    let left = next
        .map_or(LOOK_AGAIN, |at| Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default());
    left.min(LOOK_AGAIN).max(Duration::from_millis(200))
}

fn is_due(daemon: &Daemon, store: &Store, audit: &PlatformAudit, fleet: &InForce) -> bool {
    match last_begun(store) {
        Ok(last) => {
            let now = Timestamp::now();
            next(now, last, audit, fleet.desired.name().as_str()) <= now
        }
        Err(error) => {
            daemon.trouble("audit", Some(chain(&error)));
            false
        }
    }
}

/// When the last audit of the fleet began that came to its end.
fn last_begun(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    Ok(store.last(FLEET, None)?.map(|row| row.begun))
}

/// When the next audit is due: the first appointment that no audit kept, unless it is too long ago. An audit that somebody
/// asked for in the window counts.
fn next(now: Timestamp, last: Option<Timestamp>, audit: &PlatformAudit, platform: &str) -> Timestamp {
    let today = now.to_zoned(TimeZone::UTC).date();
    let nights = (-1..=2).filter_map(|days| today.checked_add(SignedDuration::from_hours(24 * days)).ok());
    let appointments = nights.filter_map(|night| appointment(night, audit, platform));
    let open = |at: &(Timestamp, Timestamp)| {
        let kept = last.is_some_and(|last| last >= at.0);
        let missed = now.duration_since(at.1) > WINDOW;
        !kept && !missed
    };
    appointments.filter(open).map(|(_, at)| at).min().unwrap_or(Timestamp::MAX)
}

/// When an audit may begin in a night, and when it does.
fn appointment(
    night: jiff::civil::Date,
    audit: &PlatformAudit,
    platform: &str,
) -> Option<(Timestamp, Timestamp)> {
    let time = audit.schedule.map_or(SCHEDULE, campanile_plan::document::values::TimeOfDay::time);
    let begins = night.to_datetime(time).to_zoned(TimeZone::UTC).ok()?.timestamp();
    let jitter = audit.jitter.map_or(JITTER, |jitter| SignedDuration::from_secs(i64::from(jitter.count())));
    // by the hash of platform and night: a restart in between changes nothing
    let hash = Sha256::digest(format!("{platform} {night}"));
    let [a, b, c, d] = hash.first_chunk::<4>().copied().unwrap_or_default();
    let share = f64::from(u32::from_be_bytes([a, b, c, d])) / f64::from(u32::MAX);
    let later = SignedDuration::try_from_secs_f64(jitter.as_secs_f64() * share).ok()?;
    Some((begins, begins.checked_add(later).ok()?))
}

/// One audit of the whole fleet.
async fn night(
    daemon: &Daemon,
    store: &Store,
    document: &PlatformAudit,
    fleet: &InForce,
) -> Result<(), AuditError> {
    let settings = Settings { at_once: AT_ONCE, ..Settings::of_platform(document) };
    // what an attacker would ask, a person asks for in daylight
    let audit = Audit::new(&settings, false)?;
    let members = of_fleet(&fleet.desired, Timestamp::now());
    for (member, why) in &members.left_out {
        tracing::info!(%member, why, "not audited");
    }
    let Some(_lock) = Store::lock(daemon.state.folder())? else {
        tracing::info!("another audit is under way; this one waits");
        tokio::time::sleep(LOOK_AGAIN).await;
        return Ok(());
    };
    let into = Into { store, scope: FLEET, resting: &members.resting };
    tracing::info!(members = members.targets.len(), "audit begins");
    let begun = std::time::Instant::now();
    let done = audit.go(members.targets, into, |_| {}, daemon.stopped()).await?;
    let Some(Done { run, lost }) = done else {
        tracing::info!("audit stopped; the next start goes on from there");
        return Ok(());
    };
    for subject in lost {
        tracing::error!(subject, "not looked at: a fault of the program");
    }
    daemon.read_audit(store);
    let kept = keep_reports(daemon, store, run);
    daemon.trouble("audit reports", kept.err());
    let pruned =
        store.prune(Timestamp::now(), &Bounds { days: daemon.options.history_days, ..Bounds::default() });
    daemon.trouble("audit bounds", pruned.err().map(|error| chain(&error)));
    tracing::info!(run = run.0, seconds = begun.elapsed().as_secs_f64(), "audit ended");
    Ok(())
}

/// Writes the reports of a run into the state folder.
fn keep_reports(daemon: &Daemon, store: &Store, run: crate::audit::store::RunId) -> Result<(), String> {
    let folder = daemon.state.folder().join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(|error| format!("making {}: {error}", folder.display()))?;
    for (form, name) in [(Form::Html, "report.html"), (Form::Json, "report.json"), (Form::Csv, "report.csv")]
    {
        to_file(store, run, (form, Language::It), &folder.join(name)).map_err(|error| chain(&error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit(schedule: &str, jitter: &str) -> PlatformAudit {
        let text = format!("schedule: \"{schedule}\"\njitter: {jitter}\n");
        campanile_plan::document::parse("audit", &text).unwrap()
    }

    #[track_caller]
    fn check(now: &str, last: Option<&str>, expected: &str) {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let next = next(at(now), last.map(at), &audit("02:30", "1s"), "lecco");
        let expected = at(expected);
        let late = next.duration_since(expected);
        assert!((0..=1).contains(&late.as_secs()), "{next} instead of {expected}");
    }

    #[test]
    fn an_audit_is_due_once_a_night() {
        // never audited: tonight
        check("2026-11-25T20:00:00Z", None, "2026-11-26T02:30:00Z");
        // never audited, and within the window of tonight: at once
        check("2026-11-25T05:00:00Z", None, "2026-11-25T02:30:00Z");
        // audited tonight, and started again: tomorrow
        check("2026-11-25T02:31:00Z", Some("2026-11-25T02:30:01Z"), "2026-11-26T02:30:00Z");
        // away in the night: made up within four hours, and then no more
        check("2026-11-25T06:00:00Z", Some("2026-11-24T02:30:01Z"), "2026-11-25T02:30:00Z");
        check("2026-11-25T07:00:00Z", Some("2026-11-24T02:30:01Z"), "2026-11-26T02:30:00Z");
        // asked for in the evening: the night has its own
        check("2026-11-25T23:00:00Z", Some("2026-11-25T22:00:00Z"), "2026-11-26T02:30:00Z");
    }

    #[test]
    fn jitter_is_the_same_after_a_restart_and_another_each_night() {
        let audit = audit("23:50", "60m");
        let nights = ["2026-11-24", "2026-11-25", "2026-11-26"];
        let begins = nights.map(|night| appointment(night.parse().unwrap(), &audit, "lecco").unwrap());
        for (earliest, at) in begins {
            assert!((0..=3600).contains(&at.duration_since(earliest).as_secs()));
        }
        let late = begins.map(|(earliest, at)| at.duration_since(earliest).as_secs());
        assert!(late[0] != late[1] && late[1] != late[2], "{late:?}");
    }
}

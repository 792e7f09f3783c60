//! Fetching the fleet: at every interval, and whenever somebody says that it changed. One fetch at a time; what is
//! asked for meanwhile is one more fetch, however often it was asked.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::{Desired, PLATFORM_FILE};

use super::stirring::Why;
use super::{Daemon, InForce};
use crate::fleet::Fleet;
use crate::metrics::Stage;
use crate::pass::Forgiven;
use crate::world::chain;

/// The shortest time between the beginnings of two fetches.
const APART: Duration = Duration::from_millis(500);

/// Fetches, as long as the daemon runs.
pub async fn fetch_always(daemon: Arc<Daemon>) {
    loop {
        let begun = Instant::now();
        fetch(&daemon).await;
        let interval = tokio::time::sleep(daemon.options.interval);
        tokio::select! {
            () = interval => {}
            () = daemon.board.fetch_wanted() => {}
        }
        tokio::time::sleep(APART.saturating_sub(begun.elapsed())).await;
    }
}

/// Fetches once, and puts in force what came.
pub(super) async fn fetch(daemon: &Arc<Daemon>) {
    // one at a time: an older commit must not come after a newer one
    let _turn = daemon.fetching.lock().await;
    let begun = Instant::now();
    let pins = daemon.pins();
    let loaded = Fleet::load(&daemon.fetcher, &daemon.source(), &daemon.state, &pins).await;
    daemon.metrics.stage(Stage::Fetch, begun.elapsed());
    daemon.metrics.fetched(loaded.is_ok());
    match loaded {
        Ok(fleet) => {
            daemon.fetched(None);
            daemon.end_pins(&fleet);
            take(daemon, fleet);
        }
        Err(error) => {
            let error = chain(&error);
            daemon.fetched(Some(error));
            if daemon.in_force().is_none()
                && let Some(fleet) = daemon.last_valid()
            {
                take(daemon, fleet);
            }
        }
    }
}

/// Puts a fleet in force, where it differs from the one before.
fn take(daemon: &Arc<Daemon>, fleet: Fleet) {
    let before = daemon.in_force();
    daemon.trouble("platform", older_platform(&fleet));
    let Some(desired) = fleet.desired.clone() else { return };
    let doubts = (!desired.doubts.is_empty()).then(|| {
        format!("the fleet may not be complete, and removals are held: {}", desired.doubts.join("; "))
    });
    daemon.trouble("doubts", doubts);
    let same = before.as_ref().is_some_and(|before| {
        *before.desired == *desired
            && before.fleet.snapshot.commit == fleet.snapshot.commit
            && before.fleet.problems == fleet.problems
    });
    if same {
        return;
    }
    let changed = before.map_or(Forgiven::Everybody, |before| changed(&before.desired, &desired));
    daemon.put_in_force(InForce { fleet: Arc::new(fleet), desired: Arc::clone(&desired) });
    daemon.stirring.stir(Why::Commit, |stirred| {
        match &changed {
            Forgiven::Everybody => stirred.scope.touch_everything(),
            Forgiven::Members(members) => {
                for engine in desired.engines() {
                    stirred.scope.touch(&engine.name.value).members.extend(members.iter().cloned());
                }
            }
        }
        stirred.forgiven.merge(changed);
    });
}

/// Why the platform's document of today is not in force.
fn older_platform(fleet: &Fleet) -> Option<String> {
    let what = match &fleet.desired {
        None => "nothing is planned, since platform.yaml was never valid",
        Some(_) if fleet.has_valid_platform() => return None,
        Some(_) => "platform.yaml has problems, and the last valid one is in force",
    };
    let first = fleet.problems.iter().find(|problem| problem.file == PLATFORM_FILE);
    Some(first.map_or_else(|| what.to_owned(), |first| format!("{what}: {first}")))
}

/// Whose documents differ; everybody, where the platform does.
fn changed(before: &Desired, after: &Desired) -> Forgiven {
    if before.platform != after.platform {
        return Forgiven::Everybody;
    }
    let names: BTreeSet<&MemberName> = before.members.keys().chain(after.members.keys()).collect();
    let differ = names.into_iter().filter(|name| before.members.get(*name) != after.members.get(*name));
    Forgiven::Members(differ.cloned().collect())
}

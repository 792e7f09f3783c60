//! Listening to the engines: what happens on one is a reason to look at what it concerns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use campanile_plan::document::values::{EngineName, PlatformName};
use campanile_plan::fleet::Desired;
use futures_util::StreamExt;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::Daemon;
use super::stirring::Why;
use crate::docker::{Engine, Happening, Whose};
use crate::world::chain;

/// Between two tries to listen to an engine that is away.
const AGAIN: Duration = Duration::from_secs(5);

/// After so long without an event the engine is listened to anew.
const SILENCE: Duration = Duration::from_mins(10);

/// The engines that are listened to; those of a platform that is gone end with this.
#[derive(Default)]
pub struct Listening {
    platform: Option<PlatformName>,
    tasks: BTreeMap<EngineName, (campanile_plan::document::Engine, AbortHandle)>,
}

impl Listening {
    /// Listens to the engines of this platform, as they are declared now, and to no others.
    pub fn turn_to(&mut self, desired: &Desired, daemon: &Arc<Daemon>) {
        let same = self.platform.as_ref() == Some(desired.name());
        self.platform = Some(desired.name().clone());
        let names: BTreeSet<_> = desired.engines().iter().map(|engine| &engine.name.value).collect();
        self.tasks.retain(|name, (declared, task)| {
            let stays = same && names.contains(name) && desired.engines().contains(declared);
            if !stays {
                task.abort();
            }
            stays
        });
        for declared in desired.engines() {
            self.tasks.entry(declared.name.value.clone()).or_insert_with(|| {
                let (daemon, platform) = (Arc::clone(daemon), desired.name().clone());
                let task = tokio::spawn(listen(daemon, platform, declared.clone()));
                (declared.clone(), task.abort_handle())
            });
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        for (_, task) in self.tasks.values() {
            task.abort();
        }
    }
}

/// Listens to one engine, again and again.
async fn listen(daemon: Arc<Daemon>, platform: PlatformName, declared: campanile_plan::document::Engine) {
    let name = &declared.name.value;
    loop {
        match Engine::connect(&declared, &platform).await {
            Ok(engine) => {
                // what happened while nobody listened
                daemon.stirring.stir(Why::Event, |stirred| stirred.scope.touch(name).whole = true);
                let mut happenings = std::pin::pin!(engine.happenings());
                // a connection over a network may have died without a word
                while let Ok(Some(happening)) = timeout(SILENCE, happenings.next()).await {
                    match happening {
                        Ok(happening) => heard(&daemon, name, &happening),
                        Err(error) => {
                            let error = chain(&error);
                            tracing::debug!(engine = %name, error, "the engine ended the connection");
                            break;
                        }
                    }
                }
                daemon.stirring.stir(Why::Event, |stirred| stirred.scope.touch(name).whole = true);
            }
            Err(error) => tracing::debug!(engine = %name, error = chain(&error), "nobody to listen to"),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Notes what something that happened concerns, unless we did it.
fn heard(daemon: &Daemon, engine: &EngineName, happening: &Happening) {
    if daemon.own.caused(engine, happening) {
        daemon.metrics.event(engine.as_str(), "own");
        return;
    }
    daemon.metrics.event(engine.as_str(), "foreign");
    let Happening { what, object, whose } = happening;
    tracing::debug!(engine = %engine, event = what, object, "something happened");
    daemon.stirring.stir(Why::Event, |stirred| {
        let part = stirred.scope.touch(engine);
        match whose {
            Whose::Member(member) => {
                part.members.insert(member.clone());
            }
            Whose::Ingress => part.whole = true,
        }
        if what == "update" {
            part.limits.insert(object.clone());
        }
    });
}

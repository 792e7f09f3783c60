//! The last words of containers that do not work, put behind the conditions that name them.

use std::collections::BTreeMap;
use std::time::Duration;

use campanile_plan::docker::label;
use campanile_plan::document::values::EngineName;
use campanile_plan::fleet::Desired;
use campanile_plan::observed::Observed;
use campanile_plan::report::{Condition, MemberReport, Status};
use futures_util::{StreamExt, stream};

use crate::world::World;

/// What one container's log may take.
const TIME: Duration = Duration::from_secs(5);
/// Logs that are read at once.
const AT_ONCE: usize = 32;

/// What a container was asked for: its engine, its name, and the engine's words about its state. While those are the
/// same, it has said nothing new that matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spoke {
    engine: EngineName,
    container: String,
    trouble: String,
}

/// Last words by who spoke them.
#[derive(Debug, Clone, Default)]
pub struct LastWords {
    heard: BTreeMap<Spoke, String>,
}

impl LastWords {
    /// Reads what is missing, and puts the words behind the conditions.
    pub async fn hear(
        &mut self,
        reports: &mut [MemberReport],
        desired: &Desired,
        observed: &Observed,
        world: &World,
    ) {
        let missing = self.missing(reports, desired, observed);
        let read = stream::iter(missing).map(|spoke| async { (listen(world, &spoke).await, spoke) });
        let read: Vec<_> = read.buffer_unordered(AT_ONCE).collect().await;
        for (words, spoke) in read {
            self.note(spoke, words);
        }
        self.put(reports, desired, observed);
    }

    /// Whose words are not known yet.
    pub fn missing(&self, reports: &[MemberReport], desired: &Desired, observed: &Observed) -> Vec<Spoke> {
        let spoke = reports.iter().flat_map(|report| spoke(report, desired, observed));
        spoke.map(|(spoke, _)| spoke).filter(|spoke| !self.heard.contains_key(spoke)).collect()
    }

    /// Notes what a container said.
    pub fn note(&mut self, spoke: Spoke, words: String) {
        self.heard.insert(spoke, words);
    }

    /// Puts the words that are known behind the conditions, and forgets those that are no longer asked for.
    pub fn put(&mut self, reports: &mut [MemberReport], desired: &Desired, observed: &Observed) {
        let mut still = BTreeMap::new();
        for report in reports {
            for (spoke, at) in spoke(report, desired, observed) {
                let Some(words) = self.heard.get(&spoke) else { continue };
                if !words.is_empty() {
                    let message = &mut report.conditions[at].message;
                    message.push_str("; it last said: ");
                    message.push_str(words);
                }
                still.insert(spoke, words.clone());
            }
        }
        self.heard = still;
    }
}

/// The container that each troubled condition of a member is about, with the condition's place.
fn spoke(report: &MemberReport, desired: &Desired, observed: &Observed) -> Vec<(Spoke, usize)> {
    let about = |condition: &Condition| {
        let troubled =
            condition.status == Status::False && ["WorkloadsReady", "Progressing"].contains(&condition.kind);
        let engine = &desired.members.get(&report.name).filter(|_| troubled)?.engine;
        let seen = observed.engines.get(engine)?.as_ref().ok()?;
        let (container, there) =
            seen.containers.iter().find(|(name, _)| condition.message.contains(name.as_str()))?;
        // what somebody else's container says is nobody's to read
        (there.labels.get(label::PLATFORM)? == desired.name().as_str()).then_some(())?;
        // `Restarting (1) 4 seconds ago`: the seconds go by, and nothing was said meanwhile
        let trouble = format!("{:?} {:?}", there.state, there.health);
        Some(Spoke { engine: engine.clone(), container: container.clone(), trouble })
    };
    let conditions = report.conditions.iter().enumerate();
    conditions.filter_map(|(at, condition)| Some((about(condition)?, at))).collect()
}

/// Reads the last lines of a container, as one line; empty if there are none.
pub async fn listen(world: &World, spoke: &Spoke) -> String {
    let lines = tokio::time::timeout(TIME, world.last_lines(&spoke.engine, &spoke.container)).await;
    let lines = lines.ok().flatten().unwrap_or_default();
    lines.trim().replace('\n', " | ")
}

//! Whether a member's workloads work, and whether the versions that its document asks for take over.

use super::index::Index;
use super::{Condition, Facts, Status, condition};
use crate::docker::{Build, ContainerState, HealthState, hash};
use crate::document::Workload;
use crate::document::values::{MemberName, WorkloadName};
use crate::fleet::{DesiredMember, Treatment};
use crate::plan::{Revision, STARTING, Scene, Until};
use crate::site::{Serving, revisions, serving, trouble};

/// `WorkloadsReady` and `Progressing`.
pub(super) fn conditions(
    facts: &Facts,
    index: &Index,
    scene: &Scene,
    (name, member): (&MemberName, &DesiredMember),
) -> [Condition; 2] {
    let build = scene.build(name, member);
    let mut found = Vec::new();
    for (name, workload) in member.spec.workloads() {
        let state = match serving(scene, &build, &name, workload) {
            Serving::Current(_) => State::Complete,
            Serving::Older(_) => State::Older(progress(facts, index, scene, &build, (&name, workload))),
            Serving::Nobody => State::Nobody(progress(facts, index, scene, &build, (&name, workload))),
        };
        found.push((name, state));
    }
    [ready(scene, &build, member, &found), progressing(member, &found)]
}

/// How a workload is.
enum State {
    /// The version that the document asks for serves.
    Complete,
    /// An older one serves.
    Older(Progress),
    /// None serves.
    Nobody(Progress),
}

/// How it is with a version that should serve and does not.
enum Progress {
    Starts(String),
    Fails(String),
    Blocked(String),
}

fn ready(
    scene: &Scene,
    build: &Build,
    desired: &DesiredMember,
    found: &[(WorkloadName, State)],
) -> Condition {
    let kind = "WorkloadsReady";
    let nobody = found.iter().filter(|(_, state)| matches!(state, State::Nobody(_)));
    let troubles: Vec<String> =
        nobody.map(|(name, _)| format!("{name}: {}", why(scene, build, name))).collect();
    if !troubles.is_empty() {
        return condition(kind, Status::False, "NotReady", troubles.join("; "));
    }
    let older = found.iter().filter(|(_, state)| matches!(state, State::Older(_)));
    let older: Vec<&str> = older.map(|(name, _)| name.as_str()).collect();
    if older.is_empty() {
        return condition(kind, Status::True, "Ready", format!("{} ready", found.len()));
    }
    let older = older.join(", ");
    if desired.treatment == Treatment::Suspended {
        return condition(kind, Status::True, "Suspended", format!("as they were: {older}"));
    }
    let message = format!("an older version serves, since the new one is not ready: {older}");
    condition(kind, Status::True, "OlderServes", message)
}

/// What keeps a workload from working, from all its containers.
fn why(scene: &Scene, build: &Build, workload: &WorkloadName) -> String {
    let troubles: Vec<String> = revisions(scene, build, workload)
        .filter_map(|revision| trouble(revision.seen).map(|trouble| format!("{}: {trouble}", revision.name)))
        .collect();
    if troubles.is_empty() { "what is declared is not there".to_owned() } else { troubles.join(", ") }
}

/// What Kubernetes says of a Deployment: true also while a new version starts, false when it does not come.
fn progressing(member: &DesiredMember, found: &[(WorkloadName, State)]) -> Condition {
    let kind = "Progressing";
    if member.treatment == Treatment::Suspended {
        return condition(kind, Status::True, "Suspended", "left as it is");
    }
    let (mut starts, mut fails, mut blocked) = (Vec::new(), Vec::new(), Vec::new());
    for (name, state) in found {
        let (progress, now) = match state {
            State::Complete => continue,
            State::Older(progress) => (progress, "the version before serves"),
            State::Nobody(progress) => (progress, "no version serves"),
        };
        let (list, text) = match progress {
            Progress::Starts(text) => (&mut starts, text),
            Progress::Fails(text) => (&mut fails, text),
            Progress::Blocked(text) => (&mut blocked, text),
        };
        list.push(format!("{name}: {text}; {now}"));
    }
    if !fails.is_empty() {
        condition(kind, Status::False, "NewVersionFails", fails.join("; "))
    } else if !blocked.is_empty() {
        condition(kind, Status::False, "Blocked", blocked.join("; "))
    } else if !starts.is_empty() {
        condition(kind, Status::True, "NewVersionStarts", starts.join("; "))
    } else {
        condition(kind, Status::True, "Complete", "")
    }
}

/// How it is with the version that the document asks for, which does not serve.
fn progress(
    facts: &Facts,
    index: &Index,
    scene: &Scene,
    build: &Build,
    (name, workload): (&WorkloadName, &Workload),
) -> Progress {
    let wanted = hash(&build.declaration(name, workload));
    match revisions(scene, build, name).find(|revision| revision.owned.hash == wanted) {
        Some(revision) => of_revision(facts, revision),
        None => not_there(facts, index, scene, build.member),
    }
}

fn of_revision(facts: &Facts, revision: &Revision) -> Progress {
    let trouble = trouble(revision.seen).unwrap_or_else(|| "its address is not known".to_owned());
    let text = format!("{}: {trouble}", revision.name);
    match (revision.seen.state, revision.seen.health) {
        (ContainerState::Paused, _) => Progress::Blocked(text),
        (ContainerState::Restarting | ContainerState::Exited, _)
        | (ContainerState::Running, Some(HealthState::Unhealthy)) => Progress::Fails(text),
        (ContainerState::Created | ContainerState::Running, _) if is_young(facts, revision) => {
            Progress::Starts(text)
        }
        (ContainerState::Created | ContainerState::Running, _) => Progress::Fails(text),
    }
}

/// Whether a container may still be starting. An engine's clock need not be ours to the second.
fn is_young(facts: &Facts, revision: &Revision) -> bool {
    let age = revision.seen.created.map(|created| facts.now.as_second() - created.as_second());
    age.is_some_and(|age| age.abs() < STARTING.into())
}

/// What keeps a version from being made, if anything does.
fn not_there(facts: &Facts, index: &Index, scene: &Scene, member: &MemberName) -> Progress {
    let lanes = index.lanes(member).iter().filter(|lane| lane.engine.as_ref() == Some(scene.engine_name()));
    let failure = lanes.clone().find_map(|lane| facts.failures.get(&lane.name));
    let blocked = lanes.flat_map(|lane| &lane.pending).find_map(|pending| match &pending.until {
        Until::Mended { .. } => Some(format!("{}: {}", pending.object, pending.message)),
        Until::Later { .. } | Until::Appointed { .. } => None,
    });
    match (failure, blocked) {
        (Some(failure), _) => Progress::Fails(failure.clone()),
        (None, Some(blocked)) => Progress::Blocked(blocked),
        (None, None) => Progress::Starts("what is declared is not there yet".to_owned()),
    }
}

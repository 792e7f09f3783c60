//! The end of a container that visitors were sent to: what they asked it is answered first.

use crate::docker::ContainerState;
use crate::plan::{Action, Lane, Revision, Scene};

/// Seconds that a workload has to answer, where its document does not say.
pub(super) const USUAL_SECONDS: u32 = 60;

/// Plans the end of a container that no route leads to any more.
pub(super) fn drain_and_remove(
    scene: &Scene,
    revision: &Revision,
    seconds: u32,
    because: &str,
    lane: &mut Lane,
) {
    drain(scene, revision, seconds, because, lane);
    lane.stop_and_remove(revision.name, because);
}

/// Plans to wait for the requests that a container is answering.
pub(super) fn drain(scene: &Scene, revision: &Revision, seconds: u32, because: &str, lane: &mut Lane) {
    let running = revision.seen.state == ContainerState::Running;
    if let Some(address) = revision.address().filter(|_| running) {
        for ingress in scene.ingresses().answering() {
            let ingress = ingress.name.to_owned();
            let drain = Action::DrainContainer { ingress, address, seconds };
            lane.step(format!("container {}", revision.name), because, drain);
        }
    }
}

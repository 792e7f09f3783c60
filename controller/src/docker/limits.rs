//! What containers may use at most: the lists do not tell, so that it takes a call for each container that is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bollard::models::{ContainerUpdateBody, HostConfig};
use bollard::query_parameters::InspectContainerOptions;
use campanile_plan::docker::{Limits, ObservedContainer};
use futures_util::future::join_all;

use super::call::{DEFAULT, call};
use super::container::limit;
use super::{Engine, StepError};

/// Containers that are asked at once.
const AT_ONCE: usize = 8;
/// What one of them may take.
const SHORT: Duration = Duration::from_secs(1);

impl Engine {
    /// Asks for the limits of those of our containers that are named.
    pub(super) async fn inspect_limits(
        &self,
        names: &BTreeSet<String>,
        containers: &mut BTreeMap<String, ObservedContainer>,
    ) {
        let ours = containers
            .iter()
            .filter(|(name, container)| names.contains(*name) && self.owns(&container.labels));
        let ours: Vec<String> = ours.map(|(name, _)| name.clone()).collect();
        for names in ours.chunks(AT_ONCE) {
            let asked = join_all(names.iter().map(|name| self.limits(name))).await;
            for (name, limits) in names.iter().zip(asked) {
                if let Some(container) = containers.get_mut(name) {
                    container.limits = limits;
                }
            }
        }
    }

    /// None if the container went in the meantime, or the engine does not say: one that hangs is no reason to see nothing.
    async fn limits(&self, name: &str) -> Option<Limits> {
        let seen = self.docker.inspect_container(name, None::<InspectContainerOptions>);
        let seen = call(&format!("looking at container {name}"), SHORT, seen).await.ok()?;
        seen.host_config.map(|host| limits(&host))
    }

    pub(super) async fn update_limits(&self, name: &str, limits: Limits) -> Result<(), StepError> {
        let Limits { memory_bytes, cpu_nano, pids } = limits;
        let id = self.our_container(name).await?;
        let body = ContainerUpdateBody {
            memory: limit(memory_bytes),
            // The same with swap: none of it.
            memory_swap: limit(memory_bytes),
            nano_cpus: limit(cpu_nano),
            pids_limit: limit(pids.into()),
            ..ContainerUpdateBody::default()
        };
        let updated = self.docker.update_container(&id, body);
        let doing = format!("changing the limits of container {name}");
        call(&doing, DEFAULT, updated).await.map_err(StepError::Engine)
    }
}

/// The engine says 0, -1 or nothing for no limit.
fn limits(host: &HostConfig) -> Limits {
    let number = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).unwrap_or_default();
    Limits {
        memory_bytes: number(host.memory),
        cpu_nano: number(host.nano_cpus),
        pids: u32::try_from(number(host.pids_limit)).unwrap_or(u32::MAX),
    }
}

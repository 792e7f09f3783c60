//! Networks, volumes and containers: made, started, stopped and removed. What exists is touched only if it is ours.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bollard::models::{Ipam, IpamConfig, NetworkCreateRequest, VolumeCreateRequest};
use bollard::query_parameters::{CreateContainerOptions, InspectContainerOptions};
use bollard::query_parameters::{InspectNetworkOptions, RemoveContainerOptions};
use bollard::query_parameters::{StartContainerOptions, StopContainerOptions};
use campanile_plan::docker::{Container, Network, Volume};

use super::call::{DEFAULT, call};
use super::container::body;
use super::{Engine, EngineError, StepError};

/// What an engine may take beyond the seconds that a container has to end.
const AFTER_STOP: Duration = Duration::from_secs(20);

impl Engine {
    pub(super) async fn create_network(&self, network: &Network) -> Result<(), StepError> {
        let (name, object) = (&network.name, format!("network {}", network.name));
        // Engines before API 1.44 make a second network of the same name without a word.
        if self.inspect_network(name).await?.is_some() {
            return Err(StepError::Exists { object });
        }
        let addresses = IpamConfig {
            subnet: Some(network.subnet.to_string()),
            gateway: network.subnet.hosts().next().map(|first| first.to_string()),
            ..IpamConfig::default()
        };
        let request = NetworkCreateRequest {
            name: name.clone(),
            driver: Some("bridge".to_owned()),
            internal: Some(network.internal),
            ipam: Some(Ipam { config: Some(vec![addresses]), ..Ipam::default() }),
            labels: Some(hashed(&network.labels)),
            ..NetworkCreateRequest::default()
        };
        let made = self.docker.create_network(request);
        let made = call(&format!("creating {object}"), DEFAULT, made).await;
        made.map(drop).map_err(|error| created(object, error))
    }

    pub(super) async fn remove_network(&self, name: &str) -> Result<(), StepError> {
        let Some((id, labels)) = self.inspect_network(name).await? else {
            return Ok(());
        };
        let object = format!("network {name}");
        self.guard(&object, &labels)?;
        let removed = self.docker.remove_network(&id);
        gone(call(&format!("removing {object}"), DEFAULT, removed).await)
    }

    pub(super) async fn create_volume(&self, volume: &Volume) -> Result<(), StepError> {
        let object = format!("volume {}", volume.name);
        let request = VolumeCreateRequest {
            name: Some(volume.name.clone()),
            driver: Some("local".to_owned()),
            labels: Some(hashed(&volume.labels)),
            ..VolumeCreateRequest::default()
        };
        let made = self.docker.create_volume(request);
        let made = call(&format!("creating {object}"), DEFAULT, made).await;
        let made = made.map_err(|error| created(object.clone(), error))?;
        // Engines hand over one that is there already as if they had made it.
        if made.labels == hashed(&volume.labels) { Ok(()) } else { Err(StepError::Exists { object }) }
    }

    pub(super) async fn create_container(&self, container: &Container) -> Result<(), StepError> {
        let object = format!("container {}", container.name);
        let options = CreateContainerOptions {
            name: Some(container.name.clone()),
            ..CreateContainerOptions::default()
        };
        let body = body(container, &self.docker.client_version());
        let made = self.docker.create_container(Some(options), body);
        let made = call(&format!("creating {object}"), DEFAULT, made).await;
        made.map(drop).map_err(|error| match error {
            EngineError::Refused { status: 404, message, .. } if message.starts_with("No such image") => {
                StepError::NoImage { image: container.declaration.image.clone() }
            }
            error => created(object, error),
        })
    }

    pub(super) async fn start(&self, name: &str) -> Result<(), StepError> {
        let id = self.our_container(name).await?;
        let started = self.docker.start_container(&id, None::<StartContainerOptions>);
        let started = call(&format!("starting container {name}"), DEFAULT, started).await;
        started.map_err(StepError::Engine)
    }

    pub(super) async fn stop(&self, name: &str, seconds: u32) -> Result<(), StepError> {
        let Some(id) = self.find_our_container(name).await? else {
            return Ok(());
        };
        let options = StopContainerOptions {
            t: Some(i32::try_from(seconds).unwrap_or(i32::MAX)),
            ..StopContainerOptions::default()
        };
        let limit = Duration::from_secs(seconds.into()) + AFTER_STOP;
        let stopped = self.docker.stop_container(&id, Some(options));
        gone(call(&format!("stopping container {name}"), limit, stopped).await)
    }

    pub(super) async fn remove_container(&self, name: &str) -> Result<(), StepError> {
        let Some(id) = self.find_our_container(name).await? else {
            return Ok(());
        };
        let volumes_stay = RemoveContainerOptions { v: false, force: false, link: false };
        let removed = self.docker.remove_container(&id, Some(volumes_stay));
        gone(call(&format!("removing container {name}"), DEFAULT, removed).await)
    }

    /// The id of a container of ours, which must be there. By its id nobody can put another in its place.
    pub(super) async fn our_container(&self, name: &str) -> Result<String, StepError> {
        let found = self.find_our_container(name).await?;
        found.ok_or_else(|| StepError::Missing { object: format!("container {name}") })
    }

    async fn find_our_container(&self, name: &str) -> Result<Option<String>, StepError> {
        let object = format!("container {name}");
        let seen = self.docker.inspect_container(name, None::<InspectContainerOptions>);
        let seen = found(call(&format!("looking at {object}"), DEFAULT, seen).await)?;
        let Some(seen) = seen else {
            return Ok(None);
        };
        let labels = seen.config.and_then(|config| config.labels);
        self.guard(&object, &labels.unwrap_or_default())?;
        Ok(seen.id)
    }

    async fn inspect_network(
        &self,
        name: &str,
    ) -> Result<Option<(String, HashMap<String, String>)>, StepError> {
        let seen = self.docker.inspect_network(name, None::<InspectNetworkOptions>);
        let seen = found(call(&format!("looking at network {name}"), DEFAULT, seen).await)?;
        Ok(seen.and_then(|seen| Some((seen.id?, seen.labels.unwrap_or_default()))))
    }

    /// The last guard: the brain names our objects alone, and still nothing that lacks our label is touched.
    fn guard(&self, object: &str, labels: &HashMap<String, String>) -> Result<(), StepError> {
        if self.owns(labels) {
            return Ok(());
        }
        Err(StepError::Foreign { object: object.to_owned(), platform: self.platform.to_string() })
    }
}

fn found<T>(seen: Result<T, EngineError>) -> Result<Option<T>, StepError> {
    match seen {
        Ok(seen) => Ok(Some(seen)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(StepError::Engine(error)),
    }
}

/// What is not there any more need not be stopped or removed; nor what somebody is removing.
fn gone(done: Result<(), EngineError>) -> Result<(), StepError> {
    match done {
        Err(EngineError::Refused { status: 404, .. }) => Ok(()),
        Err(EngineError::Refused { status: 409, message, .. }) if message.contains("already in progress") => {
            Ok(())
        }
        done => done.map_err(StepError::Engine),
    }
}

fn created(object: String, error: EngineError) -> StepError {
    match error {
        EngineError::Refused { status: 409, .. } => StepError::Exists { object },
        error => StepError::Engine(error),
    }
}

fn hashed(labels: &BTreeMap<String, String>) -> HashMap<String, String> {
    labels.clone().into_iter().collect()
}

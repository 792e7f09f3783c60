//! Volumes and containers: made, started, stopped and removed. What exists is touched only if it is ours.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bollard::models::VolumeCreateRequest;
use bollard::query_parameters::{CreateContainerOptions, InspectContainerOptions, RemoveContainerOptions};
use bollard::query_parameters::{StartContainerOptions, StopContainerOptions};
use campanile_plan::docker::{Container, Volume};

use super::call::{DEFAULT, call};
use super::container::body;
use super::{Engine, EngineError, StepError};

/// What an engine may take beyond the seconds that a container has to end.
const AFTER_STOP: Duration = Duration::from_secs(20);

impl Engine {
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
        match call(&format!("starting container {name}"), DEFAULT, started).await {
            // dockerd ended in the midst of a start, and its containerd did not: nobody can start this one any more
            Err(EngineError::Refused { message, .. }) if is_stuck(&message) => {
                self.remove_container(name).await?;
                Err(StepError::Stuck { object: format!("container {name}") })
            }
            started => started.map_err(StepError::Engine),
        }
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

    /// The last guard: the brain names our objects alone, and still nothing that lacks our label is touched.
    pub(super) fn guard(&self, object: &str, labels: &HashMap<String, String>) -> Result<(), StepError> {
        if self.owns(labels) {
            return Ok(());
        }
        Err(StepError::Foreign { object: object.to_owned(), platform: self.platform.to_string() })
    }
}

pub(super) fn found<T>(seen: Result<T, EngineError>) -> Result<Option<T>, StepError> {
    match seen {
        Ok(seen) => Ok(Some(seen)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(StepError::Engine(error)),
    }
}

/// What is not there any more need not be stopped or removed; nor what somebody is removing.
pub(super) fn gone(done: Result<(), EngineError>) -> Result<(), StepError> {
    match done {
        Err(EngineError::Refused { status: 404, .. }) => Ok(()),
        Err(EngineError::Refused { status: 409, message, .. }) if message.contains("already in progress") => {
            Ok(())
        }
        done => done.map_err(StepError::Engine),
    }
}

pub(super) fn created(object: String, error: EngineError) -> StepError {
    match error {
        EngineError::Refused { status: 409, .. } => StepError::Exists { object },
        error => StepError::Engine(error),
    }
}

pub(super) fn hashed(labels: &BTreeMap<String, String>) -> HashMap<String, String> {
    labels.clone().into_iter().collect()
}

/// Whether the engine says that a container is half started: `task 014fd1: already exists`.
fn is_stuck(message: &str) -> bool {
    message.contains("task ") && message.trim_end().ends_with(": already exists")
}

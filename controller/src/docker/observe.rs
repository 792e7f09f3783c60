//! One look at an engine: four lists, the ingress's files, and what the pages answer. Their number does not grow with
//! the number of objects.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bollard::models;
use bollard::query_parameters::ListVolumesOptions;
use bollard::query_parameters::{ListContainersOptions, ListImagesOptions, ListNetworksOptions};
use campanile_plan::docker::{Answer, ContainerState, HealthState, ObservedContainer};
use campanile_plan::docker::{ObservedEngine, ObservedNetwork, ObservedVolume, label};
use models::{ContainerSummaryHealthStatusEnum as ListedHealth, ContainerSummaryStateEnum as Listed};

use super::call::{LIST, call};
use super::{Engine, EngineError};

impl Engine {
    /// Everything on the engine, ours and foreign. Of our running containers those that name a page in their label are
    /// asked for it through the ingress.
    pub async fn observe(&self, ingress_container: &str) -> Result<ObservedEngine, EngineError> {
        let (networks, volumes, mut containers, images) =
            tokio::try_join!(self.networks(), self.volumes(), self.containers(), self.images(),)?;
        let ingress = match containers.get(ingress_container) {
            Some(container) if self.owns(&container.labels) => {
                let running = container.state == ContainerState::Running;
                let (files, ()) = tokio::join!(
                    self.ingress_files(ingress_container),
                    self.ask_all(ingress_container, running, &mut containers)
                );
                files?
            }
            _ => {
                self.ask_all(ingress_container, false, &mut containers).await;
                None
            }
        };
        Ok(ObservedEngine { networks, volumes, containers, images, ingress })
    }

    async fn networks(&self) -> Result<BTreeMap<String, ObservedNetwork>, EngineError> {
        let all = self.docker.list_networks(None::<ListNetworksOptions>);
        let listed = call("listing the networks", LIST, all).await?;
        Ok(listed.into_iter().filter_map(network).collect())
    }

    async fn volumes(&self) -> Result<BTreeMap<String, ObservedVolume>, EngineError> {
        let all = self.docker.list_volumes(None::<ListVolumesOptions>);
        let listed = call("listing the volumes", LIST, all).await?;
        let volume = |volume: models::Volume| {
            let labels = volume.labels.into_iter().collect();
            (volume.name, ObservedVolume { labels })
        };
        Ok(listed.volumes.into_iter().flatten().map(volume).collect())
    }

    async fn containers(&self) -> Result<BTreeMap<String, ObservedContainer>, EngineError> {
        let options = ListContainersOptions { all: true, ..ListContainersOptions::default() };
        let all = self.docker.list_containers(Some(options));
        let listed = call("listing the containers", LIST, all).await?;
        Ok(listed.into_iter().filter_map(container).collect())
    }

    async fn images(&self) -> Result<BTreeSet<String>, EngineError> {
        let options = ListImagesOptions { digests: true, ..ListImagesOptions::default() };
        let all = self.docker.list_images(Some(options));
        let listed = call("listing the images", LIST, all).await?;
        let tags_and_digests =
            |image: models::ImageSummary| image.repo_tags.into_iter().chain(image.repo_digests);
        let all = listed.into_iter().flat_map(tags_and_digests);
        Ok(all.filter(|name| !name.contains("<none>")).collect())
    }

    async fn ask_all(
        &self,
        ingress: &str,
        ingress_runs: bool,
        containers: &mut BTreeMap<String, ObservedContainer>,
    ) {
        let asked = containers
            .values_mut()
            .filter(|container| container.state == ContainerState::Running && self.owns(&container.labels));
        let asked: Vec<_> = asked
            .filter_map(|container| {
                let page = container.labels.get(label::ASK).cloned()?;
                Some((page, &mut container.answer))
            })
            .collect();
        let pages: BTreeSet<String> = asked.iter().map(|(page, _)| page.clone()).collect();
        let answers =
            if ingress_runs && !pages.is_empty() { self.ask(ingress, pages).await } else { BTreeMap::new() };
        let nobody = || Answer::Nothing("the ingress does not run, so nobody could ask".to_owned());
        for (page, answer) in asked {
            *answer = Some(answers.get(&page).cloned().unwrap_or_else(nobody));
        }
    }
}

fn network(listed: models::Network) -> Option<(String, ObservedNetwork)> {
    let configured = listed.ipam.and_then(|ipam| ipam.config);
    let subnets = configured.into_iter().flatten();
    let observed = ObservedNetwork {
        labels: sorted(listed.labels),
        subnets: subnets.filter_map(|part| part.subnet?.parse().ok()).collect(),
    };
    Some((listed.name?, observed))
}

fn container(listed: models::ContainerSummary) -> Option<(String, ObservedContainer)> {
    let names = listed.names.unwrap_or_default();
    // A container that others link to also goes by /other/alias.
    let name = names.iter().filter_map(|name| name.strip_prefix('/')).find(|name| !name.contains('/'))?;
    let status = listed.status.unwrap_or_default();
    let listed_health = listed.health.and_then(|health| health.status);
    let networks = listed.network_settings.and_then(|settings| settings.networks);
    let address = |(network, endpoint): (String, models::EndpointSettings)| {
        Some((network, endpoint.ip_address?.parse().ok()?))
    };
    let observed = ObservedContainer {
        labels: sorted(listed.labels),
        state: state(listed.state),
        health: health(listed_health, &status),
        status,
        addresses: networks.into_iter().flatten().filter_map(address).collect(),
        answer: None,
    };
    Some((name.to_owned(), observed))
}

fn sorted(labels: Option<HashMap<String, String>>) -> BTreeMap<String, String> {
    labels.into_iter().flatten().collect()
}

fn state(listed: Option<Listed>) -> ContainerState {
    match listed {
        Some(Listed::CREATED) => ContainerState::Created,
        Some(Listed::RUNNING | Listed::STOPPING) => ContainerState::Running,
        Some(Listed::RESTARTING) => ContainerState::Restarting,
        Some(Listed::PAUSED) => ContainerState::Paused,
        Some(Listed::EXITED | Listed::REMOVING | Listed::DEAD | Listed::EMPTY) | None => {
            ContainerState::Exited
        }
    }
}

/// Engines before API 1.52 say it in the status alone.
fn health(listed: Option<ListedHealth>, status: &str) -> Option<HealthState> {
    match listed {
        Some(ListedHealth::STARTING) => return Some(HealthState::Starting),
        Some(ListedHealth::HEALTHY) => return Some(HealthState::Healthy),
        Some(ListedHealth::UNHEALTHY) => return Some(HealthState::Unhealthy),
        Some(ListedHealth::NONE) => return None,
        Some(ListedHealth::EMPTY) | None => {}
    }
    let words = [
        ("(health: starting)", HealthState::Starting),
        ("(healthy)", HealthState::Healthy),
        ("(unhealthy)", HealthState::Unhealthy),
    ];
    let said = words.into_iter().find(|(words, _)| status.ends_with(words));
    said.map(|(_, health)| health)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_from_the_status() {
        let table = [
            ("Up 3 minutes (healthy)", Some(HealthState::Healthy)),
            ("Up 2 seconds (health: starting)", Some(HealthState::Starting)),
            ("Up 2 hours (unhealthy)", Some(HealthState::Unhealthy)),
            ("Up 2 hours", None),
            ("Up 2 hours (Paused)", None),
            ("Exited (0) 2 hours ago", None),
        ];
        for (status, expected) in table {
            assert_eq!(health(None, status), expected, "{status}");
        }
        let newer = Some(ListedHealth::UNHEALTHY);
        assert_eq!(health(newer, "Up 2 hours"), Some(HealthState::Unhealthy));
    }
}

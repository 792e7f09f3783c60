//! One look at an engine: four lists, the ingress's files, and what the pages answer. Their number does not grow with
//! the number of objects; only limits take a call for each container, of those that the caller names.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::Ipv4Addr;

use bollard::models;
use bollard::query_parameters::ListVolumesOptions;
use bollard::query_parameters::{ListContainersOptions, ListImagesOptions, ListNetworksOptions};
use campanile_plan::docker::names::{self, Object};
use campanile_plan::docker::{Answer, ContainerState, HealthState, IngressFiles, ObservedContainer};
use campanile_plan::docker::{ObservedEngine, ObservedNetwork, ObservedVolume, label};
use campanile_plan::document::values::MemberName;
use jiff::Timestamp;
use models::{ContainerSummaryHealthStatusEnum as ListedHealth, ContainerSummaryStateEnum as Listed};

use super::call::{LIST, call};
use super::{Engine, EngineError};
use crate::scope::Part;

/// A container of the ingress.
struct Ingress {
    name: String,
    runs: bool,
}

impl Engine {
    /// Everything on the engine, ours and foreign. Of our running containers those that name a page in their label are
    /// asked for it through the ingress. With what was seen `before`, only what `part` names is read and asked anew
    /// beside the lists; the rest is as it was.
    pub async fn observe(
        &self,
        before: Option<&ObservedEngine>,
        part: &Part,
    ) -> Result<ObservedEngine, EngineError> {
        let (networks, volumes, listed, images) =
            tokio::try_join!(self.networks(), self.volumes(), self.containers(), self.images(),)?;
        let ids: BTreeSet<&str> = networks.iter().filter_map(|network| network.id.as_deref()).collect();
        let listed: Vec<_> = listed.into_iter().filter_map(|listed| container(listed, &ids)).collect();
        let ingresses = self.ingresses(&listed);
        let mut containers: BTreeMap<String, ObservedContainer> = listed.into_iter().collect();
        let networks = networks.into_iter().filter_map(network).collect();
        self.inspect_limits(&part.limits, &mut containers).await;
        let known = before.filter(|_| !part.whole);
        let files = async {
            match known {
                Some(before) if !part.ingress && before.ingress.is_some() => Ok(before.ingress.clone()),
                _ => self.files(&ingresses).await,
            }
        };
        let asked = |container: &ObservedContainer| {
            known.is_none()
                || part.ingress
                || member(container).is_none_or(|name| part.members.contains(&name))
        };
        let (ingress, ()) = tokio::join!(files, self.ask_all(&ingresses, &mut containers, asked));
        if let Some(before) = known {
            keep(before, &mut containers);
        }
        Ok(ObservedEngine {
            networks,
            volumes,
            containers,
            images,
            ingress: ingress?,
            refused: BTreeSet::new(),
        })
    }

    /// The containers of the ingress, those that run before the others; the newest first, as they are listed.
    fn ingresses(&self, listed: &[(String, ObservedContainer)]) -> Vec<Ingress> {
        let ours = listed.iter().filter(|(_, container)| {
            let owned = names::owned(&self.platform, &container.labels);
            owned.is_some_and(|owned| owned.object == Object::Ingress)
        });
        let mut ingresses: Vec<Ingress> = ours
            .map(|(name, container)| Ingress {
                name: name.clone(),
                runs: container.state == ContainerState::Running,
            })
            .collect();
        ingresses.sort_by_key(|ingress| !ingress.runs);
        ingresses
    }

    /// The files in the volume that they share, read through one of them: another may be on its way out.
    async fn files(&self, ingresses: &[Ingress]) -> Result<Option<IngressFiles>, EngineError> {
        let mut read = Ok(None);
        for ingress in ingresses {
            read = self.ingress_files(&ingress.name).await;
            if matches!(read, Ok(Some(_))) {
                break;
            }
        }
        read
    }

    async fn networks(&self) -> Result<Vec<models::Network>, EngineError> {
        let all = self.docker.list_networks(None::<ListNetworksOptions>);
        call("listing the networks", LIST, all).await
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

    async fn containers(&self) -> Result<Vec<models::ContainerSummary>, EngineError> {
        let options = ListContainersOptions { all: true, ..ListContainersOptions::default() };
        let all = self.docker.list_containers(Some(options));
        call("listing the containers", LIST, all).await
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
        ingresses: &[Ingress],
        containers: &mut BTreeMap<String, ObservedContainer>,
        wanted: impl Fn(&ObservedContainer) -> bool,
    ) {
        let asked = containers.values_mut().filter(|container| {
            container.state == ContainerState::Running && self.owns(&container.labels) && wanted(container)
        });
        let asked: Vec<_> = asked
            .filter_map(|container| {
                let page = container.labels.get(label::ASK).cloned()?;
                Some((page, &mut container.answer))
            })
            .collect();
        let pages: BTreeSet<String> = asked.iter().map(|(page, _)| page.clone()).collect();
        let running = ingresses.iter().filter(|ingress| ingress.runs).map(|ingress| ingress.name.clone());
        let running: Vec<String> = running.collect();
        let answers = if running.is_empty() || pages.is_empty() {
            BTreeMap::new()
        } else {
            self.ask(&running, pages).await
        };
        let nobody = || Answer::Nothing("the ingress does not run, so nobody could ask".to_owned());
        for (page, answer) in asked {
            *answer = Some(answers.get(&page).cloned().unwrap_or_else(nobody));
        }
    }
}

/// The member that a container belongs to, as its label says.
fn member(container: &ObservedContainer) -> Option<MemberName> {
    container.labels.get(label::MEMBER)?.parse().ok()
}

/// Keeps the answers and limits that were not asked for anew, of containers that have gone on running.
fn keep(before: &ObservedEngine, containers: &mut BTreeMap<String, ObservedContainer>) {
    for (name, container) in containers {
        let Some(before) = before.containers.get(name) else { continue };
        if before.created == container.created && before.state == container.state {
            container.answer = container.answer.take().or_else(|| before.answer.clone());
            container.limits = container.limits.or(before.limits);
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

/// A container as it is listed; `networks` are the ids of those that are there.
fn container(
    listed: models::ContainerSummary,
    networks: &BTreeSet<&str>,
) -> Option<(String, ObservedContainer)> {
    let names = listed.names.unwrap_or_default();
    // A container that others link to also goes by /other/alias.
    let name = names.iter().filter_map(|name| name.strip_prefix('/')).find(|name| !name.contains('/'))?;
    let status = listed.status.unwrap_or_default();
    let listed_health = listed.health.and_then(|health| health.status);
    let endpoints = listed.network_settings.and_then(|settings| settings.networks);
    let endpoints = endpoints.into_iter().flatten();
    let addresses = endpoints.filter_map(|(name, endpoint)| Some((name, address(endpoint, networks)?)));
    let observed = ObservedContainer {
        labels: sorted(listed.labels),
        state: state(listed.state),
        health: health(listed_health, &status),
        status,
        created: listed.created.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        addresses: addresses.collect(),
        limits: None,
        answer: None,
    };
    Some((name.to_owned(), observed))
}

/// The address that a container has on a network; of one that does not run, the one that it will ask for. Once it ran
/// it looks for its network by the id, so that one made anew under the same name is another one to it.
fn address(endpoint: models::EndpointSettings, networks: &BTreeSet<&str>) -> Option<Ipv4Addr> {
    let written = |text: Option<String>| text.filter(|text| !text.is_empty());
    if written(endpoint.network_id).is_some_and(|id| !networks.contains(id.as_str())) {
        return None;
    }
    let asked_for = endpoint.ipam_config.and_then(|config| config.ipv4_address);
    written(endpoint.ip_address).or(asked_for)?.parse().ok()
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

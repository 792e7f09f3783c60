//! Networks: made, removed, and joined by containers. What exists is touched only if it is ours.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use bollard::models::{EndpointIpamConfig, EndpointSettings, Ipam, IpamConfig};
use bollard::models::{NetworkConnectRequest, NetworkCreateRequest, NetworkDisconnectRequest};
use bollard::query_parameters::InspectNetworkOptions;
use campanile_plan::docker::Network;

use super::call::{DEFAULT, call};
use super::objects::{created, found, gone, hashed};
use super::{Engine, EngineError, StepError};

/// What engines say when another network has the range, also one that they do not list.
const TAKEN: [&str; 2] = ["conflicts with network", "Pool overlaps"];

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
        made.map(drop).map_err(|error| match error {
            EngineError::Refused { message, .. } if TAKEN.iter().any(|words| message.contains(words)) => {
                StepError::Taken { object, range: network.subnet, message }
            }
            error => created(object, error),
        })
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

    /// Also of a container that is stopped, and of one whose network was removed and made anew.
    pub(super) async fn connect_network(
        &self,
        network: &str,
        container: &str,
        address: Ipv4Addr,
        aliases: &[String],
    ) -> Result<(), StepError> {
        let object = format!("network {network}");
        let Some((id, labels)) = self.inspect_network(network).await? else {
            return Err(StepError::Missing { object });
        };
        self.guard(&object, &labels)?;
        let request = NetworkConnectRequest {
            container: self.our_container(container).await?,
            endpoint_config: Some(endpoint(address, aliases)),
        };
        let connected = self.docker.connect_network(&id, request);
        let doing = format!("connecting container {container} to {object}");
        call(&doing, DEFAULT, connected).await.map_err(StepError::Engine)
    }

    /// A container that is not on the network need not be taken off it.
    pub(super) async fn disconnect_network(&self, network: &str, container: &str) -> Result<(), StepError> {
        let Some((id, labels)) = self.inspect_network(network).await? else {
            return Ok(());
        };
        let object = format!("network {network}");
        self.guard(&object, &labels)?;
        let container_id = self.our_container(container).await?;
        let request = NetworkDisconnectRequest { container: container_id, force: Some(false) };
        let done = self.docker.disconnect_network(&id, request);
        let doing = format!("disconnecting container {container} from {object}");
        match call(&doing, DEFAULT, done).await {
            Err(EngineError::Refused { message, .. }) if message.contains("is not connected to") => Ok(()),
            done => gone(done),
        }
    }

    async fn inspect_network(
        &self,
        name: &str,
    ) -> Result<Option<(String, HashMap<String, String>)>, StepError> {
        let seen = self.docker.inspect_network(name, None::<InspectNetworkOptions>);
        let seen = found(call(&format!("looking at network {name}"), DEFAULT, seen).await)?;
        Ok(seen.and_then(|seen| Some((seen.id?, seen.labels.unwrap_or_default()))))
    }
}

/// A fixed address on a network, with the names that lead to it.
pub(super) fn endpoint(address: Ipv4Addr, aliases: &[String]) -> EndpointSettings {
    EndpointSettings {
        ipam_config: Some(EndpointIpamConfig {
            ipv4_address: Some(address.to_string()),
            ..EndpointIpamConfig::default()
        }),
        aliases: Some(aliases.to_vec()),
        ..EndpointSettings::default()
    }
}

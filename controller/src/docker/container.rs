//! A container as the engine's API wants it described.

use std::collections::HashMap;
use std::time::Duration;

use bollard::ClientVersion;
use bollard::models::{
    ContainerCreateBody, HealthConfig, HostConfig, HostConfigLogConfig, Mount as ApiMount, MountType,
};
use bollard::models::{MountVolumeOptions, NetworkingConfig, RestartPolicy, RestartPolicyNameEnum};
use campanile_plan::docker::{Attachment, Container, Declaration, Mount};

/// Seconds to end when nobody says how many.
const STOP_SECONDS: i64 = 10;
/// The version of the API since when a starting container may be asked more often.
const START_INTERVAL: ClientVersion = ClientVersion { major_version: 1, minor_version: 44 };

/// The body of the call that makes the container, for an engine of that version.
pub(super) fn body(container: &Container, version: &ClientVersion) -> ContainerCreateBody {
    let Container { name: _, attachment, declaration, labels } = container;
    let environment = declaration.environment.iter();
    let environment = environment.map(|(name, value)| format!("{name}={value}"));
    let command = Some(declaration.command.clone()).filter(|command| !command.is_empty());
    let health = declaration.health_command.as_deref();
    ContainerCreateBody {
        image: Some(declaration.image.clone()),
        cmd: command,
        user: declaration.user.clone(),
        env: Some(environment.collect()),
        healthcheck: health.map(|command| health_check(command, version)),
        labels: Some(labels.clone().into_iter().collect()),
        stop_timeout: Some(STOP_SECONDS),
        host_config: Some(host(attachment, declaration)),
        networking_config: endpoint(attachment),
        ..ContainerCreateBody::default()
    }
}

fn host(attachment: &Attachment, declaration: &Declaration) -> HostConfig {
    let (network, restart) = match attachment {
        Attachment::Host => ("host", RestartPolicyNameEnum::UNLESS_STOPPED),
        Attachment::Bridge { name, .. } => (name.as_str(), RestartPolicyNameEnum::UNLESS_STOPPED),
        Attachment::None => ("none", RestartPolicyNameEnum::NO),
    };
    let tmpfs = declaration.tmpfs.clone().into_iter().collect();
    HostConfig {
        network_mode: Some(network.to_owned()),
        restart_policy: Some(RestartPolicy { name: Some(restart), maximum_retry_count: None }),
        mounts: Some(declaration.mounts.iter().map(mount).collect()),
        tmpfs: Some(tmpfs),
        memory: limit(declaration.memory_bytes),
        // The same with swap: none of it.
        memory_swap: limit(declaration.memory_bytes),
        nano_cpus: limit(declaration.cpu_nano),
        pids_limit: limit(declaration.pids.into()),
        readonly_rootfs: Some(!declaration.writable_root),
        cap_drop: Some(vec!["ALL".to_owned()]),
        cap_add: Some(declaration.capabilities.clone()),
        security_opt: Some(vec!["no-new-privileges".to_owned()]),
        log_config: Some(HostConfigLogConfig {
            typ: Some("local".to_owned()),
            config: Some(HashMap::from(
                [("max-size", "10m"), ("max-file", "3")].map(|(k, v)| (k.to_owned(), v.to_owned())),
            )),
        }),
        ..HostConfig::default()
    }
}

fn mount((path, mount): (&String, &Mount)) -> ApiMount {
    ApiMount {
        target: Some(path.clone()),
        source: Some(mount.volume.clone()),
        typ: Some(MountType::VOLUME),
        read_only: Some(mount.read_only),
        // An empty volume takes the image's files as its own, but not through a mount that only reads.
        volume_options: mount
            .read_only
            .then(|| MountVolumeOptions { no_copy: Some(true), ..MountVolumeOptions::default() }),
        ..ApiMount::default()
    }
}

fn endpoint(attachment: &Attachment) -> Option<NetworkingConfig> {
    let Attachment::Bridge { name, address, aliases } = attachment else {
        return None;
    };
    let settings = super::networks::endpoint(*address, aliases);
    Some(NetworkingConfig { endpoints_config: Some(HashMap::from([(name.clone(), settings)])) })
}

fn health_check(command: &[String], version: &ClientVersion) -> HealthConfig {
    let mut test = vec!["CMD".to_owned()];
    test.extend_from_slice(command);
    HealthConfig {
        test: Some(test),
        interval: nanoseconds(Duration::from_secs(5)),
        timeout: nanoseconds(Duration::from_secs(5)),
        retries: Some(3),
        start_period: nanoseconds(Duration::from_secs(30)),
        start_interval: (*version >= START_INTERVAL).then(|| nanoseconds(Duration::from_secs(1))).flatten(),
    }
}

fn nanoseconds(duration: Duration) -> Option<i64> {
    i64::try_from(duration.as_nanos()).ok()
}

/// The API's number for a limit; 0 is none.
pub(super) fn limit(value: u64) -> Option<i64> {
    (value > 0).then(|| i64::try_from(value).unwrap_or(i64::MAX))
}

//! Fetching an image from its registry.

use std::time::Duration;

use bollard::auth::DockerCredentials;
use bollard::models::CreateImageInfo;
use bollard::query_parameters::CreateImageOptions;
use campanile_plan::document::values::ImageReference;
use futures_util::StreamExt;
use tokio::time::timeout;

use super::{Engine, EngineError, StepError, Vault};

/// How long a pull may stand still.
const STALL: Duration = Duration::from_mins(1);
/// How long a pull may take.
const TOTAL: Duration = Duration::from_mins(15);
/// The registry of images that name none.
const DEFAULT_REGISTRY: &str = "docker.io";

/// What registries and engines say when there is no such image.
const NO_IMAGE: &[&str] = &["manifest unknown", "name unknown", "not found: name"];
/// What they say when they want to know who asks. The default registry says it of images that do not exist, too.
const PASSWORD: &[&str] =
    &["no basic auth credentials", "unauthorized", "authentication required", "access denied", "denied:"];

impl Engine {
    /// Fetches an image, with the registry's password where the platform has one.
    pub(super) async fn pull(
        &self,
        image: &str,
        vault: &dyn Vault,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<(), StepError> {
        let reference: Option<ImageReference> = image.parse().ok();
        let host = reference.as_ref().and_then(ImageReference::registry);
        let host = host.unwrap_or(DEFAULT_REGISTRY);
        let known = vault.registry(host).map_err(|source| StepError::Vault {
            what: format!("the password for the registry {host}"),
            source,
        })?;
        let credentials = known.map(|(user, password)| DockerCredentials {
            username: Some(user),
            password: Some(password),
            serveraddress: Some(host.to_owned()),
            ..DockerCredentials::default()
        });
        match timeout(TOTAL, self.pull_with(image, credentials, progress)).await {
            Ok(pulled) => pulled.map_err(|error| explained(error, image, host)),
            Err(_) => Err(StepError::Engine(EngineError::TimeLimit {
                doing: doing(image),
                seconds: TOTAL.as_secs(),
            })),
        }
    }

    async fn pull_with(
        &self,
        image: &str,
        credentials: Option<DockerCredentials>,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<(), StepError> {
        let options =
            CreateImageOptions { from_image: Some(image.to_owned()), ..CreateImageOptions::default() };
        let lines = self.docker.create_image(Some(options), None, credentials);
        let mut lines = std::pin::pin!(lines);
        loop {
            let next = timeout(STALL, lines.next()).await;
            let stalled = |_| StepError::Stalled { image: image.to_owned(), seconds: STALL.as_secs() };
            match next.map_err(stalled)? {
                None => return Ok(()),
                Some(Ok(line)) => progress(&told(&line)),
                Some(Err(error)) => {
                    return Err(StepError::Engine(EngineError::new(&doing(image), error)));
                }
            }
        }
    }
}

fn doing(image: &str) -> String {
    format!("pulling {image}")
}

/// One line of a pull: `a1b2c3: Downloading 3 of 40 MiB`.
fn told(line: &CreateImageInfo) -> String {
    let mebibytes = |bytes: i64| bytes >> 20;
    let layer = line.id.as_ref().map(|layer| format!("{layer}: "));
    let detail = line.progress_detail.as_ref();
    let sizes = detail.and_then(|detail| Some((detail.current?, detail.total?)));
    let sizes = sizes.map(|(current, total)| {
        let (current, total) = (mebibytes(current), mebibytes(total));
        format!(" {current} of {total} MiB")
    });
    let status = line.status.as_deref().unwrap_or_default();
    format!("{}{status}{}", layer.unwrap_or_default(), sizes.unwrap_or_default())
}

/// The same error in words that say what to do, where it is one of those that happen every day.
fn explained(error: StepError, image: &str, host: &str) -> StepError {
    let StepError::Engine(EngineError::Refused { message, .. }) = &error else {
        return error;
    };
    let says = |signs: &[&str]| signs.iter().any(|sign| message.contains(sign));
    if says(NO_IMAGE) {
        StepError::NoImage { image: image.to_owned() }
    } else if says(PASSWORD) {
        StepError::Password { host: host.to_owned(), image: image.to_owned() }
    } else {
        error
    }
}

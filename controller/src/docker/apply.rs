//! Doing one step: each kind of step has its own function, and none of them decides anything.

use std::io;

use campanile_plan::docker::label;
use campanile_plan::document::values::{MemberName, SecretName};
use campanile_plan::plan::{Action, Step};
use ipnet::Ipv4Net;

use super::{Engine, EngineError};

/// What steps name but never hold: fetched at the last moment.
pub trait Vault: Send + Sync {
    /// A secret of a member.
    fn secret(&self, member: &MemberName, name: &SecretName) -> io::Result<Vec<u8>>;
    /// Chain and key of a member's certificate, as the ingress takes them.
    fn bundle(&self, member: &MemberName) -> io::Result<Vec<u8>>;
    /// User and password for a registry, where the platform names them.
    fn registry(&self, host: &str) -> io::Result<Option<(String, String)>>;
}

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The engine could not be reached, or said no.
    #[error(transparent)]
    Engine(EngineError),
    /// Something else has the name.
    #[error("{object} exists already")]
    Exists {
        /// Kind and name.
        object: String,
    },
    /// The object is not there.
    #[error("{object} is not there")]
    Missing {
        /// Kind and name.
        object: String,
    },
    /// The object lacks our label.
    #[error("{object} is not ours: its label {label} is not {platform:?}", label = label::PLATFORM)]
    Foreign {
        /// Kind and name.
        object: String,
        /// Our platform.
        platform: String,
    },
    /// The engine will not give a network its range.
    #[error("{object}: the engine will not give it {range}: {message}")]
    Taken {
        /// Kind and name.
        object: String,
        /// The range.
        range: Ipv4Net,
        /// Why, in the engine's words.
        message: String,
    },
    /// The engine was stopped while it started the container, and can neither go on nor begin again.
    #[error("{object} was half started when its engine ended; it is removed, and made anew next time")]
    Stuck {
        /// Kind and name.
        object: String,
    },
    /// Neither the engine nor the registry has the image.
    #[error("there is no image {image}")]
    NoImage {
        /// Its reference.
        image: String,
    },
    /// The registry wants to know who asks.
    #[error("the registry {host} refuses {image}: it asks for a password, or refuses ours")]
    Password {
        /// The registry.
        host: String,
        /// The image's reference.
        image: String,
    },
    /// A pull that stands still.
    #[error("pulling {image}: no progress for {seconds} seconds")]
    Stalled {
        /// The image's reference.
        image: String,
        /// How long.
        seconds: u64,
    },
    /// What a step names could not be fetched.
    #[error("fetching {what}")]
    Vault {
        /// What it is, without its content.
        what: String,
        /// Why.
        source: io::Error,
    },
    /// A program in the ingress failed.
    #[error("{program} in {container} ended with {code}: {said}")]
    Program {
        /// The program.
        program: &'static str,
        /// The container.
        container: String,
        /// Its exit code.
        code: i64,
        /// Its last words, bounded.
        said: String,
    },
    /// A path that would lead out of the ingress's folder.
    #[error("{path:?} is not a path below {folder}")]
    Path {
        /// The path.
        path: String,
        /// The folder.
        folder: &'static str,
    },
    /// An archive of files could not be made.
    #[error("packing {path}")]
    Archive {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A step that no engine can do as it stands.
    #[error("{object}: this is no step for an engine")]
    NotForEngines {
        /// The step's object.
        object: String,
    },
}

impl Engine {
    /// Does one step; `progress` hears how far a pull is. What is stopped or removed already counts as done, but a
    /// network or container that is there already is an error: it may not be the one that the step wants.
    pub async fn apply(
        &self,
        step: &Step,
        vault: &dyn Vault,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<(), StepError> {
        let unfit = || StepError::NotForEngines { object: step.object.clone() };
        match &step.action {
            Action::CreateNetwork(network) => self.create_network(network).await,
            Action::RemoveNetwork { name } => self.remove_network(name).await,
            Action::CreateVolume(volume) => self.create_volume(volume).await,
            Action::PullImage { image } => self.pull(image, vault, progress).await,
            Action::CreateContainer(container) => self.create_container(container).await,
            Action::WriteSecrets { container, files } => {
                let member = step.member.as_ref().ok_or_else(unfit)?;
                self.write_secrets(container, member, files, vault).await
            }
            Action::StartContainer { name } => self.start(name).await,
            Action::DrainContainer { ingress, address, seconds } => {
                self.drain(ingress, *address, *seconds).await
            }
            Action::StopContainer { name, seconds } => self.stop(name, *seconds).await,
            Action::RemoveContainer { name } => self.remove_container(name).await,
            Action::ConnectNetwork { network, container, address, aliases } => {
                self.connect_network(network, container, *address, aliases).await
            }
            Action::DisconnectNetwork { network, container } => {
                self.disconnect_network(network, container).await
            }
            Action::UpdateLimits { name, limits } => self.update_limits(name, *limits).await,
            Action::UploadIngress { container, files } => self.upload_ingress(container, files, vault).await,
            Action::ActivateIngress { container, digest } => self.activate(container, digest).await,
            Action::RetireIngress { container } => self.retire(container).await,
            Action::RemoveIngressFiles { container, paths } => {
                self.remove_ingress_files(container, paths).await
            }
            Action::CreateAuthority
            | Action::IssueCertificate { .. }
            | Action::CreateZone { .. }
            | Action::UpdateZone { .. }
            | Action::RegisterAccount { .. }
            | Action::ProbeNames { .. }
            | Action::LookUpNames(_)
            | Action::SetProofs { .. }
            | Action::ClearProofs { .. }
            | Action::PlaceOrder(_)
            | Action::ResumeOrder { .. }
            | Action::AnswerChallenges { .. }
            | Action::FinalizeOrder { .. }
            | Action::TakeCertificate { .. }
            | Action::GiveUpOrder { .. }
            | Action::ForgetOrder => Err(unfit()),
        }
    }
}

//! The world as the hands reach it: every engine and the state folder, looked at together and changed step by step.

mod engines;
mod zones;

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use campanile_plan::document::values::{EngineName, MemberName, SecretName};
use campanile_plan::document::{Platform, Registry};
use campanile_plan::fleet::Desired;
use campanile_plan::observed::Observed;
use campanile_plan::plan::{Action, Step};
use jiff::Timestamp;

use crate::acme::{self, Acme, AcmeError, Looked};
use crate::dns::{DnsError, Zones};
use crate::docker::{EngineError, StepError, Vault};
use crate::locked::locked;
use crate::scope::Scope;
use crate::state::{LeftOut, ObservedCertificates, State, StateError, Trust};
pub use engines::Engines;

/// Largest password of a registry, in bytes.
const PASSWORD_BYTES: u64 = 4096;

/// What a pass looks at and changes.
pub trait Hands: Send + Sync {
    /// Looks at what the scope names; of the rest, it tells what it saw last. An engine that is away is part of what
    /// is seen.
    ///
    /// # Errors
    /// When the state folder cannot be read.
    fn observe(
        &self,
        desired: &Desired,
        scope: &Scope,
    ) -> impl Future<Output = Result<Seen, StateError>> + Send;

    /// Does one step; `progress` hears how far a long one is.
    ///
    /// # Errors
    /// Why it was not done.
    fn act(
        &self,
        step: &Step,
        now: Timestamp,
        progress: &(dyn Fn(&str) + Sync),
    ) -> impl Future<Output = Result<(), DoError>> + Send;
}

/// What a look saw.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The world.
    pub observed: Arc<Observed>,
    /// Files of the state folder that were left out.
    pub left_out: Vec<LeftOut>,
}

/// How a world is looked at; by default, as a command does that looks a few times and ends.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// How long a look at an engine is waited for before the others go on without it; to its end, if none.
    pub grace: Option<Duration>,
    /// Containers of an engine whose limits are read at each look at all of it, others each time: the lists do not
    /// tell them, and a call for each container would grow with their number.
    pub inspected: usize,
}

/// Every engine of a platform, and the state folder.
pub struct World {
    state: State,
    platform: Mutex<Option<Arc<Platform>>>,
    engines: Engines,
    zones: Zones,
    acme: Acme,
}

/// Why a step could not be done.
#[derive(Debug, thiserror::Error)]
pub enum DoError {
    /// An engine's step.
    #[error(transparent)]
    Engine(StepError),
    /// The engine is away.
    #[error("the engine {name} cannot be reached")]
    Away {
        /// Its name.
        name: EngineName,
        /// Why.
        source: EngineError,
    },
    /// A step in the state folder.
    #[error("{doing}")]
    State {
        /// What was being done.
        doing: String,
        /// Why.
        source: StateError,
    },
    /// A step in a zone.
    #[error("changing the {object}")]
    Zone {
        /// What it concerns.
        object: String,
        /// Why.
        source: DnsError,
    },
    /// A step at an issuer of certificates.
    #[error("{doing}")]
    Issuer {
        /// What was being done.
        doing: String,
        /// Why.
        source: Box<AcmeError>,
    },
    /// A step that names neither an engine of the platform nor the state folder.
    #[error("{object}: the platform has no such engine")]
    Nowhere {
        /// What the step concerns.
        object: String,
    },
}

impl World {
    /// A world that is reached when it is first looked at.
    pub fn new(state: &State, manner: Manner) -> Self {
        Self {
            state: state.clone(),
            platform: Mutex::default(),
            engines: Engines::new(manner),
            zones: Zones::default(),
            acme: Acme::new(state),
        }
    }

    /// The engines, for those who listen to them.
    pub fn engines(&self) -> &Engines {
        &self.engines
    }
}

impl Hands for World {
    async fn observe(&self, desired: &Desired, scope: &Scope) -> Result<Seen, StateError> {
        self.turn_to(&desired.platform);
        let (engines, issuing) = tokio::join!(
            self.engines.observe(&desired.platform, scope),
            self.observe_issuing(&desired.platform)
        );
        let (certificates, looked) = issuing?;
        let secrets = self.state.observe_secrets()?;
        let Looked { accounts, orders, refusals, ledgers, left_out } = looked;
        // those that are set or cleared while the zones are looked at belong to somebody all the same
        let before = self.state.proofs()?;
        let dns = self.zones.observe(desired, scope).await;
        let proofs = self.proofs(&desired.platform, before, &orders).await?;
        let observed = Observed {
            engines,
            authority: certificates.authority,
            certificates: certificates.certificates,
            dns,
            accounts,
            orders,
            proofs: proofs.records,
            refusals,
            ledgers,
            secrets: secrets.fingerprints,
        };
        let left_out = certificates.left_out.into_iter().chain(left_out).chain(proofs.left_out);
        let left_out = left_out.chain(secrets.left_out).collect();
        Ok(Seen { observed: Arc::new(observed), left_out })
    }

    async fn act(
        &self,
        step: &Step,
        now: Timestamp,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<(), DoError> {
        match (&step.action, &step.engine, &step.member) {
            (Action::CreateAuthority, ..) => self.create_authority(now),
            (action, ..) if Acme::does(action) => self.at_issuer(step, now).await,
            (Action::IssueCertificate { names, key_type }, _, Some(member)) => {
                self.state.issue(member, names, *key_type, now).map_err(|source| {
                    let doing = format!("issuing the certificate of {member}");
                    DoError::State { doing, source }
                })
            }
            (Action::CreateZone { .. } | Action::UpdateZone { .. }, ..) => self.change_zone(step).await,
            (Action::SetProofs { zone, records }, _, Some(member)) => {
                self.set_proofs(step, member, (zone, records)).await
            }
            (Action::ClearProofs { zone, records }, _, Some(member)) => {
                self.clear_proofs(step, member, (zone, records)).await
            }
            (_, Some(name), _) => {
                let away = |source| DoError::Away { name: name.clone(), source };
                let Some(platform) = self.platform() else {
                    return Err(DoError::Nowhere { object: step.object.clone() });
                };
                let engine = self.engines.get(name).await.map_err(away)?;
                let vault = PlatformVault { state: &self.state, platform: &platform };
                let done = engine.apply(step, &vault, progress).await;
                if let (Action::CreateNetwork(network), Err(StepError::Taken { .. })) = (&step.action, &done)
                {
                    self.engines.refused(name, network.subnet).await;
                }
                done.map_err(DoError::Engine)
            }
            _ => Err(DoError::Nowhere { object: step.object.clone() }),
        }
    }
}

impl World {
    /// Goes by this platform from now on.
    fn turn_to(&self, platform: &Platform) {
        let mut known = locked(&self.platform);
        if known.as_deref() != Some(platform) {
            *known = Some(Arc::new(platform.clone()));
        }
    }

    /// The platform as it was last seen; none before the first look.
    fn platform(&self) -> Option<Arc<Platform>> {
        locked(&self.platform).clone()
    }

    /// Looks at certificates in force, and at what is open at issuers.
    async fn observe_issuing(
        &self,
        platform: &Platform,
    ) -> Result<(ObservedCertificates, Looked), StateError> {
        let now = Timestamp::now();
        let mut trust = Trust::default();
        for issuer in &platform.spec.issuers {
            let roots = acme::roots(issuer.roots.as_ref());
            if let Err(error) = &roots {
                tracing::debug!(%error, issuer = %issuer.name, "its certificates are taken as they were proven before");
            }
            trust.add(&issuer.name.value, roots.ok());
        }
        let certificates = self.state.observe_certificates(&trust, now)?;
        let (looked, asked) = tokio::join!(
            self.acme.look(platform),
            self.acme.refresh_windows(platform, &certificates.issued, now)
        );
        if let Err(error) = asked {
            tracing::debug!(error = chain(&error), "no renewal window was kept");
        }
        Ok((certificates, looked?))
    }

    async fn at_issuer(&self, step: &Step, now: Timestamp) -> Result<(), DoError> {
        let Some(platform) = self.platform() else {
            return Err(DoError::Nowhere { object: step.object.clone() });
        };
        self.acme.act(&platform, step, now).await.map_err(|source| {
            let doing = step
                .member
                .as_ref()
                .map_or_else(|| step.object.clone(), |member| format!("the certificate of {member}"));
            DoError::Issuer { doing, source: Box::new(source) }
        })
    }

    fn create_authority(&self, now: Timestamp) -> Result<(), DoError> {
        let Some(platform) = self.platform() else {
            return Err(DoError::Nowhere { object: "authority".to_owned() });
        };
        self.state.create_authority(&platform.metadata.name, now).map(drop).map_err(|source| {
            let doing = "making the platform's certificate authority".to_owned();
            DoError::State { doing, source }
        })
    }

    /// The last lines that a container wrote.
    pub async fn last_lines(&self, engine: &EngineName, container: &str) -> Option<String> {
        let engine = self.engines.get(engine).await.ok()?;
        engine.last_lines(container, 5).await.ok().filter(|lines| !lines.trim().is_empty())
    }
}

/// An error with its causes, in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let more = source.to_string();
        if !text.ends_with(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = source.source();
    }
    text
}

/// Secrets and keys of the state folder, and the registries' passwords from the files that the platform names.
struct PlatformVault<'a> {
    state: &'a State,
    platform: &'a Platform,
}

impl Vault for PlatformVault<'_> {
    fn secret(&self, member: &MemberName, name: &SecretName) -> io::Result<Vec<u8>> {
        self.state.secret(member, name)
    }

    fn bundle(&self, member: &MemberName) -> io::Result<Vec<u8>> {
        self.state.bundle(member)
    }

    fn registry(&self, host: &str) -> io::Result<Option<(String, String)>> {
        let registry = self.platform.spec.registries.iter().find(|registry| registry.host.as_str() == host);
        let Some(Registry { host: _, username, password_file }) = registry else { return Ok(None) };
        let file = std::fs::File::open(password_file.as_str())?;
        let password = io::read_to_string(io::Read::take(file, PASSWORD_BYTES))?;
        Ok(Some((username.to_string(), password.trim_end().to_owned())))
    }
}

//! Files into containers: secrets, and what the ingress serves by; and putting the latter in force.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use campanile_plan::docker::{IngressContent, IngressFile};
use campanile_plan::document::values::{MemberName, SecretName};

use super::archive::{Archive, stays_below};
use super::call::DEFAULT;
use super::exec::chunks;
use super::text::bounded;
use super::{Engine, StepError, Vault};

/// Where the ingress's volume is mounted.
pub(super) const FOLDER: &str = "/etc/campanile";
/// Where a container finds its secrets.
const SECRETS: &str = "/run/secrets";
/// The program in the ingress's image that tests a configuration and puts it in force.
const ACTIVATE: &str = "/usr/local/bin/ingress-activate";
/// The program in the ingress's image that has nginx end.
const RETIRE: &str = "/usr/local/bin/ingress-retire";
/// The program in the ingress's image that waits for what an address is answering.
const DRAIN: &str = "/usr/local/bin/ingress-drain";
/// What testing the configuration of thousands of members and reloading may take.
const ACTIVATE_LIMIT: Duration = Duration::from_mins(2);
/// Files for one run of rm.
const REMOVALS: usize = 1000;

impl Engine {
    /// Writes secrets into a container that has been made and not started.
    pub(super) async fn write_secrets(
        &self,
        container: &str,
        member: &MemberName,
        files: &BTreeMap<String, SecretName>,
        vault: &dyn Vault,
    ) -> Result<(), StepError> {
        let id = self.our_container(container).await?;
        let mut archive = Archive::new();
        for (file, name) in files {
            check(file, SECRETS)?;
            let fetched = vault.secret(member, name);
            let secret = fetched
                .map_err(|source| StepError::Vault { what: format!("secret {name} of {member}"), source })?;
            pack(file, archive.file(file, 0o444, &secret))?;
        }
        let bytes = pack(SECRETS, archive.finish())?;
        let doing = format!("writing secrets into container {container}");
        let written = self.upload(&doing, &id, SECRETS, bytes).await;
        written.map_err(StepError::Engine)
    }

    /// Puts files into the ingress's volume; they serve nobody yet.
    pub(super) async fn upload_ingress(
        &self,
        container: &str,
        files: &[IngressFile],
        vault: &dyn Vault,
    ) -> Result<(), StepError> {
        let id = self.our_container(container).await?;
        let mut archive = Archive::new();
        for IngressFile { path, content } in files {
            check(path, FOLDER)?;
            for (end, _) in path.match_indices('/') {
                let folder = &path[..end];
                let mode = if folder == "certificates" { 0o700 } else { 0o755 };
                pack(folder, archive.folder(folder, mode))?;
            }
            match content {
                IngressContent::Text(text) => {
                    pack(path, archive.file(path, 0o644, text.as_bytes()))?;
                }
                IngressContent::Certificate(member) => {
                    let fetched = vault.bundle(member);
                    let bundle = fetched.map_err(|source| StepError::Vault {
                        what: format!("certificate and key of {member}"),
                        source,
                    })?;
                    pack(path, archive.file(path, 0o400, &bundle))?;
                }
            }
        }
        let bytes = pack(FOLDER, archive.finish())?;
        let doing = format!("writing files into container {container}");
        let written = self.upload(&doing, &id, FOLDER, bytes).await;
        written.map_err(StepError::Engine)
    }

    /// Has the ingress test a configuration and serve by it; if it is wrong, the one before stays.
    pub(super) async fn activate(&self, container: &str, digest: &str) -> Result<(), StepError> {
        let command = vec![ACTIVATE.to_owned(), digest.to_owned()];
        self.run_well(container, ACTIVATE, command, ACTIVATE_LIMIT).await
    }

    /// Has the ingress take nobody any more; it ends when it has answered what it was asked.
    pub(super) async fn retire(&self, container: &str) -> Result<(), StepError> {
        self.run_well(container, RETIRE, vec![RETIRE.to_owned()], DEFAULT).await
    }

    /// Waits until an address answers nobody any more, some seconds at most.
    pub(super) async fn drain(
        &self,
        ingress: &str,
        address: Ipv4Addr,
        seconds: u32,
    ) -> Result<(), StepError> {
        let command = vec![DRAIN.to_owned(), address.to_string(), seconds.to_string()];
        let limit = Duration::from_secs(seconds.into()) + DEFAULT;
        self.run_well(ingress, DRAIN, command, limit).await
    }

    /// Removes files from the ingress's volume.
    pub(super) async fn remove_ingress_files(
        &self,
        container: &str,
        paths: &[String],
    ) -> Result<(), StepError> {
        for path in paths {
            check(path, FOLDER)?;
        }
        let whole = paths.iter().map(|path| format!("{FOLDER}/{path}"));
        for chunk in chunks(whole.collect(), REMOVALS) {
            let mut command = ["rm", "-f", "--"].map(str::to_owned).to_vec();
            command.extend(chunk);
            self.run_well(container, "rm", command, DEFAULT).await?;
        }
        Ok(())
    }

    async fn run_well(
        &self,
        container: &str,
        program: &'static str,
        command: Vec<String>,
        limit: Duration,
    ) -> Result<(), StepError> {
        let id = self.our_container(container).await?;
        let doing = format!("running {program} in container {container}");
        let ended = self.run(&doing, &id, command, limit).await;
        let ended = ended.map_err(StepError::Engine)?;
        if ended.code == 0 {
            return Ok(());
        }
        // Where the program could not be run at all, the engine says so on its standard output.
        let said = [ended.errors, ended.output].join("\n");
        Err(StepError::Program {
            program,
            container: container.to_owned(),
            code: ended.code,
            said: bounded(&said),
        })
    }
}

fn check(path: &str, folder: &'static str) -> Result<(), StepError> {
    if stays_below(path) {
        return Ok(());
    }
    Err(StepError::Path { path: path.to_owned(), folder })
}

fn pack<T>(path: &str, packed: std::io::Result<T>) -> Result<T, StepError> {
    packed.map_err(|source| StepError::Archive { path: path.to_owned(), source })
}

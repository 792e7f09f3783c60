//! A stage of its own for each test: a platform name whose objects are gone afterwards, whatever happens.

use std::collections::BTreeMap;
use std::io;
use std::process::Command;

use campanile::docker::{Engine, StepError, Vault};
use campanile_plan::docker::{Attachment, Container, Declaration, Mount, Volume, label};
use campanile_plan::document::values::{MemberName, PlatformName, SecretName};
use campanile_plan::document::{self, Platform};
use campanile_plan::plan::{Action, Step};

pub const SITE: &str = "campanile/site:1";
pub const INGRESS: &str = "campanile/ingress:1";

pub struct Stage {
    pub platform: PlatformName,
    pub engine: Engine,
}

impl Stage {
    /// Fails with one sentence where there is no engine.
    pub async fn new(topic: &str) -> Self {
        let platform: PlatformName = format!("campanile-livetest-{topic}").parse().unwrap();
        let engine = Engine::connect(&declared(&endpoint(), None), &platform).await;
        let engine = engine
            .unwrap_or_else(|error| panic!("this test needs a Docker Engine at {}: {error}", endpoint()));
        remove_all(&platform);
        Self { platform, engine }
    }

    pub fn name(&self, what: &str) -> String {
        format!("{}-{what}", self.platform)
    }

    pub fn labels(&self) -> BTreeMap<String, String> {
        [(label::PLATFORM.to_owned(), self.platform.to_string())].into()
    }

    pub async fn apply(&self, action: Action) -> Result<(), StepError> {
        self.engine.apply(&step(action), &Secrets, &|_| ()).await
    }

    /// The platform's container of that name, which does not start.
    pub fn container(&self, what: &str, attachment: Attachment) -> Container {
        Container { name: self.name(what), attachment, declaration: declaration(SITE), labels: self.labels() }
    }

    /// The ingress with its volume; an engine makes a missing volume by itself, but without labels.
    pub async fn create_ingress(&self) {
        let volume = Volume { name: self.name("ingress"), labels: self.labels() };
        self.apply(Action::CreateVolume(volume)).await.unwrap();
        let create = Action::CreateContainer(Box::new(self.ingress()));
        self.apply(create).await.unwrap();
    }

    /// An ingress on the host's network, as its image wants it.
    pub fn ingress(&self) -> Container {
        let mut declaration = declaration(INGRESS);
        declaration.mounts =
            [("/etc/campanile".to_owned(), Mount { volume: self.name("ingress"), read_only: false })].into();
        declaration.tmpfs = ["/run", "/tmp"].map(|path| (path.to_owned(), "size=16m".to_owned())).into();
        declaration.capabilities = ["CHOWN", "KILL", "SETGID", "SETUID"].map(str::to_owned).to_vec();
        let mut labels = self.labels();
        labels.insert(label::OBJECT.to_owned(), "ingress".to_owned());
        Container { name: self.name("ingress"), attachment: Attachment::Host, declaration, labels }
    }

    pub async fn start(&self, what: &str) {
        let name = self.name(what);
        self.apply(Action::StartContainer { name }).await.unwrap();
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        remove_all(&self.platform);
    }
}

fn remove_all(platform: &PlatformName) {
    let filter = format!("label={}={platform}", label::PLATFORM);
    for (list, remove) in [
        (vec!["ps", "--all", "--quiet"], vec!["rm", "--force"]),
        (vec!["network", "ls", "--quiet"], vec!["network", "rm"]),
        (vec!["volume", "ls", "--quiet"], vec!["volume", "rm"]),
    ] {
        let found = docker(&[&list[..], &["--filter", &filter]].concat());
        for id in found.split_whitespace() {
            docker(&[&remove[..], &[id]].concat());
        }
    }
}

/// What the engine's own command line says.
pub fn docker(arguments: &[&str]) -> String {
    let run = Command::new("docker").args(arguments).output();
    let run = run.expect("this test needs the docker command");
    let text = [run.stdout, run.stderr].concat();
    String::from_utf8_lossy(&text).trim().to_owned()
}

pub fn endpoint() -> String {
    std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".to_owned())
}

pub fn socket() -> String {
    endpoint().trim_start_matches("unix://").to_owned()
}

/// An engine as a platform declares it; `tls` is the folder with ca.pem, cert.pem and key.pem.
pub fn declared(endpoint: &str, tls: Option<&str>) -> document::Engine {
    let tls = tls.map_or(String::new(), |folder| {
        format!("tls: {{ca: {folder}/ca.pem, certificate: {folder}/cert.pem, key: {folder}/key.pem}}")
    });
    let text = format!(
        "apiVersion: campanile.it/v1alpha1
kind: Platform
metadata: {{name: livetest}}
spec:
  engines:
    - name: one
      endpoint: {endpoint}
      range: 10.79.0.0/16
      ingress: {{image: {INGRESS}, http: \"127.0.0.1:7980\", https: \"127.0.0.1:7943\"}}
      {tls}
"
    );
    let platform: Platform = document::parse("platform.yaml", &text).unwrap();
    platform.spec.engines.value[0].clone()
}

pub fn step(action: Action) -> Step {
    Step {
        member: Some("barzago".parse().unwrap()),
        engine: None,
        object: "object".to_owned(),
        because: "test".to_owned(),
        changes: Vec::new(),
        action,
    }
}

pub fn declaration(image: &str) -> Declaration {
    Declaration {
        image: image.to_owned(),
        command: Vec::new(),
        user: None,
        environment: BTreeMap::new(),
        secrets: BTreeMap::new(),
        mounts: BTreeMap::new(),
        tmpfs: BTreeMap::new(),
        cpu_nano: 0,
        memory_bytes: 0,
        pids: 0,
        writable_root: false,
        capabilities: Vec::new(),
        health_command: None,
        ask: None,
    }
}

/// Secrets that are their own names, and one registry that knows us.
pub struct Secrets;

pub const PASSWORD: &str = "a?b>c~d?e>f~?>~";

impl Vault for Secrets {
    fn secret(&self, member: &MemberName, name: &SecretName) -> io::Result<Vec<u8>> {
        Ok(format!("{member}/{name}").into_bytes())
    }

    fn bundle(&self, member: &MemberName) -> io::Result<Vec<u8>> {
        Ok(format!("bundle of {member}").into_bytes())
    }

    fn registry(&self, host: &str) -> io::Result<Option<(String, String)>> {
        let known = host.starts_with("localhost:");
        Ok(known.then(|| ("campanile".to_owned(), PASSWORD.to_owned())))
    }
}

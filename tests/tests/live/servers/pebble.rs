//! Pebble, the strict ACME server of Let's Encrypt's makers, with a name server for which every name is 127.0.0.1.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::engine::until;
use crate::room::{Room, free_port};

pub struct Pebble {
    folder: TempDir,
    port: u16,
    management: u16,
    names: SocketAddr,
    http: u16,
    environment: Vec<(String, String)>,
    server: Option<Child>,
    resolver: Option<Child>,
}

/// What a run of Pebble is given beside what every run is.
#[derive(Default)]
pub struct Options<'a> {
    /// Environment variables: `("PEBBLE_WFE_NONCEREJECT", "30")`.
    pub environment: &'a [(&'a str, &'a str)],
    /// Fields of its configuration, as JSON.
    pub configuration: &'a [(&'a str, &'a str)],
    /// The resolver that it asks, in place of one for which every name is 127.0.0.1.
    pub resolver: Option<SocketAddr>,
}

impl Pebble {
    /// Starts it; it asks the names of orders through this room's ingress.
    pub fn start(room: &Room, options: &Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [port, management] = [(); 2].map(|()| free_port());
        let names = options.resolver.unwrap_or_else(super::free_address);
        let pairs = options.environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut pebble = Self {
            folder,
            port,
            management,
            names,
            http: room.http,
            environment: pairs.collect(),
            server: None,
            resolver: None,
        };
        pebble.make_certificate();
        pebble.write_configuration(options.configuration);
        if options.resolver.is_none() {
            pebble.begin_names();
        }
        pebble.begin();
        pebble
    }

    /// Starts a name server for which every name is 127.0.0.1.
    fn begin_names(&mut self) {
        let program = program("pebble-challtestsrv");
        let resolver = Command::new(program)
            .args([
                "-defaultIPv6",
                "",
                "-http01",
                "",
                "-https01",
                "",
                "-tlsalpn01",
                "",
                "-doh",
                "",
                "-management",
                "",
            ])
            .args(["-dnsserver", &self.names.to_string()])
            .stdin(Stdio::null())
            .stdout(self.log_file("names.log"))
            .stderr(self.log_file("names.log"))
            .spawn();
        self.resolver = Some(resolver.unwrap());
    }

    /// Starts the server that was stopped; its roots and orders are others then.
    pub fn begin(&mut self) {
        let server = Command::new(program("pebble"))
            .args(["-config", "pebble.json", "-strict", "-dnsserver", &self.names.to_string()])
            .current_dir(self.folder.path())
            .env("PEBBLE_VA_NOSLEEP", "1")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(self.log_file("pebble.log"))
            .stderr(self.log_file("pebble.log"))
            .spawn();
        self.server = Some(server.unwrap());
        until("pebble answers", || self.try_get(self.port, "/dir").is_some());
        std::fs::write(self.roots(), self.get("/roots/0")).unwrap();
    }

    /// Ends the server; names go on being known.
    pub fn end(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    /// Stops it in the middle of whatever it does, or lets it go on.
    pub fn signal(&self, signal: &str) {
        let process = self.server.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &process]).status().unwrap().success());
    }

    /// An entry of `issuers` in a platform's document, indented by two; `more` is added to it.
    pub fn issuer(&self, more: &str) -> String {
        self.issuer_at(self.port, more)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The same, reached by another port.
    pub fn issuer_at(&self, port: u16, more: &str) -> String {
        format!(
            "  issuers:
    - name: pebble
      directory: https://127.0.0.1:{}/dir
      contact: ['mailto:ops@provincia.test']
      root: {}
      roots: {}
{more}",
            port,
            self.folder.path().join("ca.pem").display(),
            self.roots().display(),
        )
    }

    /// Where the root of what it issues stands.
    pub fn roots(&self) -> PathBuf {
        self.folder.path().join("roots.pem")
    }

    /// How many orders were placed.
    pub fn orders(&self) -> usize {
        self.log().lines().filter(|line| line.contains("Added order ")).count()
    }

    /// How many certificates were issued.
    pub fn certificates(&self) -> usize {
        self.log().lines().filter(|line| line.contains("Issued certificate serial")).count()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("pebble.log")).unwrap_or_default()
    }

    /// What it says of a certificate, by its serial number in hexadecimal.
    pub fn status(&self, serial: &str) -> Value {
        serde_json::from_slice(&self.get(&format!("/cert-status-by-serial/{serial}"))).unwrap()
    }

    /// Asks the management interface.
    #[track_caller]
    pub fn get(&self, path: &str) -> Vec<u8> {
        self.try_get(self.management, path).unwrap_or_else(|| panic!("pebble does not answer {path}"))
    }

    /// Tells the management interface something.
    #[track_caller]
    pub fn post(&self, path: &str, body: &str) {
        let url = format!("https://127.0.0.1:{}{path}", self.management);
        let run = self.curl(&["--request", "POST", "--data", body, &url]);
        assert!(run.status.success(), "{run:?}");
    }

    fn try_get(&self, port: u16, path: &str) -> Option<Vec<u8>> {
        let run = self.curl(&[&format!("https://127.0.0.1:{port}{path}")]);
        run.status.success().then_some(run.stdout)
    }

    fn curl(&self, arguments: &[&str]) -> std::process::Output {
        let mut command = Command::new("curl");
        command.args([
            "--disable",
            "--silent",
            "--show-error",
            "--fail",
            "--max-time",
            "5",
            "--noproxy",
            "*",
        ]);
        command.arg("--cacert").arg(self.folder.path().join("ca.pem")).args(arguments);
        command.output().expect("this test needs the program curl: install Debian's package curl")
    }

    /// A CA of its own, and what it vouches for: the server's HTTPS.
    fn make_certificate(&self) {
        let new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let ca = [
            "-x509",
            "-days",
            "30",
            "-subj",
            "/CN=Pebble's own HTTPS",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
        ];
        self.openssl(&[&new[..], &ca[..]].concat());
        self.openssl(
            &[&new[..], &["-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "csr.pem"]].concat(),
        );
        let extensions = "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
        std::fs::write(self.folder.path().join("extensions"), extensions).unwrap();
        let sign = ["x509", "-req", "-in", "csr.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
        let rest = ["-days", "30", "-extfile", "extensions", "-out", "cert.pem"];
        self.openssl(&[&sign[..], &rest[..]].concat());
    }

    fn openssl(&self, arguments: &[&str]) {
        let run = Command::new("openssl").args(arguments).current_dir(self.folder.path()).output();
        let run = run.expect("this test needs the program openssl: install Debian's package openssl");
        assert!(run.status.success(), "{arguments:?}: {run:?}");
    }

    fn write_configuration(&self, more: &[(&str, &str)]) {
        let mut pebble = serde_json::json!({
            "listenAddress": format!("127.0.0.1:{}", self.port),
            "managementListenAddress": format!("127.0.0.1:{}", self.management),
            "certificate": "cert.pem",
            "privateKey": "key.pem",
            "httpPort": self.http,
            "tlsPort": 5001,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
            "retryAfter": {"authz": 1, "order": 1},
            // who asks for none gets one by chance: a second one only where a test asks for it
            "profiles": {"default": {"description": "90 days", "validityPeriod": 7_776_000}},
        });
        for (field, value) in more {
            pebble[*field] = serde_json::from_str(value).unwrap();
        }
        let text = serde_json::json!({"pebble": pebble}).to_string();
        std::fs::write(self.folder.path().join("pebble.json"), text).unwrap();
    }

    fn log_file(&self, name: &str) -> File {
        File::options().create(true).append(true).open(self.folder.path().join(name)).unwrap()
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        for child in [&mut self.server, &mut self.resolver].into_iter().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("pebble said:\n{}", self.log());
        }
    }
}

/// A program of Pebble's, out of the cache where tests/machine/pebble puts it.
fn program(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/machine/pebble");
        let run = Command::new(script).output().unwrap_or_else(|error| panic!("{script}: {error}"));
        let why = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "this test needs Pebble, which {script} brings: {why}");
        PathBuf::from(String::from_utf8(run.stdout).unwrap().trim())
    });
    folder.join("usr/bin").join(name)
}

//! Real servers on loopback, each on a port that the kernel chose, for as long as the test has them.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The name that every certificate here is for.
pub const NAME: &str = "www.comune.example";

/// A server that runs until it is dropped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    _folder: TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keys and certificates, made once for all tests of a run: self-signed, since chains are judged elsewhere.
pub struct Keys {
    folder: TempDir,
}

static KEYS: LazyLock<Keys> = LazyLock::new(Keys::make);

impl Keys {
    fn make() -> Self {
        let folder = TempDir::new().unwrap();
        for (name, kind) in [
            ("rsa", &["rsa", "-pkeyopt", "rsa_keygen_bits:2048"][..]),
            ("ecdsa", &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
            ("other", &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
        ] {
            let subject = if name == "other" { "other.example" } else { NAME };
            let key = folder.path().join(format!("{name}.key"));
            let certificate = folder.path().join(format!("{name}.crt"));
            run(Command::new("openssl")
                .args(["req", "-x509", "-nodes", "-days", "90", "-newkey"])
                .args(kind)
                .arg("-keyout")
                .arg(&key)
                .arg("-out")
                .arg(&certificate)
                .args([
                    "-subj",
                    &format!("/CN={subject}"),
                    "-addext",
                    &format!("subjectAltName=DNS:{subject}"),
                ]));
        }
        run(Command::new("openssl")
            .args(["x509", "-outform", "DER", "-in"])
            .arg(folder.path().join("rsa.crt"))
            .arg("-out")
            .arg(folder.path().join("rsa.der")));
        for (file, group) in [("dh2048.pem", "ffdhe2048"), ("dh3072.pem", "modp_3072")] {
            run(Command::new("openssl")
                .args(["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt"])
                .arg(format!("group:{group}"))
                .arg("-out")
                .arg(folder.path().join(file)));
        }
        // RFC 2409's second group, which no program makes anymore.
        std::fs::write(folder.path().join("dh1024.pem"), DH1024).unwrap();
        Self { folder }
    }
}

const DH1024: &str = "-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
";

/// A file among the keys: `rsa.key`, `rsa.crt`, `dh1024.pem`.
pub fn key(file: &str) -> PathBuf {
    KEYS.folder.path().join(file)
}

/// `openssl s_server` with a key and any options.
pub fn openssl(kind: &str, options: &str) -> Running {
    serve(|port, _| {
        let mut command = Command::new("openssl");
        command
            .args(["s_server", "-quiet", "-www", "-accept", &format!("127.0.0.1:{port}")])
            .arg("-cert")
            .arg(key(&format!("{kind}.crt")))
            .arg("-key")
            .arg(key(&format!("{kind}.key")))
            .args(options.split_whitespace())
            .env("OPENSSL_CONF", "/dev/null");
        command
    })
}

/// `gnutls-serv` with a priority string.
pub fn gnutls(priority: &str, options: &str) -> Running {
    serve(|port, _| {
        let mut command = Command::new("gnutls-serv");
        command
            .args(["--http", "--quiet", "-p", &port.to_string(), "--priority", priority])
            .arg("--x509keyfile")
            .arg(key("rsa.key"))
            .arg("--x509certfile")
            .arg(key("rsa.crt"))
            .args(options.split_whitespace())
            .env("GNUTLS_SYSTEM_PRIORITY_FILE", "/dev/null");
        command
    })
}

/// nginx with one or more server blocks, in which `PORT` stands for its address and port and `KEYS/` for the keys' folder.
pub fn nginx(servers: &str) -> Running {
    serve(|port, folder| {
        let keys = format!("{}/", KEYS.folder.path().display());
        let servers = servers.replace("PORT", &format!("127.0.0.1:{port}")).replace("KEYS/", &keys);
        let text = format!(
            "daemon off; master_process off; pid {0}/pid; error_log {0}/error.log;\n\
             events {{ worker_connections 512; }}\n\
             http {{ access_log off; client_body_temp_path {0}/b; proxy_temp_path {0}/p; fastcgi_temp_path {0}/f;\n\
             uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;\n{servers}\n}}\n",
            folder.display()
        );
        std::fs::write(folder.join("nginx.conf"), text).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-c").arg(folder.join("nginx.conf")).arg("-e").arg(folder.join("error.log"));
        command.env("OPENSSL_CONF", "/dev/null");
        command
    })
}

/// Mozilla's intermediate profile 5.7, with an RSA key.
pub const INTERMEDIATE: &str = "server { listen PORT ssl http2; server_name www.comune.example;
ssl_certificate KEYS/rsa.crt; ssl_certificate_key KEYS/rsa.key;
ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers off; ssl_dhparam KEYS/dh2048.pem;
ssl_ecdh_curve X25519:prime256v1:secp384r1; ssl_session_cache shared:s:1m; ssl_session_tickets off;
ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:\
DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305;
}";

/// Every version and every suite that OpenSSL 3 has.
pub const OLD: &str = "server { listen PORT ssl; server_name www.comune.example;
ssl_certificate KEYS/rsa.crt; ssl_certificate_key KEYS/rsa.key;
ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on; ssl_dhparam KEYS/dh2048.pem;
ssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0;
}";

fn serve(command: impl FnOnce(u16, &Path) -> Command) -> Running {
    let folder = TempDir::new().unwrap();
    let address = free();
    let mut command = command(address.port(), folder.path());
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let begin = Instant::now();
    while TcpStream::connect(address).is_err() {
        let log = || std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        assert!(child.try_wait().unwrap().is_none(), "{command:?} ended: {}", log());
        assert!(begin.elapsed() < Duration::from_secs(10), "{command:?} does not listen: {}", log());
        std::thread::sleep(Duration::from_millis(5));
    }
    Running { address, child, _folder: folder }
}

/// An address on which nobody listens, as the kernel chose it.
pub fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

//! nginx at all loopback addresses, on a port that the kernel chose.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// The name that its certificate is for.
pub const NAME: &str = "www.comune.example";

/// Mozilla's intermediate profile 5.7.
pub const INTERMEDIATE: &str = "ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers off;
ssl_ecdh_curve X25519:prime256v1:secp384r1; ssl_session_cache shared:s:1m; ssl_session_tickets off;
ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:\
DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305;";

/// Every version and every suite that OpenSSL 3 has.
pub const OLD: &str = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on;
ssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0;";

/// A server that runs until it is dropped.
pub struct Nginx {
    /// Where it listens, among others.
    pub address: SocketAddr,
    child: Child,
    _folder: TempDir,
}

impl Nginx {
    /// Starts one process with a key of RSA 2048 and a prime of 2048 bits.
    pub fn start(tls: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let path = |file: &str| folder.path().join(file).display().to_string();
        make_keys(folder.path());
        let text = format!(
            "daemon off; master_process off; pid {0}/pid; error_log {0}/error.log;\n\
             events {{ worker_connections 2048; }}\n\
             http {{ access_log off; client_body_temp_path {0}/b; proxy_temp_path {0}/p; fastcgi_temp_path {0}/f;\n\
             uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;\n\
             server {{ listen 0.0.0.0:{1} ssl http2; server_name {NAME}; ssl_certificate {0}/crt;\n\
             ssl_certificate_key {0}/key; ssl_dhparam {0}/dh; {tls} }} }}\n",
            folder.path().display(),
            address.port()
        );
        std::fs::write(path("conf"), text).unwrap();
        let mut command = Command::new("nginx");
        command.args(["-c", &path("conf"), "-e", &path("error.log")]).env("OPENSSL_CONF", "/dev/null");
        let child = command.stderr(Stdio::null()).spawn().unwrap();
        while TcpStream::connect(address).is_err() {
            std::thread::sleep(Duration::from_millis(5));
        }
        Self { address, child, _folder: folder }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn make_keys(folder: &Path) {
    for arguments in [
        format!(
            "req -x509 -nodes -days 90 -newkey rsa:2048 -keyout key -out crt -subj /CN={NAME} -addext subjectAltName=DNS:{NAME}"
        ),
        "genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out dh".to_owned(),
    ] {
        let mut command = Command::new("openssl");
        let status = command.args(arguments.split(' ')).current_dir(folder).stderr(Stdio::null()).status();
        assert!(status.unwrap().success(), "openssl {arguments}");
    }
}

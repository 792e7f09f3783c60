//! The server that both sides look at: nginx as Mozilla's intermediate recommendation of 2020 has it, RSA 2048.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use campanile_tests::country::until;

const SUITES: &str = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:\
DHE-RSA-AES256-GCM-SHA384";

/// nginx on ports 80 and 443 of an address, and with all suites and versions that OpenSSL has on port 4444.
pub struct Nginx(Child);

impl Nginx {
    pub fn start(folder: &Path, address: &str) -> Self {
        let openssl = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 90 -subj /CN=bench.test \
             -addext subjectAltName=DNS:bench.test,DNS:*.bench.test && openssl dhparam -out dh.pem -dsaparam 2048";
        let made =
            Command::new("sh").args(["-c", openssl]).current_dir(folder).stderr(Stdio::null()).status();
        assert!(made.expect("this benchmark needs openssl").success(), "openssl made no certificate");
        std::fs::write(folder.join("index.html"), "<!doctype html><title>Comune</title>").expect("a page");
        let server = |listen: &str, protocols: &str, suites: &str| {
            format!(
                "server {{ listen {listen} ssl reuseport; root .; ssl_protocols {protocols}; ssl_ciphers {suites};\n\
                 ssl_certificate cert.pem; ssl_certificate_key key.pem; ssl_dhparam dh.pem; ssl_prefer_server_ciphers off;\n\
                 add_header Strict-Transport-Security max-age=63072000 always; }}\n"
            )
        };
        let configuration = format!(
            "daemon off; user root; worker_processes 1; pid pid; error_log error.log;\nevents {{ worker_connections 8192; }}\n\
             http {{ access_log off; types {{ text/html html; }} client_body_temp_path tmp; proxy_temp_path tmp;\n\
             fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;\n{}{}\
             server {{ listen {address}:80; return 301 https://$host$request_uri; }} }}\n",
            server(&format!("{address}:443"), "TLSv1.2 TLSv1.3", SUITES),
            server(
                &format!("{address}:4444"),
                "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
                "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
            ),
        );
        std::fs::write(folder.join("conf"), configuration).expect("a configuration");
        let nginx =
            Command::new("nginx").arg("-p").arg(folder).args(["-c", "conf"]).stderr(Stdio::null()).spawn();
        let server = Self(nginx.expect("this benchmark needs nginx: make test-packages installs it"));
        until("nginx answers", || std::net::TcpStream::connect((address, 443)).is_ok());
        server
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // it may have ended
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

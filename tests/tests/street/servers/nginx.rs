//! One nginx for all houses that it serves, and for port 80 of the others.

use std::fmt::Write;
use std::path::Path;

use super::Running;

/// The page of a house: nothing is wrong with it.
pub const PAGE: &str =
    "<!doctype html><html lang=\"it\"><meta charset=\"utf-8\"><title>Comune</title><p>Buongiorno.\n";

/// What nginx takes and answers.
#[derive(Clone, Copy)]
pub struct Nginx {
    pub protocols: &'static str,
    pub ciphers: &'static str,
    /// Further lines of its server on port 443.
    pub lines: &'static str,
}

/// What port 80 answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Port80 {
    /// A redirect to HTTPS of the same host.
    Redirect,
    /// A page.
    Page,
    /// Nothing: it is closed.
    Closed,
}

/// A house with nginx on port 443, or on port 80 alone.
pub struct Door<'a> {
    pub host: &'a str,
    pub address: &'a str,
    pub port_80: Port80,
    pub tls: Option<(Nginx, String, String)>,
}

/// Starts it.
pub fn start(folder: &Path, doors: &[Door]) -> Running {
    let place = folder.join("nginx");
    std::fs::create_dir_all(place.join("pages")).unwrap();
    std::fs::write(place.join("pages/index.html"), PAGE).unwrap();
    // its workers are nobody, and the folder of a test is its owner's alone
    let mut servers = String::new();
    for door in doors {
        let Door { host, address, .. } = door;
        match door.port_80 {
            Port80::Closed => {}
            Port80::Redirect => {
                writeln!(servers, "server {{ listen {address}:80; server_name {host}; return 301 https://$host$request_uri; }}")
                    .unwrap();
            }
            Port80::Page => {
                writeln!(servers, "server {{ listen {address}:80; server_name {host}; root pages; }}")
                    .unwrap();
            }
        }
        if let Some((Nginx { protocols, ciphers, lines }, chain, key)) = &door.tls {
            write!(
                servers,
                "server {{ listen {address}:443 ssl; server_name {host} www.{host}; root pages; ssl_protocols {protocols};\n\
                 ssl_ciphers {ciphers}; ssl_certificate {chain}; ssl_certificate_key {key};\n{lines}\n}}\n"
            )
            .unwrap();
        }
    }
    let configuration = format!(
        "daemon off; user root; worker_processes 1; pid pid; error_log error.log;\nevents {{ worker_connections 1024; }}\n\
         http {{ access_log off; types {{ text/html html; }} client_body_temp_path tmp; proxy_temp_path tmp;\n\
         fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;\n{servers}}}\n"
    );
    std::fs::write(place.join("conf"), configuration).unwrap();
    let prefix = place.display().to_string();
    Running::start(folder, "nginx", "nginx", &["-p", &prefix, "-c", "conf"])
}

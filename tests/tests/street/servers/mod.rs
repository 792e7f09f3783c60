//! The servers of the street: programs of this machine and of long ago, and hands that misbehave.

pub mod hostile;
mod nginx;
pub mod program;

use std::path::Path;

pub use nginx::{Door, Nginx, Port80, start as open_doors};
pub use program::Running;

use crate::papers::{Paper, Papers};
use campanile_tests::country::{lead, until};

/// Who lives in a house.
pub enum Resident {
    /// nginx, with what it takes and answers.
    Nginx(Nginx),
    /// Apache with what Debian sets, and these lines beside.
    Apache(&'static str),
    /// `openssl s_server` with these arguments.
    OpenSsl(&'static [&'static str]),
    /// `gnutls-serv` with these priorities.
    GnuTls(&'static str),
    /// A server of long ago: its program, the suites that it takes, and its method.
    Old { program: &'static str, ciphers: &'static str, method: &'static str },
    /// A server of ours that misbehaves.
    Hostile(hostile::Habit),
    /// Nobody answers, and nobody refuses.
    Silence,
    /// Port 443 is closed.
    Nobody,
}

/// Starts a server on port 443 of an address, and waits until it listens.
pub fn start(
    resident: &Resident,
    address: &str,
    host: &str,
    papers: &Papers,
    paper: Paper,
    folder: &Path,
) -> Option<Running> {
    let ((chain, key), at) = (papers.issue(host, paper), format!("{address}:443"));
    let (chain, key) = (chain.display().to_string(), key.display().to_string());
    let name = host.split('.').next().unwrap();
    let running = match resident {
        Resident::Nginx(_) | Resident::Silence | Resident::Nobody => return None,
        Resident::Hostile(habit) => {
            hostile::live(&at, *habit);
            None
        }
        Resident::OpenSsl(arguments) => {
            let mut all = vec![
                "s_server",
                "-accept",
                &at,
                "-cert_chain",
                &chain,
                "-cert",
                &chain,
                "-key",
                &key,
                "-www",
                "-quiet",
            ];
            all.extend(*arguments);
            Some(Running::start(folder, name, "openssl", &all))
        }
        Resident::GnuTls(priorities) => {
            // it listens at every address, and can be told only the port
            lead(address, "4433");
            let all = [
                "--http",
                "--port",
                "4433",
                "--priority",
                priorities,
                "--x509certfile",
                &chain,
                "--x509keyfile",
                &key,
            ];
            Some(Running::start(folder, name, "gnutls-serv", &all))
        }
        Resident::Apache(lines) => Some(apache(folder, name, host, &at, (&chain, &key), lines)),
        Resident::Old { program, ciphers, method } => {
            let script = folder.join("old.js").display().to_string();
            std::fs::write(&script, include_str!("old.js")).unwrap();
            let program = format!("{}/{program}", program::machine("old-openssl"));
            let mut all = Vec::new();
            if program.ends_with("0.10") {
                // the last versions of that line need to be told
                all.extend(["--enable-ssl2", "--enable-ssl3"]);
            }
            all.extend([script.as_str(), address, &chain, &key, ciphers, method]);
            Some(Running::start(folder, name, &program, &all))
        }
    };
    until(&format!("{host} listens"), || std::net::TcpStream::connect(&at).is_ok());
    running
}

/// Apache with a configuration of its own.
fn apache(
    folder: &Path,
    name: &str,
    host: &str,
    at: &str,
    (chain, key): (&str, &str),
    lines: &str,
) -> Running {
    let place = folder.join(format!("{name}.apache"));
    std::fs::create_dir_all(place.join("pages")).unwrap();
    std::fs::write(place.join("pages/index.html"), nginx::PAGE).unwrap();
    let modules = "/usr/lib/apache2/modules";
    let configuration = format!(
        "ServerRoot {0}\nPidFile {0}/pid\nErrorLog {0}/error.log\nListen {at} https\n\
         LoadModule mpm_event_module {modules}/mod_mpm_event.so\nLoadModule authz_core_module {modules}/mod_authz_core.so\n\
         LoadModule dir_module {modules}/mod_dir.so\nLoadModule headers_module {modules}/mod_headers.so\n\
         LoadModule mime_module {modules}/mod_mime.so\nTypesConfig /etc/mime.types\n\
         LoadModule socache_shmcb_module {modules}/mod_socache_shmcb.so\nLoadModule ssl_module {modules}/mod_ssl.so\n\
         ServerName {host}\nUser www-data\nGroup www-data\nDocumentRoot {0}/pages\n\
         <Directory {0}>\nRequire all granted\n</Directory>\nSSLEngine on\nSSLCertificateFile {chain}\nSSLCertificateKeyFile {key}\n{lines}\n",
        place.display()
    );
    std::fs::write(place.join("conf"), configuration).unwrap();
    let file = place.join("conf").display().to_string();
    Running::start(folder, name, "apache2", &["-X", "-f", &file])
}

//! By ssh through a real sshd: the key and the host's key are those of the files that were named.

use std::path::Path;
use std::process::Command;

use crate::fleet::{PLAIN, Place, read, show};
use crate::servers::{Server, free_port, listens};

fn make_key(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .status()
        .expect("this test needs the program ssh-keygen: install Debian's package openssh-client");
    assert!(made.success());
}

fn start_sshd(place: &Place, port: u16) -> Server {
    let path = |name: &str| place.path(name).to_str().unwrap().to_owned();
    make_key(&place.path("host"));
    make_key(&place.path("key"));
    std::fs::copy(place.path("key.pub"), place.path("authorized")).unwrap();
    // Debian's sshd wants it, and its service would make it
    let _ = std::fs::create_dir("/run/sshd");
    let configuration = format!(
        "ListenAddress 127.0.0.1:{port}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nUsePAM no\n\
         StrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n",
        path("host"),
        path("authorized"),
    );
    std::fs::write(place.path("sshd.conf"), configuration).unwrap();
    let mut command = Command::new("/usr/sbin/sshd");
    command.args(["-D", "-E", &path("sshd.log"), "-f", &path("sshd.conf")]);
    let mut server = Server::start(&mut command, "openssh-server");
    server.wait_for(|| listens(port));
    server
}

#[tokio::test]
async fn a_fleet_by_ssh() {
    let place = Place::new();
    let origin = place.fleet();
    let port = free_port();
    let _server = start_sshd(&place, port);
    let user = Command::new("id").arg("-un").output().unwrap().stdout;
    let user = String::from_utf8(user).unwrap();
    let source = format!("ssh://{}@127.0.0.1:{port}{}#main", user.trim(), origin.path.display());
    let host_key = std::fs::read_to_string(place.path("host.pub")).unwrap();
    let known_hosts = |key: &str| {
        std::fs::write(place.path("known hosts"), format!("[127.0.0.1]:{port} {key}")).unwrap();
    };
    known_hosts(&host_key);
    let mut fetcher = place.fetcher();
    fetcher.credentials.ssh_key = Some(place.path("key"));
    fetcher.credentials.known_hosts = Some(place.path("known hosts"));
    assert_eq!(show(&read(&fetcher, &source).await.unwrap()), PLAIN);

    known_hosts(&std::fs::read_to_string(place.path("key.pub")).unwrap());
    let error = read(&fetcher, &source).await.unwrap_err().to_string();
    assert!(error.contains("REMOTE HOST IDENTIFICATION HAS CHANGED"), "{error}");

    known_hosts(&host_key);
    make_key(&place.path("stranger"));
    fetcher.credentials.ssh_key = Some(place.path("stranger"));
    let error = read(&fetcher, &source).await.unwrap_err().to_string();
    assert!(error.contains("Permission denied (publickey)"), "{error}");

    fetcher.credentials.ssh_key = Some(place.path("missing"));
    let error = read(&fetcher, &source).await.unwrap_err().to_string();
    let expected = format!("reading the credential in {}", place.path("missing").display());
    assert_eq!(error, expected);
}

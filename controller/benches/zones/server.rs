//! Our DNS image as the name server that both sides change.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Its container and volume.
const NAME: &str = "campanile-bench-zones";
/// The user that the image runs as.
const USER: u32 = 953;
/// Zones that are made by one message.
const AT_ONCE: usize = 200;

/// A primary with an empty catalog, gone with this value.
pub struct Knot {
    address: SocketAddr,
    key: PathBuf,
}

impl Knot {
    pub fn start(folder: &Path) -> Self {
        remove();
        let address: SocketAddr = ([127, 0, 0, 1], 18_953).into();
        let keys = folder.join("keys");
        fs::create_dir_all(&keys).expect("a folder");
        let (secret, key) = (output("openssl", &["rand", "-base64", "32"]), folder.join("campanile"));
        fs::write(&key, &secret).expect("a key");
        for name in ["campanile", "transfer"] {
            fs::write(keys.join(name), &secret).expect("a key");
            std::os::unix::fs::chown(keys.join(name), Some(USER), Some(USER))
                .expect("root, who may give files away");
        }
        let clause =
            format!("key \"campanile\" {{ algorithm hmac-sha256; secret \"{}\"; }};\n", secret.trim());
        fs::write(key.with_extension("key"), clause).expect("a key");
        let server = Self { address, key };
        let mounts = [format!("{NAME}:/var/lib/knot"), format!("{}:/run/keys:ro", keys.display())];
        let environment = [
            "ROLE=primary".to_owned(),
            "NAME_SERVERS=ns1.bench.test".to_owned(),
            format!("CATALOG_ZONE={}", server.catalog()),
            format!("LISTEN_ADDRESS={}", address.ip()),
            format!("LISTEN_PORT={}", address.port()),
            "LOG_LEVEL=info".to_owned(),
        ];
        let mut arguments =
            vec!["run", "--detach", "--name", NAME, "--network", "host", "--read-only", "--tmpfs", "/tmp"];
        arguments.extend(mounts.iter().flat_map(|mount| ["--volume", mount]));
        arguments.extend(environment.iter().flat_map(|entry| ["--env", entry]));
        arguments.push("campanile/dns:1");
        output("docker", &arguments);
        server.wait_for(server.catalog());
        server
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn key_file(&self) -> &Path {
        &self.key
    }

    #[expect(clippy::unused_self, reason = "it is the server's")]
    pub fn catalog(&self) -> &'static str {
        "catalog.bench.test"
    }

    /// Makes zones, and waits until it answers for each.
    pub fn make(&self, zones: impl Iterator<Item = String>) {
        let zones: Vec<String> = zones.collect();
        for part in zones.chunks(AT_ONCE) {
            let entries: String = part
                .iter()
                .map(|zone| {
                    format!("add {}.zones.{} 0 PTR {zone}.\n", zone.replace('.', "-"), self.catalog())
                })
                .collect::<Vec<_>>()
                .concat();
            let text = format!(
                "server {} {}\nzone {}\n{entries}send\n",
                self.address.ip(),
                self.address.port(),
                self.catalog()
            );
            let mut nsupdate = Command::new("nsupdate")
                .args(["-v", "-k"])
                .arg(self.key.with_extension("key"))
                .stdin(Stdio::piped())
                .spawn()
                .expect("nsupdate of Debian's bind9-dnsutils");
            nsupdate.stdin.take().expect("its input").write_all(text.as_bytes()).expect("its input");
            assert!(nsupdate.wait().expect("its end").success(), "the catalog was not changed");
        }
        for zone in &zones {
            self.wait_for(zone);
        }
    }

    /// UPDATE messages to zones that it took so far, by its own log.
    pub fn updates(&self) -> usize {
        let log = Command::new("sh")
            .args(["-c", "docker logs \"$1\" 2>&1", "sh", NAME])
            .output()
            .expect("docker runs");
        let log = String::from_utf8_lossy(&log.stdout);
        let of_a_zone = |line: &&str| line.contains("DDNS, processing") && !line.contains(self.catalog());
        log.lines().filter(of_a_zone).count()
    }

    fn wait_for(&self, zone: &str) {
        let begun = Instant::now();
        let at = format!("@{}", self.address.ip());
        let port = self.address.port().to_string();
        let known = || {
            let dig = Command::new("dig")
                .args(["-r", &at, "-p", &port, "+tries=1", "+time=1", zone, "SOA"])
                .output();
            String::from_utf8_lossy(&dig.expect("dig runs").stdout).contains("status: NOERROR")
        };
        while !known() {
            // a catalog is not for those without the key
            if zone == self.catalog() && begun.elapsed() > Duration::from_secs(2) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_mins(2), "{zone} is not there");
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Knot {
    fn drop(&mut self) {
        remove();
    }
}

fn remove() {
    for arguments in [["rm", "--force", NAME].as_slice(), &["volume", "rm", "--force", NAME]] {
        // what is not there needs no removal
        let _ = Command::new("docker").args(arguments).output();
    }
}

fn output(program: &str, arguments: &[&str]) -> String {
    let run = Command::new(program).args(arguments).output().expect("the program runs");
    assert!(run.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8_lossy(&run.stdout).into_owned()
}

//! The same servers through the eyes of others: sslscan and nmap. They see the same suites, to the last one; nmap calls
//! those of TLS 1.3 by a name of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::process::Command;

use campanile_audit::facts::Tls;
use campanile_audit::registry::Suite;

use crate::looks::tls;
use crate::street::{self, INTERMEDIATE, OLD, Running};

/// Suites by version, by name.
type Seen = BTreeMap<String, BTreeSet<String>>;

fn ours(tls: &Tls) -> Seen {
    let spoken = tls.versions.iter().filter(|(_, facts)| facts.offered.is_yes());
    let names = spoken.map(|(version, facts)| {
        assert!(facts.complete, "{version:?}");
        (version.name().to_owned(), facts.suites.iter().map(|suite| suite.name()).collect())
    });
    names.collect()
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// `<cipher status="accepted" sslversion="TLSv1.2" ... id="0xC02F" ...>`.
fn by_sslscan(address: SocketAddr) -> Seen {
    let text = run(
        "sslscan",
        &["--xml=-", "--no-colour", &format!("--sni-name={}", street::NAME), &address.to_string()],
    );
    let mut seen = Seen::new();
    for line in text.lines().filter(|line| line.contains("<cipher ")) {
        let value =
            |name: &str| line.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split('"').next());
        let number = u32::from_str_radix(value("id").unwrap().trim_start_matches("0x"), 16).unwrap();
        let version = value("sslversion").unwrap().replace("TLSv", "TLS ").replace("SSLv", "SSL ");
        seen.entry(version).or_default().insert(Suite(number).name());
    }
    seen
}

/// Tables named `TLSv1.2`, in each a table `ciphers` with elements `name`.
fn by_nmap(address: SocketAddr) -> Seen {
    let port = address.port().to_string();
    let script = format!("tls.servername={}", street::NAME);
    let text = run(
        "nmap",
        &[
            "-Pn",
            "-n",
            "-p",
            &port,
            "--script",
            "ssl-enum-ciphers",
            "--script-args",
            &script,
            "-oX",
            "-",
            "127.0.0.1",
        ],
    );
    let mut seen = Seen::new();
    let mut version = String::new();
    for line in text.replace('<', "\n<").lines() {
        if let Some(rest) = line
            .strip_prefix("<table key=\"")
            .filter(|rest| rest.starts_with("TLSv") || rest.starts_with("SSLv"))
        {
            version = rest.split('"').next().unwrap().replace("TLSv", "TLS ").replace("SSLv", "SSL ");
        } else if let Some(name) =
            line.strip_prefix("<elem key=\"name\">").filter(|name| name.starts_with("TLS_"))
        {
            // `TLS_AKE_WITH_AES_128_GCM_SHA256` is what a draft of RFC 8446 called them.
            let name = name.trim().replace("TLS_AKE_WITH_", "TLS_");
            seen.entry(version.clone()).or_default().insert(name);
        }
    }
    seen
}

fn differences(one: &Seen, other: &Seen) -> Vec<String> {
    let all: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let none = BTreeSet::new();
    let mut found = Vec::new();
    for version in all {
        let (one, other) = (one.get(version).unwrap_or(&none), other.get(version).unwrap_or(&none));
        found.extend(one.difference(other).map(|name| format!("{version}: only we see {name}")));
        found.extend(other.difference(one).map(|name| format!("{version}: only they see {name}")));
    }
    found
}

fn street() -> Vec<(&'static str, Running)> {
    vec![
        ("intermediate", street::nginx(INTERMEDIATE)),
        ("old", street::nginx(OLD)),
        ("tls1", street::openssl("rsa", "-tls1 -cipher ALL:@SECLEVEL=0")),
        ("anonymous", street::openssl("rsa", "-tls1_2 -cipher aNULL:NULL:@SECLEVEL=0")),
        ("ecdsa", street::openssl("ecdsa", "-cipher ALL:@SECLEVEL=0")),
        (
            "tls13",
            street::openssl("ecdsa", "-tls1_3 -ciphersuites TLS_AES_128_CCM_8_SHA256:TLS_AES_256_GCM_SHA384"),
        ),
        ("gnutls", street::gnutls("NORMAL:+3DES-CBC:+ARCFOUR-128:+MD5:+ANON-DH:+DHE-RSA", "")),
    ]
}

#[tokio::test]
async fn others_see_the_same_suites() {
    for (name, server) in street() {
        let ours = ours(&tls(server.address).await);
        for (tool, theirs) in [("sslscan", by_sslscan(server.address)), ("nmap", by_nmap(server.address))] {
            assert_eq!(differences(&ours, &theirs), Vec::<String>::new(), "{name} by {tool}");
        }
    }
}

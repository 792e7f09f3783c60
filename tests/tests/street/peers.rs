//! What other scanners find on the street: every suite that one of them gets is in our facts, and each in our facts is got by
//! one of them. They do not all ask for all: nmap has no SSL 2, sslscan what its OpenSSL has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use campanile_audit::registry::Suite;
use serde_json::Value;

use crate::houses::HOUSES;
use crate::servers::{Resident, program};
use crate::{Street, address};

/// Suites by version: `TLS 1.2`, `TLS_RSA_WITH_NULL_SHA256`.
type Taken = BTreeSet<(String, String)>;

#[test]
fn what_peers_find_is_found() {
    let street = Street::open();
    let report = street.report(&["--full"]);
    let mut wrong = Vec::new();
    for (number, house) in (1..).zip(HOUSES).filter(|(_, house)| speaks_tls(&house.resident)) {
        let (host, at) = (house.host(), address(number));
        let ours = ours(report.tls(&host));
        let peers =
            [("sslyze", sslyze(&at, street.path())), ("nmap", nmap(&at)), ("sslscan", sslscan(&at, &host))];
        for (peer, theirs) in &peers {
            let missed = theirs.difference(&ours);
            wrong.extend(missed.map(|(version, suite)| {
                format!("{}: {peer} gets {suite} by {version}, we do not", house.name)
            }));
        }
        let alone = ours.iter().filter(|pair| peers.iter().all(|(_, theirs)| !theirs.contains(*pair)));
        wrong.extend(
            alone.map(|(version, suite)| format!("{}: no peer gets {suite} by {version}", house.name)),
        );
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

fn speaks_tls(resident: &Resident) -> bool {
    match resident {
        Resident::Nginx(_)
        | Resident::Apache(_)
        | Resident::OpenSsl(_)
        | Resident::GnuTls(_)
        | Resident::Old { .. } => true,
        Resident::Hostile(_) | Resident::Silence | Resident::Nobody => false,
    }
}

fn ours(tls: &Value) -> Taken {
    let versions = tls["versions"].as_object().expect("TLS was spoken");
    let pairs = versions.iter().flat_map(|(version, facts)| {
        let suites = facts["suites"].as_array().unwrap().iter();
        suites.map(|suite| (version.clone(), suite.as_str().unwrap().to_owned()))
    });
    pairs.collect()
}

fn sslyze(at: &str, folder: &Path) -> Taken {
    let names = BTreeMap::from([
        ("ssl_2_0_cipher_suites", "SSL 2"),
        ("ssl_3_0_cipher_suites", "SSL 3"),
        ("tls_1_0_cipher_suites", "TLS 1.0"),
        ("tls_1_1_cipher_suites", "TLS 1.1"),
        ("tls_1_2_cipher_suites", "TLS 1.2"),
        ("tls_1_3_cipher_suites", "TLS 1.3"),
    ]);
    let options =
        ["--sslv2", "--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3", "--mozilla_config=disable"];
    let file = folder.join("sslyze.json");
    let mut command = Command::new(program::machine("sslyze"));
    command.args(options).arg("--json_out").arg(&file).arg(format!("{at}:443"));
    let output = command.output().unwrap();
    let json: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap_or_else(|error| {
        panic!("sslyze of {at}: {error}: {}", String::from_utf8_lossy(&output.stdout))
    });
    let scan = &json["server_scan_results"][0]["scan_result"];
    let pairs = names.iter().flat_map(|(field, version)| {
        let taken = scan[field]["result"]["accepted_cipher_suites"].as_array().into_iter().flatten();
        taken.map(|suite| ((*version).to_owned(), suite["cipher_suite"]["name"].as_str().unwrap().to_owned()))
    });
    pairs.collect()
}

fn nmap(at: &str) -> Taken {
    let output = Command::new("nmap")
        .args(["-Pn", "-n", "-p", "443", "--script", "ssl-enum-ciphers", "-oX", "-", at])
        .output()
        .expect("this test needs nmap: install Debian's package of that name");
    let text = String::from_utf8(output.stdout).unwrap();
    let (mut taken, mut version) = (Taken::new(), String::new());
    for part in text.split('<') {
        if let Some(key) = part.strip_prefix("table key=\"").and_then(|rest| rest.split('"').next()) {
            if let Some(known) = version_of(key) {
                known.clone_into(&mut version);
            }
        } else if let Some(name) = part.strip_prefix("elem key=\"name\">") {
            // its own word for suites of TLS 1.3, which name no key exchange
            taken.insert((version.clone(), name.replace("TLS_AKE_WITH_", "TLS_")));
        }
    }
    taken
}

fn sslscan(at: &str, host: &str) -> Taken {
    let output = Command::new("sslscan")
        .args(["--xml=-", "--no-check-certificate", "--no-heartbleed", "--no-renegotiation", "--no-groups"])
        .args([&format!("--sni-name={host}"), &format!("{at}:443")])
        .output()
        .expect("this test needs sslscan: install Debian's package of that name");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let ciphers = text.lines().filter(|line| line.contains("<cipher "));
    let pairs = ciphers.filter_map(|line| {
        let version = version_of(attribute(line, "sslversion")?)?;
        let number = u32::from_str_radix(attribute(line, "id")?.strip_prefix("0x")?, 16).ok()?;
        Some((version.to_owned(), Suite(number).name()))
    });
    pairs.collect()
}

fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// Our name of a version that peers call `TLSv1.2`.
fn version_of(name: &str) -> Option<&'static str> {
    match name {
        "SSLv2" => Some("SSL 2"),
        "SSLv3" => Some("SSL 3"),
        "TLSv1.0" => Some("TLS 1.0"),
        "TLSv1.1" => Some("TLS 1.1"),
        "TLSv1.2" => Some("TLS 1.2"),
        "TLSv1.3" => Some("TLS 1.3"),
        _ => None,
    }
}

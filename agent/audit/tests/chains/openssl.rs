//! OpenSSL's own opinion of a chain, and its way of making what rcgen does not make.

use std::fs;
use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use tempfile::TempDir;

/// Whether `openssl verify` trusts a chain for a host.
pub fn trusts(served: &[&[u8]], root: &[u8], host: &str, now: Timestamp) -> Result<(), String> {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, ders: &[&[u8]]| {
        let path = folder.path().join(name);
        fs::write(&path, ders.iter().map(|der| pem(der)).collect::<String>()).unwrap();
        path
    };
    let (first, others) = served.split_first().unwrap();
    let mut command = Command::new("openssl");
    command.args(["verify", "-x509_strict", "-purpose", "sslserver", "-no-CApath", "-no-CAstore"]);
    command.arg("-attime").arg(now.as_second().to_string());
    command.arg(if host.parse::<std::net::IpAddr>().is_ok() { "-verify_ip" } else { "-verify_hostname" });
    command.arg(host).arg("-CAfile").arg(file("root.pem", &[root]));
    if !others.is_empty() {
        command.arg("-untrusted").arg(file("others.pem", others));
    }
    let output = command.arg(file("first.pem", &[first])).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(words) }
}

/// A certificate as text, for a failed test.
pub fn text(ders: &[&[u8]]) -> String {
    let folder = TempDir::new().unwrap();
    let one = |der: &&[u8]| {
        let path = folder.path().join("certificate.pem");
        fs::write(&path, pem(der)).unwrap();
        run(
            folder.path(),
            &["x509", "-noout", "-text", "-certopt", "no_sigdump,no_pubkey", "-in", "certificate.pem"],
        )
    };
    ders.iter().map(one).collect()
}

/// Runs it in a folder.
pub fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A self-signed certificate with the given arguments to `openssl req`, as DER.
pub fn self_signed(arguments: &[&str]) -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let mut all = vec!["req", "-x509", "-nodes", "-keyout", "key.pem", "-out", "made.der", "-outform", "DER"];
    all.extend(["-days", "30", "-subj", "/O=Test/CN=www.example.test"]);
    all.extend(arguments);
    let words = run(folder.path(), &all);
    fs::read(folder.path().join("made.der")).unwrap_or_else(|_| panic!("{words}"))
}

/// A certificate in PEM.
pub fn pem(der: &[u8]) -> String {
    use std::io::Write as _;
    let mut child = Command::new("openssl")
        .args(["enc", "-base64"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(der).unwrap();
    let encoded = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    format!("-----BEGIN CERTIFICATE-----\n{encoded}-----END CERTIFICATE-----\n")
}

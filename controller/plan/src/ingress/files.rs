//! Names of the files in the ingress's volume: `routes/barzago.site.0123456789abcdef.conf`.

use crate::docker::{IngressContent, IngressFile, IngressFiles, sha256};
use crate::document::values::{MemberName, WorkloadName};

/// Digits of a content's hash in its file's name.
const DIGITS: usize = 16;

/// The file of a route with this text.
pub fn route(member: &MemberName, workload: &WorkloadName, text: &str) -> String {
    format!("routes/{member}.{workload}.{}.conf", &sha256(text.as_bytes())[..DIGITS])
}

/// The file of a certificate and its key; `bundle` is the hash of both.
pub fn certificate(member: &MemberName, bundle: &str) -> String {
    format!("certificates/{member}.{}.pem", &bundle[..bundle.len().min(DIGITS)])
}

/// The name of a configuration with this text.
pub fn digest(index: &str) -> String {
    sha256(index.as_bytes())[..DIGITS].to_owned()
}

/// The file of a configuration.
pub fn index(digest: &str) -> String {
    format!("index/{digest}.conf")
}

/// What a revision of the ingress notes: a link to what its next start begins with, and a file with what it runs on.
pub fn notes(revision: &str) -> [String; 2] {
    [format!("nginx.{revision}.conf"), format!("loaded.{revision}")]
}

/// The member that a route or certificate belongs to.
pub fn member_of(path: &str) -> Option<MemberName> {
    let (folder, name) = path.split_once('/')?;
    matches!(folder, "routes" | "certificates").then(|| name.split('.').next()?.parse().ok())?
}

/// The workload that a route belongs to.
pub fn workload_of(path: &str) -> Option<WorkloadName> {
    path.strip_prefix("routes/")?.split('.').nth(1)?.parse().ok()
}

/// Whether a file that should be there is, with the content that it should have. A page for an issuer has a name that
/// promises nothing.
pub fn is_there(there: &IngressFiles, file: &IngressFile) -> bool {
    match (&file.content, is_challenge(&file.path)) {
        (IngressContent::Text(text), true) => {
            there.files.get(&file.path).is_some_and(|hash| *hash == sha256(text.as_bytes()))
        }
        _ => is_whole(there, &file.path),
    }
}

/// Whether a file is a page for an issuer of certificates, which no configuration names.
pub fn is_challenge(path: &str) -> bool {
    path.starts_with("challenges/")
}

/// Whether a file is there, with the content that its name promises.
pub fn is_whole(there: &IngressFiles, path: &str) -> bool {
    there.files.get(path).is_some_and(|sha256| is_intact(path, sha256))
}

/// Whether a file's content, by its SHA-256, is the one that its name promises.
fn is_intact(path: &str, sha256: &str) -> bool {
    let promised = path.rsplit('.').nth(1).and_then(|part| part.rsplit('/').next());
    promised.is_some_and(|promised| promised.len() == DIGITS && sha256.starts_with(promised))
}

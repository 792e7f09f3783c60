//! Whom is trusted: roots from files that the platform names, or those of the system; and whether a chain leads to them.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use campanile_plan::document::values::{CertificateName, FilePath};
use jiff::Timestamp;
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

use super::AcmeError;

/// Most bytes of a file with roots: those of the system are 250 KiB.
const BYTES: u64 = 4 << 20;

/// The roots in a file, or those of the system.
pub fn roots(file: Option<&FilePath>) -> Result<RootCertStore, AcmeError> {
    let Some(file) = file else { return Ok(system().clone()) };
    let path = Path::new(file.as_str());
    let failed = |reason: String| AcmeError::File { what: "roots", path: path.to_owned(), reason };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(BYTES).read_to_end(&mut bytes))
        .map_err(|error| failed(error.to_string()))?;
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let certificate = certificate.map_err(|error| failed(error.to_string()))?;
        store.add(certificate).map_err(|error| failed(error.to_string()))?;
    }
    if store.is_empty() {
        return Err(failed("there is no certificate in it".to_owned()));
    }
    Ok(store)
}

/// Those that the system trusts, read once: a program that updates them restarts what uses them.
fn system() -> &'static RootCertStore {
    static SYSTEM: OnceLock<RootCertStore> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        store
    })
}

/// Whether a chain leads to one of the roots at a time, and its first certificate is good for every name.
///
/// # Errors
/// Why not.
pub fn verify(
    roots: &RootCertStore,
    (leaf, chain): (&CertificateDer<'_>, &[CertificateDer<'_>]),
    names: &BTreeSet<CertificateName>,
    at: Timestamp,
) -> Result<(), String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots.clone()), provider);
    let verifier = verifier.build().map_err(|error| error.to_string())?;
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    for name in names {
        // any label stands for those that a wildcard covers
        let host = if name.is_wildcard() { format!("any.{}", name.domain()) } else { name.to_string() };
        let host = ServerName::try_from(host).map_err(|error| error.to_string())?;
        let judged = verifier.verify_server_cert(leaf, chain, &host, &[], at);
        judged.map_err(|error| format!("for {name}: {error}"))?;
    }
    Ok(())
}

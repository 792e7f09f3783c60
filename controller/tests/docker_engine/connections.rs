//! Engines that hang, and an engine by TCP that asks for our certificate.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use campanile::docker::{Engine, EngineError};
use campanile_plan::document::values::PlatformName;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio_rustls::TlsAcceptor;

use crate::fixture::{Stage, declared, socket};

fn platform() -> PlatformName {
    "campanile-livetest-line".parse().unwrap()
}

#[tokio::test]
async fn an_engine_that_hangs_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("engine.sock");
    let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let begun = Instant::now();
    let endpoint = format!("unix://{}", path.display());
    let refused = Engine::connect(&declared(&endpoint, None), &platform()).await;
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    assert!(matches!(refused, Err(EngineError::TimeLimit { .. })), "{refused:?}");
}

#[tokio::test]
async fn an_engine_that_begins_to_hang_is_given_up() {
    let _stage = Stage::new("hang").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("engine.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let hangs = Arc::new(AtomicBool::new(false));
    let hung = Arc::clone(&hangs);
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            if hung.load(Ordering::Relaxed) {
                kept.push(stream);
                continue;
            }
            let mut engine = UnixStream::connect(socket()).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut stream, &mut engine).await });
        }
    });
    let endpoint = format!("unix://{}", path.display());
    let engine = Engine::connect(&declared(&endpoint, None), &platform()).await.unwrap();
    engine.observe("none").await.unwrap();
    hangs.store(true, Ordering::Relaxed);
    let begun = Instant::now();
    let refused = engine.observe("none").await;
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    let text = refused.unwrap_err().to_string();
    assert!(text.starts_with("listing the ") && text.ends_with("no answer within 10 seconds"), "{text}");
}

#[tokio::test]
async fn an_engine_that_is_not_there() {
    let refused = Engine::connect(&declared("unix:///nowhere/engine.sock", None), &platform()).await;
    let text = refused.unwrap_err().to_string();
    assert_eq!(
        text,
        "asking the engine at unix:///nowhere/engine.sock for its version: the engine cannot be reached"
    );
}

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Issuer {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Writes ca.pem, cert.pem and key.pem into a folder below.
fn issue(folder: &Path, who: &str, trusted: &Issuer, issuer: &Issuer) -> String {
    let folder = folder.join(who);
    std::fs::create_dir(&folder).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    std::fs::write(folder.join("ca.pem"), trusted.pem()).unwrap();
    std::fs::write(folder.join("cert.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    folder.display().to_string()
}

/// The engine's socket behind TLS; who connects must show a certificate of that authority.
async fn tls_proxy(folder: &str) -> u16 {
    let provider = Arc::new(ring::default_provider());
    let file = |name: &str| std::fs::read(format!("{folder}/{name}")).unwrap();
    let certificates =
        |name| CertificateDer::pem_slice_iter(&file(name)).collect::<Result<Vec<_>, _>>().unwrap();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates("ca.pem"));
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(certificates("cert.pem"), PrivateKeyDer::from_pem_slice(&file("key.pem")).unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await?;
                let mut engine = UnixStream::connect(socket()).await?;
                tokio::io::copy_bidirectional(&mut stream, &mut engine).await
            });
        }
    });
    port
}

#[tokio::test]
async fn an_engine_by_tls_wants_our_certificate_and_must_show_its_own() {
    let stage = Stage::new("tls").await;
    let folder = tempfile::tempdir().unwrap();
    let (ours, other) = (authority(), authority());
    let proxy = issue(folder.path(), "engine", &ours, &ours);
    let port = tls_proxy(&proxy).await;
    let connect = async |host: &str, files: Option<&str>| {
        let endpoint = format!("tcp://{host}:{port}");
        Engine::connect(&declared(&endpoint, files), &stage.platform).await
    };

    let right = issue(folder.path(), "right", &ours, &ours);
    let engine = connect("localhost", Some(&right)).await.unwrap();
    let by_tls = engine.observe("none").await.unwrap();
    assert!(!by_tls.networks.is_empty());

    let stranger = issue(folder.path(), "stranger", &ours, &other);
    let distrust = issue(folder.path(), "distrust", &other, &ours);
    for (host, files) in [("localhost", &stranger), ("localhost", &distrust), ("127.0.0.1", &right)] {
        let refused = connect(host, Some(files)).await;
        assert!(matches!(refused, Err(EngineError::Connection { .. })), "{refused:?}");
    }
    std::fs::write(format!("{distrust}/key.pem"), "no key").unwrap();
    let garbled = connect("localhost", Some(&distrust)).await;
    assert!(matches!(garbled, Err(EngineError::Pem { .. })), "{garbled:?}");
    std::fs::remove_file(format!("{distrust}/ca.pem")).unwrap();
    let missing = connect("localhost", Some(&distrust)).await;
    assert!(matches!(missing, Err(EngineError::File { .. })), "{missing:?}");
    let bare = connect("localhost", None).await;
    assert!(matches!(bare, Err(EngineError::Endpoint { .. })), "{bare:?}");
}

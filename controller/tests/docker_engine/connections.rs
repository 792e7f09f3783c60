//! Engines that hang, and an engine by TCP that asks for our certificate.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use campanile::docker::{Engine, EngineError};
use campanile::scope::Part;
use campanile_plan::docker::{Attachment, label};
use campanile_plan::document::values::PlatformName;
use campanile_plan::plan::Action;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio_rustls::TlsAcceptor;

use crate::fixture::{Secrets, Stage, declared, socket, step};

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

/// The engine's socket behind another, which counts the calls and hangs when it is told to.
struct Proxy {
    endpoint: String,
    calls: Arc<AtomicUsize>,
    hangs: Arc<AtomicBool>,
    _folder: tempfile::TempDir,
}

fn proxy() -> Proxy {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("engine.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let proxy = Proxy {
        endpoint: format!("unix://{}", path.display()),
        calls: Arc::default(),
        hangs: Arc::default(),
        _folder: folder,
    };
    let (calls, hangs) = (Arc::clone(&proxy.calls), Arc::clone(&proxy.hangs));
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            calls.fetch_add(1, Ordering::Relaxed);
            if hangs.load(Ordering::Relaxed) {
                kept.push(stream);
                continue;
            }
            let mut engine = UnixStream::connect(socket()).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut stream, &mut engine).await });
        }
    });
    proxy
}

#[tokio::test]
async fn an_engine_that_begins_to_hang_is_given_up() {
    let stage = Stage::new("hang").await;
    let proxy = proxy();
    let declared = declared(&proxy.endpoint, None);
    let engine = Engine::connect(&declared, &stage.platform).await.unwrap();
    engine.observe(None, &Part::everything()).await.unwrap();
    proxy.hangs.store(true, Ordering::Relaxed);

    let begun = Instant::now();
    let text = engine.observe(None, &Part::everything()).await.unwrap_err().to_string();
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    assert!(text.starts_with("listing the "), "{text}");
    assert!(text.ends_with(": no answer within 10 seconds"), "{text}");

    let begun = Instant::now();
    let stop = Action::StopContainer { name: "none".to_owned(), seconds: 1 };
    let text = engine.apply(&step(stop), &Secrets, &|_| ()).await.unwrap_err().to_string();
    assert!(begun.elapsed() < Duration::from_secs(32), "{:?}", begun.elapsed());
    assert_eq!(text, "looking at container none: no answer within 30 seconds");
}

#[tokio::test]
async fn looking_takes_as_many_calls_for_many_objects_as_for_few() {
    let stage = Stage::new("calls").await;
    let proxy = proxy();
    let declared = declared(&proxy.endpoint, None);
    let engine = Engine::connect(&declared, &stage.platform).await.unwrap();
    stage.create_ingress().await;
    stage.start("ingress").await;
    let mut counts = Vec::new();
    for few in ["a", "b c d e f g h"] {
        for what in few.split(' ') {
            let mut container = stage.container(what, Attachment::None);
            container.declaration.tmpfs = [("/tmp".to_owned(), "size=16m,mode=1777".to_owned())].into();
            let page = format!("http://127.0.0.1:1/{what}");
            container.labels.insert(label::ASK.to_owned(), page);
            stage.apply(Action::CreateContainer(Box::new(container))).await.unwrap();
            stage.start(what).await;
        }
        let before = proxy.calls.load(Ordering::Relaxed);
        let seen = engine.observe(None, &Part::everything()).await.unwrap();
        let asked = seen.containers.values().filter(|container| container.answer.is_some());
        counts.push((asked.count(), proxy.calls.load(Ordering::Relaxed) - before));
    }
    // Four lists, the archive, and one program run: made, started, its end looked at.
    assert_eq!(counts, [(1, 8), (8, 8)]);
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
    let by_tls = engine.observe(None, &Part::everything()).await.unwrap();
    assert!(!by_tls.networks.is_empty());
    stage.create_ingress().await;
    stage.start("ingress").await;
    let activate =
        step(Action::ActivateIngress { container: stage.name("ingress"), digest: "00112233".to_owned() });
    let failed = engine.apply(&activate, &Secrets, &|_| ()).await.unwrap_err().to_string();
    assert!(failed.ends_with("there is no /etc/campanile/index/00112233.conf"), "{failed}");

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
